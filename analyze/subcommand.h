// What the subcommands of ctrace-analyze share: how their command lines are read and how they
// speak. A subcommand is one row in analyze_main.cc and one file of its own.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "format/base/result.h"
#include "format/file/recording_reader.h"
#include "format/options/option_table.h"
#include "format/options/program.h"
#include "format/print/output_buffer.h"

namespace ctrace {

inline constexpr std::string_view kProgram = "ctrace-analyze";
// The exit codes besides kExitTrouble (format/options/program.h).
inline constexpr int kExitYes = 0;
inline constexpr int kExitNo = 1;

using Words = std::vector<std::string>;

struct Subcommand {
  std::string_view name;
  std::string_view usage;    // what follows the name: "[OPTION...] FILE..."
  std::string_view meaning;  // one line, for help
  int (*run)(const Subcommand& self, const Words& words);
  bool writes_files = false;  // with some option: it then confines itself, when it knows
};

int run_minset(const Subcommand& self, const Words& words);
int run_caps(const Subcommand& self, const Words& words);
int run_check(const Subcommand& self, const Words& words);
int run_apply(const Subcommand& self, const Words& words);
int run_containers(const Subcommand& self, const Words& words);
int run_coverage(const Subcommand& self, const Words& words);
int run_diff(const Subcommand& self, const Words& words);
int run_hints(const Subcommand& self, const Words& words);
int run_info(const Subcommand& self, const Words& words);
int run_try(const Subcommand& self, const Words& words);
int run_verify(const Subcommand& self, const Words& words);

// Reads a subcommand's command line: `own` options, --help, --version and at least one recording,
// at most `max_files`. Gives the recordings, or the exit code when there is nothing left to do:
// --help and --version have been answered, or an error has been told.
struct CommandLine {
  Words files;
  std::optional<int> exit_code;
};
struct HelpText {
  std::string_view notes = {}, examples = {};  // as in ProgramOptions
  bool needs_files = true;
};
CommandLine read_command_line(const Subcommand& self, OptionGroup own, const Words& words,
                              size_t max_files, const HelpText& help = {});

// Called by read_command_line(), but for a subcommand that may write files: gives up what is not
// needed to read recordings (and to write files). An error is told, and its exit code given.
std::optional<int> confine_analyze(bool writes_files);

// Rows of an option table.
OptionRow flag_option(std::string_view name, std::string_view help, bool& flag);
OptionRow text_option(std::string_view name, std::string_view value, std::string_view help,
                      std::string& text);
// --container, as the other programs have it.
OptionRow container_option(std::vector<std::string>& containers);

// `bytes` of a recording, safe for a terminal (format/print/escape.h).
std::string escaped(std::string_view bytes);

// Tells what is not whole about a recording, a line each: its state, its damage. Returns the exit
// code that follows: kExitTrouble for damage, else kExitYes.
int tell_state(const std::string& file, RecordingReader& reader);

// Tells what a recording lost, when it did: what is said of single events is then not complete.
void tell_loss(const std::string& file, RecordingReader& reader);

// Writes all of `out`; a closed pipe is quiet, all else is told. Returns `exit_code` when nothing
// was to be told.
int finish_output(OutputBuffer& out, int exit_code);

}  // namespace ctrace
