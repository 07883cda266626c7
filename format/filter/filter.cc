#include "format/filter/filter.h"

#include <algorithm>

#include "format/catalogue/catalogue.h"

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

// The union of what the names mean.
Result<EventMask> union_of(const std::vector<std::string>& events,
                           const std::vector<std::string>& sets) {
  EventMask mask;
  for (const std::string& name : events) {
    if (auto added = add_events(name, mask); !added) return unexpected(added.error());
  }
  for (const std::string& name : sets) {
    if (auto added = add_sets(name, mask); !added) return unexpected(added.error());
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
