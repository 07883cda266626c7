// ctrace-replay: prints what ctrace-record wrote.
#include <unistd.h>

#include "format/options/common_options.h"
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

constexpr std::string_view kExamples =
    R"(  ctrace-replay run.ctr                             everything, as a table
  ctrace-replay run.ctr --set net,fs --container web
  ctrace-replay run.ctr -e execve,openat --exclude-comm runc
  ctrace-replay run.ctr --format json | jq .eventName)";

int replay_main(int argc, char** argv) {
  ignore_broken_pipes();
  ReplayOptions replay_options;
  GeneralFlags flags;
  ListFlags lists;
  ProgramOptions options;
  options.program = "ctrace-replay";
  options.purpose = "print recordings of containers, as they were seen live";
  options.usage = "[OPTION...] FILE...\n--list-events [SET...] | --list-sets";
  options.notes = kNotes;
  options.examples = kExamples;
  OptionGroup output = output_options(replay_options.format);
  output.rows.push_back({"limit", "", "N", "stop after N events", [&](const std::string& value) {
                           return parse_count("--limit", value, 0, replay_options.limit);
                         }});
  options.groups = {filter_options(replay_options.filter), output, list_options(lists),
                    general_options(flags)};

  auto files = parse_options(options, words_of(argc, argv));
  if (!files) return fail(options.program, files.error());
  if (general_flags_answered(options, flags)) return 0;
  const auto listed = lists_answered(lists, *files);
  if (!listed) return fail(options.program, listed.error());
  if (*listed) return 0;
  if (files->empty()) return fail(options.program, Error("no recording given (try --help)"));
  replay_options.files = *files;

  OutputBuffer out(STDOUT_FILENO);
  return replay(replay_options, out, [&](std::string_view line) { tell(options.program, line); });
}

}  // namespace
}  // namespace ctrace

int main(int argc, char** argv) { return ctrace::replay_main(argc, argv); }
