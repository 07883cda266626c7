#include "format/options/listing.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "format/catalogue/catalogue.h"
#include "format/filter/event_names.h"
#include "format/filter/field.h"

namespace ctrace {
namespace {

using Row = std::pair<std::string, std::string>;  // what it is called, what it means

OptionRow flag_row(std::string_view name, std::string_view value, std::string_view help,
                   bool& flag) {
  return {name, "", value, help, [&flag](const std::string&) {
            flag = true;
            return Result<void>();
          }};
}

std::string aligned(std::vector<Row> rows) {
  size_t width = 0;
  for (const Row& row : rows) width = std::max(width, row.first.size());
  std::string text;
  for (auto& [name, meaning] : rows) {
    name.resize(width, ' ');
    text += name + "  " + meaning + "\n";
  }
  return text;
}

std::string sorted(std::vector<Row> rows) {
  std::ranges::sort(rows);
  // A call with equal arguments in two tables is one line.
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  return aligned(std::move(rows));
}

}  // namespace

OptionGroup list_options(ListFlags& flags) {
  return {
      "WHAT THERE IS TO BE NAMED",
      {flag_row("list-events", "[SET...]",
                "all events with their arguments or meaning, or those of some sets", flags.events),
       flag_row("list-sets", "", "all sets with their meaning", flags.sets),
       flag_row("list-fields", "", "what --where and --fields may name", flags.fields)}};
}

Result<bool> lists_answered(const ListFlags& flags, const std::vector<std::string>& words) {
  std::string text;
  if (flags.events) {
    auto events = event_list(words);
    if (!events) return unexpected(events.error());
    text += *events;
  }
  if (flags.sets) text += set_list();
  if (flags.fields) text += field_list();
  std::fputs(text.c_str(), stdout);
  return flags.events || flags.sets || flags.fields;
}

Result<std::string> event_list(const std::vector<std::string>& sets) {
  EventMask wanted;
  if (sets.empty()) wanted.set();
  for (const std::string& set : sets) {
    if (auto added = add_sets(set, wanted); !added) return unexpected(added.error());
  }
  std::vector<Row> rows;
  for (const EventType& type : event_types()) {
    if (wanted.test(type.id)) rows.emplace_back(type.name, event_line(type));
  }
  return sorted(std::move(rows));
}

std::string set_list() {
  std::vector<Row> rows;
  for (const SetRow& row : set_rows()) rows.emplace_back(row.name, row.meaning);
  return sorted(std::move(rows));
}

std::string field_list() {
  size_t width = 0;
  for (const FieldRow& row : field_rows()) width = std::max(width, row.type.size());
  std::vector<Row> rows;
  for (const FieldRow& row : field_rows()) {
    std::string type(row.type);
    type.resize(width, ' ');
    rows.emplace_back(row.name, type + "  " + std::string(row.meaning));
  }
  return aligned(std::move(rows));
}

}  // namespace ctrace
