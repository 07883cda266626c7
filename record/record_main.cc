// ctrace-record: watches containers, or a command, and writes what they do.
#include "format/options/option_table.h"
#include "format/options/program.h"
#include "record/record_options.h"
#include "record/recorder.h"

namespace ctrace {
namespace {

constexpr const char* kProgram = "ctrace-record";
constexpr int kRecorderFailed = 125;  // with a command, whose own statuses are all others

int record_main(int argc, char** argv) {
  ignore_broken_pipes();
  RecordOptions options;
  options.command_line.assign(argv, argv + argc);
  auto go_on = parse_record_options(words_of(argc, argv), options);
  if (go_on && !*go_on) return 0;
  const Result<int> done = go_on ? record(options) : unexpected(go_on.error());
  if (done) return *done;
  const int status = fail(kProgram, done.error());
  return options.command.empty() ? status : kRecorderFailed;
}

}  // namespace
}  // namespace ctrace

int main(int argc, char** argv) { return ctrace::record_main(argc, argv); }
