#include "format/print/call_summary.h"

#include <algorithm>
#include <cstdio>
#include <functional>

#include "format/catalogue/catalogue.h"
#include "format/print/escape.h"
#include "format/print/json_value.h"
#include "format/print/print_cache.h"

namespace ctrace {
namespace {

constexpr size_t kNumberWidth = 10, kContainerWidth = 16;

// "12.34" for its percentage.
std::string share_text(uint64_t part, uint64_t all) {
  const uint64_t hundredths =
      all == 0 ? 0 : static_cast<uint64_t>(static_cast<unsigned __int128>(part) * 10'000 / all);
  char text[32];
  std::snprintf(text, sizeof text, "%u.%02u", static_cast<unsigned>(hundredths / 100),
                static_cast<unsigned>(hundredths % 100));
  return text;
}

void append_right(std::string_view text, size_t width, OutputBuffer& out) {
  const size_t start = out.size();
  if (text.size() < width) out.pad(start, width - text.size());
  out.append(text);
  out.append(' ');
}

std::string container_name(const Container& container, bool is_host) {
  if (is_host) return "host";
  OutputBuffer name(-1);
  append_escaped(container.name.empty() ? container.short_id() : container.name, name);
  return name.text().empty() ? "?" : name.text();
}

uint64_t lost_records(const Event& event) {
  for (size_t i = 0; i < arg_count(*event.type); ++i) {
    if (event.type->args[i].name == "count") return event.args[i];
  }
  return 1;
}

template <typename Counts>
uint64_t sum(const Counts& counts, auto member) {
  uint64_t all = 0;
  for (const auto& [name, count] : counts) all += count.*member;
  return all;
}

template <typename Counts>
auto by_calls(const Counts& counts) {
  std::vector<const typename Counts::mapped_type*> rows;
  for (const auto& [name, count] : counts) rows.push_back(&count);
  std::ranges::stable_sort(rows, std::greater<>(), [](const auto* row) { return row->calls; });
  return rows;
}

}  // namespace

void CallSummary::event(const Event& event) {
  if (event.type->id == kLost) {
    lost_ += lost_records(event);
    return;
  }
  Count& count = count_of(event);
  ++count.calls;
  count.errors += is_failed(event);
}

CallSummary::Count& CallSummary::count_of(const Event& event) {
  const Container* container = event.task->container;
  const uint64_t index = container == nullptr ? 0 : container->index + uint64_t{1};
  Slot& slot = slots_[index << 16 | event.type->id];
  if (slot.count != nullptr && slot.type == event.type) return *slot.count;
  Group& group = groups_[container == nullptr ? "" : "c" + container->id];
  group.is_host = container == nullptr;
  if (container != nullptr) group.container = *container;
  Count& count = group.counts[event.type->name];
  count.event = event.type->name;
  slot = {&count, event.type};
  return count;
}

void CallSummary::next_stream() { slots_.clear(); }

std::vector<const CallSummary::Group*> CallSummary::sorted_groups() const {
  std::vector<const Group*> groups;
  for (const auto& [id, group] : groups_) groups.push_back(&group);
  std::ranges::stable_sort(groups, std::greater<>(),
                           [](const Group* group) { return sum(group->counts, &Count::calls); });
  return groups;
}

void CallSummary::end() {
  const auto groups = sorted_groups();
  json_ ? print_json(groups) : print_table(groups);
}

void CallSummary::append_row(uint64_t calls, uint64_t errors, uint64_t all,
                             std::string_view container, std::string_view event) {
  append_right(std::to_string(calls), kNumberWidth, out_);
  append_right(std::to_string(errors), kNumberWidth, out_);
  append_right(share_text(calls, all), 6, out_);
  const size_t start = out_.size();
  out_.append(container);
  out_.pad(start, kContainerWidth);
  out_.append(' ');
  append_escaped(event, out_);
  out_.append('\n');
}

void CallSummary::print_table(const std::vector<const Group*>& groups) {
  uint64_t calls = 0, errors = 0;
  for (const Group* group : groups) {
    calls += sum(group->counts, &Count::calls);
    errors += sum(group->counts, &Count::errors);
  }
  append_right("CALLS", kNumberWidth, out_);
  append_right("ERRORS", kNumberWidth, out_);
  append_right("%", 6, out_);
  out_.append("CONTAINER        EVENT\n");
  for (const Group* group : groups) {
    const std::string name = container_name(group->container, group->is_host);
    for (const Count* count : by_calls(group->counts)) {
      append_row(count->calls, count->errors, calls, name, count->event);
    }
    append_row(sum(group->counts, &Count::calls), sum(group->counts, &Count::errors), calls, name,
               "total");
  }
  if (groups.size() != 1) append_row(calls, errors, calls, "all", "total");
  if (lost_ > 0) append_row(lost_, 0, 0, "-", "lost");
}

void CallSummary::print_json(const std::vector<const Group*>& groups) {
  const auto append_object = [this](std::string_view event, uint64_t calls, uint64_t errors) {
    append_json_known(R"(,"event":)", event, out_);
    out_.append(R"(,"calls":)");
    append_json_number(calls, out_);
    out_.append(R"(,"errors":)");
    append_json_number(errors, out_);
    out_.append("}\n");
  };
  for (const Group* group : groups) {
    for (const Count* count : by_calls(group->counts)) {
      out_.append(R"({"container":)");
      append_json_container(group->is_host ? nullptr : &group->container, out_);
      append_object(count->event, count->calls, count->errors);
    }
  }
  if (lost_ == 0) return;
  out_.append(R"({"container":null)");
  append_object("lost", lost_, 0);
}

}  // namespace ctrace
