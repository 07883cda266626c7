// What the subcommands of ctrace-analyze share: how their command lines are read and how they
// speak. A subcommand is one row in analyze_main.cc and one file of its own.
#pragma once

#include <boost/program_options.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "format/base/result.h"
#include "format/file/recording_reader.h"
#include "format/print/output_buffer.h"

namespace ctrace {

inline constexpr std::string_view kProgram = "ctrace-analyze";
// Exit codes of all three programs.
enum ExitCode : int { kExitYes = 0, kExitNo = 1, kExitTrouble = 2 };

using Words = std::vector<std::string>;

struct Subcommand {
  std::string_view name;
  std::string_view usage;    // what follows the name: "FILE..."
  std::string_view meaning;  // one line
  int (*run)(const Subcommand& self, const Words& words);
};

int run_minset(const Subcommand& self, const Words& words);
int run_info(const Subcommand& self, const Words& words);
int run_verify(const Subcommand& self, const Words& words);

// One line on stderr, "ctrace-analyze: MESSAGE".
void tell(std::string_view message);
// The same and the exit code of trouble.
int fail(const Error& error);

// A subcommand's command line after parsing. `exit_code` is set when there is nothing left to do:
// --help and --version have been answered, or an error has been told.
struct CommandLine {
  boost::program_options::variables_map options;
  Words files;
  std::optional<int> exit_code;
};
// Takes `words` apart: `options` (--help and --version are added) and at least one FILE, at most
// `max_files`.
CommandLine parse_command_line(const Subcommand& self,
                               boost::program_options::options_description options,
                               const Words& words, size_t max_files);

// `bytes` of a recording, safe for a terminal (format/print/escape.h).
std::string escaped(std::string_view bytes);

// Tells what is not whole about a recording, a line each: its state, its damage. Returns the exit
// code that follows: 2 for damage, else 0.
int tell_state(const std::string& file, RecordingReader& reader);

// Writes all of `out`; a closed pipe is quiet, all else is told. Returns `exit_code` when all went
// well.
int finish_output(OutputBuffer& out, int exit_code);

}  // namespace ctrace
