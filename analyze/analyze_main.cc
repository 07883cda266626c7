// ctrace-analyze: answers questions about recordings. Each question is a subcommand.
#include <cstdio>
#include <span>

#include "analyze/subcommand.h"

namespace ctrace {
namespace {

// In the order and under the titles of the help.
constexpr Subcommand kOfNeeds[] = {
    {"minset", "[OPTION...] FILE...",
     "print the least seccomp profile that the recorded containers need", run_minset, true},
    {"caps", "[OPTION...] FILE...",
     "print the least set of capabilities that the recorded containers need", run_caps},
    {"hints", "[OPTION...] FILE...",
     "tell what else containers can be denied: a writable root, the network, ...", run_hints},
    {"coverage", "[OPTION...] FILE...",
     "estimate how complete the set of calls is that the recordings give", run_coverage},
};
constexpr Subcommand kOfProfiles[] = {
    {"check", "[OPTION...] PROFILE RECORDING...",
     "list the recorded calls that a seccomp profile would refuse", run_check},
    {"try", "[OPTION...] PROFILE -- COMMAND...",
     "run a command under a seccomp profile, and list what was refused", run_try, true},
    {"apply", "WHERE PROFILE", "put a seccomp profile into a bundle, or print how others take it",
     run_apply, true},
};
constexpr Subcommand kOfRecordings[] = {
    {"info", "[OPTION...] FILE",
     "print what a recording says about itself, its containers and its losses", run_info},
    {"containers", "[OPTION...] FILE",
     "list containers: what each did, was refused and lost, how it ended", run_containers},
    {"diff", "[OPTION...] A B | A... -- B...",
     "tell what the runs of one side did and those of the other did not", run_diff},
    {"verify", "FILE", "check all of a recording: checksums, hash chain, every block, its end",
     run_verify},
};

struct SubcommandGroup {
  std::string_view title;
  std::span<const Subcommand> rows;
};
constexpr SubcommandGroup kGroups[] = {
    {"WHAT A CONTAINER NEEDS", kOfNeeds}, {"PROFILES", kOfProfiles}, {"RECORDINGS", kOfRecordings}};

constexpr std::string_view kEnd =
    R"(
GENERAL
  --help, -h  this text; SUBCOMMAND --help tells its options
  --version   the version

FILE is a recording of ctrace-record's; most take what ctrace-replay --format json printed as well.

EXIT STATUS
  0  yes, the same, nothing found
  1  no, they differ, something found
  2  trouble

EXAMPLES
  ctrace-analyze info run.ctr
  ctrace-analyze minset run.ctr >seccomp.json
  ctrace-analyze try --bundle /run/web seccomp.json -- runc run -b /run/web web
  ctrace-analyze diff --args old.ctr new.ctr
)";

int print_usage() {
  std::printf("NAME\n  %s - answer questions about recordings of containers\n\nUSAGE\n",
              kProgram.data());
  for (const SubcommandGroup& group : kGroups) {
    for (const Subcommand& row : group.rows) {
      std::printf("  %s %s %s\n", kProgram.data(), row.name.data(), row.usage.data());
    }
  }
  for (const SubcommandGroup& group : kGroups) {
    std::printf("\n%s\n", group.title.data());
    for (const Subcommand& row : group.rows) {
      std::printf("  %-11s %s\n", row.name.data(), row.meaning.data());
    }
  }
  std::fputs(kEnd.data(), stdout);
  return kExitYes;
}

const Subcommand* find_subcommand(std::string_view name) {
  for (const SubcommandGroup& group : kGroups) {
    for (const Subcommand& row : group.rows) {
      if (row.name == name) return &row;
    }
  }
  return nullptr;
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
  const Subcommand* const row = find_subcommand(word);
  if (row == nullptr) {
    const char* what = word.starts_with('-') ? "option" : "subcommand";
    return fail(kProgram, {Error::Kind::kUsage,
                           std::string("unknown ") + what + " '" + word + "' (see --help)"});
  }
  return row->run(*row, Words(words.begin() + 1, words.end()));
}

}  // namespace
}  // namespace ctrace

int main(int argc, char** argv) { return ctrace::run(ctrace::Words(argv + 1, argv + argc)); }
