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

// "0.001234"
std::string seconds_text(uint64_t ns) {
  char text[40];
  std::snprintf(text, sizeof text, "%llu.%06llu",
                static_cast<unsigned long long>(ns / 1'000'000'000),
                static_cast<unsigned long long>(ns / 1000 % 1'000'000));
  return text;
}

template <typename Counts>
auto sum(const Counts& counts) {
  typename Counts::mapped_type all;
  all.event = "total";
  for (const auto& [name, count] : counts) {
    all.calls += count.calls;
    all.errors += count.errors;
    all.duration_ns += count.duration_ns;
  }
  return all;
}

// The most first: of calls, or where it is known of time, as with strace -c.
template <typename Counts>
auto ranked(const Counts& counts, bool timed) {
  std::vector<const typename Counts::mapped_type*> rows;
  for (const auto& [name, count] : counts) rows.push_back(&count);
  std::ranges::stable_sort(rows, std::greater<>(), [timed](const auto* row) {
    return std::pair(timed ? row->duration_ns : 0, row->calls);
  });
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
  count.duration_ns += event.duration_ns;
  timed_ |= event.duration_ns != 0;
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
                           [](const Group* group) { return sum(group->counts).calls; });
  return groups;
}

void CallSummary::end() {
  const auto groups = sorted_groups();
  json_ ? print_json(groups) : print_table(groups);
}

void CallSummary::append_row(const Count& count, uint64_t all, std::string_view container) {
  if (timed_) {
    append_right(seconds_text(count.duration_ns), kNumberWidth, out_);
    append_right(std::to_string(count.calls ? count.duration_ns / count.calls / 1000 : 0),
                 kNumberWidth, out_);
  }
  append_right(std::to_string(count.calls), kNumberWidth, out_);
  append_right(std::to_string(count.errors), kNumberWidth, out_);
  append_right(share_text(count.calls, all), 6, out_);
  const size_t start = out_.size();
  out_.append(container);
  out_.pad(start, kContainerWidth);
  out_.append(' ');
  append_escaped(count.event, out_);
  out_.append('\n');
}

void CallSummary::print_table(const std::vector<const Group*>& groups) {
  std::map<std::string, Count> of_groups;
  for (size_t i = 0; i < groups.size(); ++i) of_groups[std::to_string(i)] = sum(groups[i]->counts);
  const Count all = sum(of_groups);
  if (timed_) {
    append_right("SECONDS", kNumberWidth, out_);
    append_right("USECS/CALL", kNumberWidth, out_);
  }
  append_right("CALLS", kNumberWidth, out_);
  append_right("ERRORS", kNumberWidth, out_);
  append_right("%", 6, out_);
  out_.append("CONTAINER        EVENT\n");
  for (const Group* group : groups) {
    const std::string name = container_name(group->container, group->is_host);
    for (const Count* count : ranked(group->counts, timed_)) append_row(*count, all.calls, name);
    append_row(sum(group->counts), all.calls, name);
  }
  if (groups.size() != 1) append_row(all, all.calls, "all");
  if (lost_ > 0) append_row({"lost", lost_, 0, 0}, 0, "-");
}

void CallSummary::print_json(const std::vector<const Group*>& groups) {
  const auto append_object = [this](const Count& count) {
    append_json_known(R"(,"event":)", count.event, out_);
    out_.append(R"(,"calls":)");
    append_json_number(count.calls, out_);
    out_.append(R"(,"errors":)");
    append_json_number(count.errors, out_);
    if (timed_) {
      out_.append(R"(,"duration":)");
      append_json_number(count.duration_ns, out_);
    }
    out_.append("}\n");
  };
  for (const Group* group : groups) {
    for (const Count* count : ranked(group->counts, timed_)) {
      out_.append(R"({"container":)");
      append_json_container(group->is_host ? nullptr : &group->container, out_);
      append_object(*count);
    }
  }
  if (lost_ == 0) return;
  out_.append(R"({"container":null)");
  append_object({"lost", lost_, 0, 0});
}

}  // namespace ctrace
