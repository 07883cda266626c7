// ctrace-replay: prints what ctrace-record wrote.
#include <linux/capability.h>
#include <seccomp.h>

#include "format/options/common_options.h"
#include "format/options/config_file.h"
#include "format/options/confine.h"
#include "format/options/expression_help.h"
#include "format/options/listing.h"
#include "format/options/program.h"
#include "replay/replay.h"

namespace ctrace {
namespace {

constexpr std::string_view kNotes =
    R"(EXIT STATUS
  0  every file was printed; a line on stderr tells of one that is still being
     written or was cut short
  2  a file is damaged (what is whole is printed) or no recording, or another trouble)";

constexpr std::string_view kOwnCalls[] = {
#include "replay/own_calls.inc"
};
// It reads files that were written by others, and nothing but files. Root may be asked to read
// those of another user.
constexpr Confinement kConfinement = {kOwnCalls, capability_bit(CAP_DAC_READ_SEARCH)};

constexpr std::string_view kExamples =
    R"(  ctrace-replay run.ctr                             everything, as a table
  ctrace-replay run.ctr --set net,fs --container web
  ctrace-replay run.ctr -e execve,openat --exclude-comm runc
  ctrace-replay run.ctr --where 'failed and path glob "/etc/*"'
  ctrace-replay run.ctr --format strace --tree 1 --container web -s 64
  ctrace-replay run.ctr --fields time,comm,event,args
  ctrace-replay run.ctr --per-container reports --format json
  ctrace-replay run.ctr --count
  ctrace-replay run.ctr --profile seccomp.json --where profile.refused
  ctrace-replay run.ctr --format json | jq .eventName)";

int replay_main(int argc, char** argv) {
  ignore_broken_pipes();
  ReplayOptions replay_options;
  GeneralFlags flags;
  ListFlags lists;
  ProgramOptions options;
  options.program = "ctrace-replay";
  options.purpose = "print recordings of containers, as they were seen live";
  options.usage = "[OPTION...] FILE...\n--list-events [SET...] | --list-sets | --list-fields";
  const std::string notes = std::string(kExpressionHelp) + "\n\n" + std::string(kNotes);
  options.notes = notes;
  options.examples = kExamples;
  OutputPaths paths;
  OptionGroup output = output_options(replay_options.print, paths);
  output.rows.push_back({"limit", "", "N", "stop after N events", [&](const std::string& value) {
                           return parse_count("--limit", value, 0, replay_options.limit);
                         }});
  output.rows.push_back({"per-container", "", "DIR",
                         "write each container's events into a file of its own there: "
                         "NAME-SHORTID.json or .txt, by --format; the host's into host.*",
                         [&](const std::string& value) {
                           replay_options.per_container = value;
                           return Result<void>();
                         }});
  output.rows.push_back({"profile", "", "FILE",
                         "mark what this seccomp profile would refuse (as ctrace-analyze check "
                         "does); the fields profile.refused and profile.answer ask for it",
                         [&](const std::string& value) {
                           replay_options.profile = value;
                           return Result<void>();
                         }});
  output.rows.push_back(
      {"follow", "f", "", "go on while a file is being written", [&](const std::string&) {
         replay_options.follow = true;
         return Result<void>();
       }});
  options.groups = {filter_options(replay_options.filter), output, list_options(lists),
                    config_options(), general_options(flags)};

  auto files = parse_options_with_config(options, words_of(argc, argv), "replay");
  if (!files) return fail(options.program, files.error());
  if (general_flags_answered(options, flags)) return 0;
  const auto listed = lists_answered(lists, *files);
  if (!listed) return fail(options.program, listed.error());
  if (*listed) return 0;
  if (files->empty()) return fail(options.program, Error("no recording given (try --help)"));
  replay_options.files = *files;

  if (auto checked = check_print_options(replay_options.print); !checked) {
    return fail(options.program, checked.error());
  }
  if (!replay_options.per_container.empty() && replay_options.print.count) {
    return fail(options.program, {Error::Kind::kUsage,
                                  "--count and --per-container do not go "
                                  "together: the summary is by container"});
  }
  const auto filter = Filter::compile(replay_options.filter);
  if (!filter) return fail(options.program, filter.error());
  const auto fd = open_events_path(paths);
  if (!fd) return fail(options.program, fd.error());
  if (auto told = tell_into(paths); !told) return fail(options.program, told.error());
  // libseccomp asks the kernel once which actions it knows; afterwards it may not ask any more.
  if (!replay_options.profile.empty()) seccomp_api_get();
  Confinement confinement = kConfinement;
  confinement.writes_files = !replay_options.per_container.empty();
  if (auto confined = confine(confinement); !confined)
    return fail(options.program, confined.error());
  OutputBuffer out(*fd);
  return replay(replay_options, *filter, out,
                [&](std::string_view line) { tell(options.program, line); });
}

}  // namespace
}  // namespace ctrace

int main(int argc, char** argv) { return ctrace::replay_main(argc, argv); }
