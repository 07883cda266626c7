// ctrace-record: watches containers, or a command, and writes what they do.
#include <malloc.h>

#include "format/options/option_table.h"
#include "format/options/program.h"
#include "record/record_options.h"
#include "record/recorder.h"
#include "record/self_confinement.h"
#include "record/subcommands.h"

namespace ctrace {
namespace {

constexpr const char* kProgram = "ctrace-record";
// Where the text and the messages go.
Result<void> open_outputs(RecordOptions& options) {
  auto fd = open_events_path(options.paths);
  if (!fd) return unexpected(fd.error());
  options.out_fd = *fd;
  return tell_into(options.paths);
}

constexpr int kRecorderFailed = 125;  // with a command, whose own statuses are all others

struct Subcommand {
  std::string_view name;
  int (*run)(const std::vector<std::string>& words);
};
constexpr Subcommand kSubcommands[] = {{"config", run_config}, {"hook", run_hook}, {"ls", run_ls}};

// Large pieces go back to the system when they are free. Without this malloc learns from the first
// burst to keep all that it ever had, between what lives on.
void give_back_memory() { mallopt(M_MMAP_THRESHOLD, 128 << 10); }

int record_main(int argc, char** argv) {
  give_back_memory();
  withhold_file_powers();
  ignore_broken_pipes();
  for (const Subcommand& row : kSubcommands) {
    if (argc > 1 && argv[1] == row.name) return row.run(words_of(argc - 1, argv + 1));
  }
  RecordOptions options;
  options.command_line.assign(argv, argv + argc);
  auto go_on = parse_record_options(words_of(argc, argv), options);
  if (go_on && !*go_on) return 0;
  Result<void> ready = go_on ? open_outputs(options) : unexpected(go_on.error());
  // What it would read there are files of the caller's choice.
  if (ready && has_powers_by_file() && !options.host_root.empty())
    ready = unexpected("--host-root is not for a program that has capabilities by its file");
  const Result<int> done = ready ? record(options) : unexpected(ready.error());
  if (done) return *done;
  const int status = fail(kProgram, done.error());
  return options.command.empty() ? status : kRecorderFailed;
}

}  // namespace
}  // namespace ctrace

int main(int argc, char** argv) { return ctrace::record_main(argc, argv); }
