// ctrace-analyze minset: the command line around Minset. The profile alone goes to stdout, so that
// it can be redirected into a file; all that is to be said about it goes to stderr.
#include <limits>

#include "analyze/minset.h"
#include "analyze/subcommand.h"

namespace ctrace {
namespace {

namespace po = boost::program_options;

po::options_description minset_options() {
  po::options_description options;
  options.add_options()("container", po::value<Words>()->value_name("NAME|ID"),
                        "only this container (may be given more than once)")(
      "default-action", po::value<std::string>()->value_name("errno|kill")->default_value("errno"),
      "what a call outside of the set gets: EPERM, or its process is killed");
  return options;
}

int profile(const Words& files, const Words& containers, DefaultAction action) {
  Minset minset(containers);
  int exit_code = kExitYes;
  for (const std::string& file : files) {
    auto reader = RecordingReader::open(file);
    if (!reader) return fail(reader.error());
    minset.add(file, **reader);
    exit_code = std::max(exit_code, tell_state(file, **reader));
  }
  const auto set = minset.finish();
  for (const std::string& warning : minset.warnings()) tell(warning);
  if (!set) return fail(set.error());
  OutputBuffer out(1);
  out.append(seccomp_profile(*set, action).dump(2));
  out.append('\n');
  return finish_output(out, exit_code);
}

}  // namespace

int run_minset(const Subcommand& self, const Words& words) {
  const CommandLine line =
      parse_command_line(self, minset_options(), words, std::numeric_limits<size_t>::max());
  if (line.exit_code) return *line.exit_code;
  const auto action = default_action_by_name(line.options["default-action"].as<std::string>());
  if (!action) return fail(action.error());
  const bool narrowed = line.options.count("container") != 0;
  return profile(line.files, narrowed ? line.options["container"].as<Words>() : Words(), *action);
}

}  // namespace ctrace
