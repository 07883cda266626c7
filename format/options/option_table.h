// Command lines from tables: one row an option. Boost.Program_options does the parsing; help and
// error lines are ours, so that all programs read alike.
//
//   FilterSpec spec;
//   OutputFormat format = OutputFormat::kTable;
//   GeneralFlags flags;
//   ProgramOptions options;
//   options.program = "ctrace-replay";
//   ...
//   options.groups = {filter_options(spec), output_options(format), general_options(flags)};
//   auto files = parse_options(options, words_of(argc, argv));   // fills spec, format, flags
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "format/base/result.h"

namespace ctrace {

struct OptionRow {
  std::string_view name;   // "exclude-event": --exclude-event
  std::string_view alias;  // a second spelling: "ee" is --ee, "e" (one letter) is -e; empty: none
  // What help calls it: "NAME,..."; empty: a flag. In brackets ("[SET...]"): a flag too, that gives
  // a meaning to the words that are no options.
  std::string_view value;
  std::string_view help;  // a sentence without capital and full stop; help wraps it
  // Takes each value in the order of the command line ("" for a flag). An error's message must make
  // sense after the program's name alone.
  std::function<Result<void>(const std::string& value)> take;
};

struct OptionGroup {
  std::string_view title;  // "Which events"
  std::vector<OptionRow> rows;
};

struct ProgramOptions {
  std::string_view program;   // "ctrace-replay"
  std::string_view purpose;   // one line, for NAME: "print recordings of containers"
  std::string_view usage;     // lines after the program's name, split by newlines
  std::string_view notes;     // free text between options and examples; may be empty
  std::string_view examples;  // whole lines
  std::vector<OptionGroup> groups;
};

// The words after the program's name.
std::vector<std::string> words_of(int argc, char** argv);
// Takes the first `--` and all after it off `words`; gives what stood after it (`-- COMMAND
// ARG...`).
std::vector<std::string> take_command(std::vector<std::string>& words);

// Does it need a value?
bool takes_value(const OptionRow& row);

// The options among `words` in their order, by their long names and with nothing taken yet.
struct GivenOption {
  std::string name, value;
};
Result<std::vector<GivenOption>> given_options(const ProgramOptions& options,
                                               const std::vector<std::string>& words);

// Calls `take` for each option; gives the words that are no options (all after `--` among them).
// `--name value`, `--name=value`, `-e value` and `-evalue` are understood; names are not guessed
// from their beginnings. Errors are Error::Kind::kUsage: "unknown option '--foo' (try --help)".
Result<std::vector<std::string>> parse_options(const ProgramOptions& options,
                                               const std::vector<std::string>& words);

// What --help prints.
std::string help_text(const ProgramOptions& options);

}  // namespace ctrace
