// The groups of options that more than one program has. Each fills what it is given, which must
// outlive the parsing.
#pragma once

#include <cstdint>

#include "format/filter/filter_spec.h"
#include "format/options/option_table.h"
#include "format/options/program.h"
#include "format/print/printer.h"

namespace ctrace {

// --event, --set, --container, --where and all other rows of filter_spec.h, each repeatable and
// most taking comma lists. Names and values are checked by Filter::compile().
OptionGroup filter_options(FilterSpec& spec);

// --format, --fields, --count, --string-size, --color; --events-path, --errors-path, which
// open_events_path() and tell_into() of program.h take. After the parsing:
// check_print_options(print).
OptionGroup output_options(PrintOptions& print, OutputPaths& paths);

struct GeneralFlags {
  bool help = false, version = false;
};
// --help/-h, --version. Heed them before you complain about what is missing:
//   if (general_flags_answered(options, flags)) return 0;
OptionGroup general_options(GeneralFlags& flags);
// Prints the help or the version on stdout if one was asked for.
bool general_flags_answered(const ProgramOptions& options, const GeneralFlags& flags);

// For rows of one's own.
// Splits "ls,sh" and appends; an empty name is an error that tells `option` ("--comm").
Result<void> append_list(std::string_view option, const std::string& value,
                         std::vector<std::string>& list);
// A whole number from `smallest` on.
Result<void> parse_count(std::string_view option, const std::string& value, uint64_t smallest,
                         uint64_t& count);

}  // namespace ctrace
