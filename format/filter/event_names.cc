#include "format/filter/event_names.h"

#include <string>
#include <vector>

#include "format/catalogue/catalogue.h"
#include "format/catalogue/other_events.h"
#include "format/filter/glob.h"
#include "format/filter/nearest_name.h"

namespace ctrace {
namespace {

unexpected unknown(std::string_view what, std::string_view name,
                   const std::vector<std::string_view>& known) {
  const std::string quoted = "'" + std::string(name) + "'";
  if (is_glob(name)) {
    return unexpected(Error::Kind::kUsage,
                      "no " + std::string(what) + " has a name like " + quoted);
  }
  return unexpected(Error::Kind::kUsage,
                    "unknown " + std::string(what) + " " + quoted + suggestion(name, known));
}

// The catalogue's event with this id, or the one made by rule for a number without a row.
const EventType* event_with(uint16_t id) {
  const EventType* type = find_event(id);
  return type ? type : unknown_syscall_event(id);
}

void add_members(size_t set, EventMask& mask) {
  for (const EventType& type : event_types()) {
    if ((event_sets(type.id) >> set & 1) != 0 && type.id < mask.size()) mask.set(type.id);
  }
}

}  // namespace

void add_syscalls(EventMask& mask) {
  for (uint16_t id = 0; id < kEventIdLimit; ++id) {
    const EventType* type = find_event(id);
    if (type ? type->is_syscall : is_number_of_a_call(id)) mask.set(id);
  }
}

Result<void> add_events(std::string_view name, EventMask& mask) {
  bool found = false;
  if (is_glob(name)) {
    for (uint16_t id = 0; id < kEventIdLimit; ++id) {
      const EventType* type = event_with(id);
      if (!type || !glob_matches(name, type->name)) continue;
      // They double the stream: who writes `*` does not ask for them.
      if (!name.starts_with(asking_prefix(id))) continue;
      mask.set(id);
      found = true;
    }
  } else {
    for (const EventType* type : find_events(name)) {
      if (type->id < mask.size()) mask.set(type->id);
      found = true;
    }
  }
  if (found) return {};
  std::vector<std::string_view> known;
  for (const EventType& type : event_types()) known.push_back(type.name);
  return unknown("event", name, known);
}

Result<void> add_sets(std::string_view name, EventMask& mask) {
  const auto sets = set_rows();
  bool found = false;
  for (size_t i = 0; i < sets.size(); ++i) {
    if (is_glob(name) ? !glob_matches(name, sets[i].name) : name != sets[i].name) continue;
    found = true;
    add_members(i, mask);
    if (sets[i].name == "syscalls") add_syscalls(mask);
  }
  if (found) return {};
  std::vector<std::string_view> known;
  for (const SetRow& row : sets) known.push_back(row.name);
  return unknown("set", name, known);
}

}  // namespace ctrace
