// ctrace-analyze: answers questions about recordings. Each question is a subcommand.
#include <algorithm>
#include <cstdio>
#include <iterator>

#include "analyze/subcommand.h"

namespace ctrace {
namespace {

constexpr Subcommand kSubcommands[] = {
    {"minset", "[OPTION...] FILE...",
     "print the least seccomp profile that the recorded containers need", run_minset, true},
    {"caps", "[OPTION...] FILE...",
     "print the least set of capabilities that the recorded containers need", run_caps},
    {"hints", "[OPTION...] FILE...",
     "tell what else the recorded containers can be denied: a writable root, the network, ...",
     run_hints},
    {"check", "[OPTION...] PROFILE RECORDING...",
     "list the recorded calls that a seccomp profile would refuse", run_check},
    {"diff", "[OPTION...] A B | A... -- B...",
     "tell what the runs of one side did and those of the other did not", run_diff},
    {"coverage", "[OPTION...] FILE...",
     "estimate how complete the set of system calls is that the recordings give", run_coverage},
    {"apply", "WHERE PROFILE", "put a seccomp profile into a bundle, or print how others take it",
     run_apply, true},
    {"try", "[OPTION...] PROFILE -- COMMAND...",
     "run a command under a seccomp profile, and list what was refused", run_try, true},
    {"info", "[OPTION...] FILE",
     "print what a recording says about itself, its containers and its losses", run_info},
    {"containers", "[OPTION...] FILE",
     "list a recording's containers: what each did, was refused and lost, and how it ended",
     run_containers},
    {"verify", "FILE", "check all of a recording: checksums, hash chain, every block, its end",
     run_verify},
};

int print_usage() {
  std::printf("Usage: %s SUBCOMMAND [OPTION...] FILE...\nAnswers questions about recordings.\n\n",
              kProgram.data());
  for (const Subcommand& row : kSubcommands) {
    std::printf("  %-10s %-34s %s\n", row.name.data(), row.usage.data(), row.meaning.data());
  }
  std::printf("\n%s SUBCOMMAND --help tells its options; --version tells the version.\n",
              kProgram.data());
  return kExitYes;
}

int run(const Words& words) {
  if (words.empty()) {
    return fail(kProgram, {Error::Kind::kUsage, "needs a subcommand (see --help)"});
  }
  const std::string& word = words.front();
  if (word == "--help" || word == "-h") return print_usage();
  if (word == "--version") {
    std::printf("%s %s\n", kProgram.data(), CTRACE_VERSION);
    return kExitYes;
  }
  const auto* row = std::find_if(std::begin(kSubcommands), std::end(kSubcommands),
                                 [&](const Subcommand& s) { return s.name == word; });
  if (row == std::end(kSubcommands)) {
    const char* what = word.starts_with('-') ? "option" : "subcommand";
    return fail(kProgram, {Error::Kind::kUsage,
                           std::string("unknown ") + what + " '" + word + "' (see --help)"});
  }
  return row->run(*row, Words(words.begin() + 1, words.end()));
}

}  // namespace
}  // namespace ctrace

int main(int argc, char** argv) { return ctrace::run(ctrace::Words(argv + 1, argv + argc)); }
