// What --list-events, --list-sets and --list-fields print: what there is to be named in a filter.
#pragma once

#include <string>
#include <vector>

#include "format/base/result.h"
#include "format/options/option_table.h"

namespace ctrace {

struct ListFlags {
  bool events = false, sets = false, fields = false;
};

// --list-events, --list-sets, --list-fields. After the parsing, before anything is missed:
//   auto listed = lists_answered(flags, words);     // the words that are no options
//   if (!listed) return fail(program, listed.error());
//   if (*listed) return 0;
OptionGroup list_options(ListFlags& flags);

// Prints the lists that were asked for on stdout. The words name the sets whose events are listed
// (`--list-events net fs`); none: all events.
Result<bool> lists_answered(const ListFlags& flags, const std::vector<std::string>& words);

// The lists: a line a row, sorted by name (fields: by subject), columns aligned, no heading.
Result<std::string> event_list(const std::vector<std::string>& sets);
std::string set_list();
std::string field_list();

}  // namespace ctrace
