// Which events somebody wants, as the command line says it; format/options fills it, Filter
// compiles it, a recording's header keeps its words.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "format/base/result.h"

namespace ctrace {

// What the options mean stands in one place, with the options: filter_option_rows().
struct FilterSpec {
  std::vector<std::string> events{}, exclude_events{};
  std::vector<std::string> sets{}, exclude_sets{};
  std::vector<std::string> comms{}, exclude_comms{};
  std::vector<std::string> exes{};
  std::vector<std::string> containers{};
  bool only_new = false, only_existing = false, host = false;
  std::vector<std::string> pids{}, tids{}, ppids{}, trees{};
  std::vector<std::string> uids{}, gids{}, abis{};
  bool failed = false, successful = false, denied = false;
  std::vector<std::string> results{};
  std::vector<std::string> paths{};
  std::vector<std::string> since{}, until{};  // at most one word
  std::vector<std::string> where{};

  bool empty() const;
  // The same as command line words, in a fixed order: {"--event", "open", ...}.
  std::vector<std::string> words() const;
};

// One row an option, in the order of words(). How they go together:
//
//   one option several times        any of its values (--event a --event b: a or b);
//                                   --where: all of them; --since, --until: the last one
//   --event and --set               together one choice: the union
//   different options               all must hold
//   --exclude-X                     wins over what includes
//   --host                          beside the containers that are chosen
//   no option of a sort             all of it
//   `lost`                          always wanted, within --since and --until
struct FilterOptionRow {
  std::string_view name, alias;
  std::string_view value;  // what help calls it; empty: a flag
  std::string_view help;
  std::vector<std::string> FilterSpec::*list = nullptr;
  bool FilterSpec::*flag = nullptr;
  enum class Values { kCommaList, kWhole, kLast } values = Values::kCommaList;
  // The expression (expression.h) that says the same; null: Filter knows the option itself.
  Result<std::string> (*expression)(const FilterOptionRow& row, const std::string& value) = nullptr;
  std::string_view field = {};  // for `expression`
};
std::span<const FilterOptionRow> filter_option_rows();

}  // namespace ctrace
