#include "format/filter/filter.h"

#include <algorithm>

#include "format/catalogue/catalogue.h"
#include "format/filter/nearest_name.h"

namespace ctrace {
namespace {

constexpr size_t kCommLimit = 15;  // TASK_COMM_LEN without the final NUL

// The options and the lists that they fill; this order is the order of words().
struct Sort {
  std::string_view option;
  std::vector<std::string> FilterSpec::*values;
};
constexpr Sort kSorts[] = {
    {"--event", &FilterSpec::events},
    {"--exclude-event", &FilterSpec::exclude_events},
    {"--set", &FilterSpec::sets},
    {"--exclude-set", &FilterSpec::exclude_sets},
    {"--comm", &FilterSpec::comms},
    {"--exclude-comm", &FilterSpec::exclude_comms},
    {"--container", &FilterSpec::containers},
};

Result<void> add_event(const std::string& name, EventMask& mask) {
  const std::vector<const EventType*> types = find_events(name);
  for (const EventType* type : types) {
    if (type->id < mask.size()) mask.set(type->id);
  }
  if (!types.empty()) return {};
  std::vector<std::string_view> known;
  for (const EventType& type : event_types()) known.push_back(type.name);
  return unexpected(Error::Kind::kUsage, "unknown event '" + name + "'" + suggestion(name, known));
}

// All numbers that a table of system calls may have, the catalogue's and those it does not know.
void add_syscalls(EventMask& mask) {
  for (size_t id = 0; id < kSyscallIds; ++id) mask.set(id);
  for (size_t id = kForeignBase; id < kForeignBase + 2 * size_t{kArm64Offset}; ++id) mask.set(id);
  for (const EventType& type : event_types()) {
    if (type.is_syscall && type.id < mask.size()) mask.set(type.id);
  }
}

Result<void> add_set(const std::string& name, EventMask& mask) {
  if (name == "syscalls") {
    add_syscalls(mask);
    return {};
  }
  const std::optional<size_t> index = find_set(name);
  if (!index.has_value()) {
    std::vector<std::string_view> known;
    for (const SetRow& row : set_rows()) known.push_back(row.name);
    return unexpected(Error::Kind::kUsage, "unknown set '" + name + "'" + suggestion(name, known));
  }
  for (const EventType& type : event_types()) {
    const bool member = (event_sets(type.id) >> *index & 1) != 0;
    if (member && type.id < mask.size()) mask.set(type.id);
  }
  return {};
}

// The union of what the names mean.
Result<EventMask> union_of(const std::vector<std::string>& events,
                           const std::vector<std::string>& sets) {
  EventMask mask;
  for (const std::string& name : events) {
    if (auto added = add_event(name, mask); !added) return unexpected(added.error());
  }
  for (const std::string& name : sets) {
    if (auto added = add_set(name, mask); !added) return unexpected(added.error());
  }
  return mask;
}

std::vector<std::string> cut_comms(const std::vector<std::string>& comms) {
  std::vector<std::string> cut;
  for (const std::string& comm : comms) cut.push_back(comm.substr(0, kCommLimit));
  return cut;
}

bool contains(const std::vector<std::string>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

}  // namespace

bool FilterSpec::empty() const {
  return std::all_of(std::begin(kSorts), std::end(kSorts),
                     [this](const Sort& sort) { return (this->*sort.values).empty(); });
}

std::vector<std::string> FilterSpec::words() const {
  std::vector<std::string> words;
  for (const Sort& sort : kSorts) {
    for (const std::string& value : this->*sort.values) {
      words.emplace_back(sort.option);
      words.push_back(value);
    }
  }
  return words;
}

Result<Filter> Filter::compile(const FilterSpec& spec) {
  auto included = union_of(spec.events, spec.sets);
  if (!included) return unexpected(included.error());
  auto excluded = union_of(spec.exclude_events, spec.exclude_sets);
  if (!excluded) return unexpected(excluded.error());

  Filter filter;
  filter.spec_ = spec;
  filter.wants_later_ids_ = spec.events.empty() && spec.sets.empty();
  filter.events_ = filter.wants_later_ids_ ? EventMask().set() : *included;
  filter.events_ &= ~*excluded;
  filter.events_.set(kLost);
  filter.all_events_ = filter.events_.all();
  filter.comms_ = cut_comms(spec.comms);
  filter.exclude_comms_ = cut_comms(spec.exclude_comms);
  return filter;
}

bool Filter::wants(const Event& event) const {
  const uint16_t id = event.type->id;
  if (!all_events_ && !(id < kEventIdLimit ? events_[id] : wants_later_ids_)) return false;
  if (id == kLost) return true;
  if (!wants_comm(event.task->comm)) return false;
  if (!has_container_filter()) return true;
  return event.task->container != nullptr && wants_container(*event.task->container);
}

bool Filter::wants_comm(const std::string& comm) const {
  if (!comms_.empty() && !contains(comms_, comm)) return false;
  return !contains(exclude_comms_, comm);
}

bool Filter::wants_container(const Container& container) const {
  if (!has_container_filter()) return true;
  return std::any_of(
      spec_.containers.begin(), spec_.containers.end(),
      [&container](const std::string& word) { return names_container(word, container); });
}

bool Filter::names_container(std::string_view word, const Container& container) {
  if (word.empty()) return false;
  return container.name == word || container.id.starts_with(word);
}

}  // namespace ctrace
