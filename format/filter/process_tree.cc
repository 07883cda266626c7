#include "format/filter/process_tree.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

#include "format/catalogue/catalogue.h"
#include "format/print/print_cache.h"

namespace ctrace {
namespace {

// By name: a recording says itself where its arguments stand.
std::optional<uint32_t> number_arg(const Event& event, std::string_view name) {
  for (size_t i = 0; i < arg_count(*event.type); ++i) {
    const ArgType& arg = event.type->args[i];
    if (arg.name == name && !has_text(arg.form)) return static_cast<uint32_t>(event.args[i]);
  }
  return std::nullopt;
}

}  // namespace

Result<ProcessTree::Root> ProcessTree::parse_root(const std::string& word) {
  constexpr std::string_view kHost = "host:";
  Root root;
  root.host = word.starts_with(kHost);
  const std::string_view digits = std::string_view(word).substr(root.host ? kHost.size() : 0);
  const char* const end = digits.data() + digits.size();
  const auto parsed = std::from_chars(digits.data(), end, root.pid);
  if (parsed.ec == std::errc() && parsed.ptr == end && root.pid > 0) return root;
  return unexpected(Error::Kind::kUsage,
                    "option '--tree' takes a number or host:NUMBER, not '" + word + "'");
}

bool ProcessTree::follows(uint16_t event_id) {
  return event_id == kProcessFork || event_id == kProcessExit;
}

void ProcessTree::add_followed(EventMask& mask) {
  mask.set(kProcessFork);
  mask.set(kProcessExit);
}

bool ProcessTree::is_root(const Task& task) const {
  return std::ranges::any_of(roots_, [&task](const Root& root) {
    return root.pid == (root.host ? task.pid : task.ns_pid);
  });
}

bool ProcessTree::holds(const Event& event) {
  const Task& task = *event.task;
  bool member = members_.contains(task.pid);
  if (!member && (is_root(task) || (task.ppid != 0 && members_.contains(task.ppid)))) {
    members_.insert(task.pid);
    member = true;
  }
  if (event.type->id == kProcessFork) {
    const std::optional<uint32_t> child = number_arg(event, "child_pid");
    // A number that is given out again belongs to whoever made the new process; a new thread of
    // the same process changes nothing.
    if (child && *child != task.pid) {
      if (member) {
        members_.insert(*child);
      } else {
        members_.erase(*child);
      }
    }
  } else if (event.type->id == kProcessExit && number_arg(event, "group_dead").value_or(0) != 0) {
    members_.erase(task.pid);
  }
  return member;
}

}  // namespace ctrace
