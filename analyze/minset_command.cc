// ctrace-analyze minset: the command line around Minset. The profile alone goes to stdout, so that
// it can be redirected into a file; all that is to be said about it goes to stderr.
#include <algorithm>
#include <limits>

#include "analyze/minset.h"
#include "analyze/subcommand.h"
#include "format/options/common_options.h"

namespace ctrace {
namespace {

struct MinsetOptions {
  Words containers;
  DefaultAction action = DefaultAction::kErrno;
};

OptionGroup minset_options(MinsetOptions& options) {
  const auto take_container = [&](const std::string& value) {
    return append_list("--container", value, options.containers);
  };
  const auto take_action = [&](const std::string& value) -> Result<void> {
    auto action = default_action_by_name(value);
    if (!action) return unexpected(action.error());
    options.action = *action;
    return {};
  };
  return {"PROFILE",
          {{"container", "", "NAME|ID,...",
            "only these containers: name, id or the beginning of an id", take_container},
           {"default-action", "", "errno|kill",
            "what a call outside of the set gets: the error EPERM (errno, the default), or its "
            "process is killed",
            take_action}}};
}

int profile(const Words& files, const Words& containers, DefaultAction action) {
  Minset minset(containers);
  int exit_code = kExitYes;
  for (const std::string& file : files) {
    auto reader = RecordingReader::open(file);
    if (!reader) return fail(kProgram, reader.error());
    minset.add(file, **reader);
    exit_code = std::max(exit_code, tell_state(file, **reader));
  }
  const auto set = minset.finish();
  for (const std::string& warning : minset.warnings()) tell(kProgram, warning);
  if (!set) return fail(kProgram, set.error());
  OutputBuffer out(1);
  out.append(seccomp_profile(*set, action).dump(2));
  out.append('\n');
  return finish_output(out, exit_code);
}

}  // namespace

int run_minset(const Subcommand& self, const Words& words) {
  MinsetOptions options;
  const CommandLine line =
      read_command_line(self, minset_options(options), words, std::numeric_limits<size_t>::max());
  if (line.exit_code) return *line.exit_code;
  return profile(line.files, options.containers, options.action);
}

}  // namespace ctrace
