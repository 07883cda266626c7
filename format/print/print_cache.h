// What the printers keep of tasks and event types, so that it is put into words once and not for
// each event. Both caches hold for one stream of events.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "format/model/event.h"

namespace ctrace {

// Direct-mapped by serial: successive events are of few tasks, and a collision costs one rendering.
template <typename Row>
class TaskCache {
 public:
  // The row of `task`, made by `make(task)` when it is not held. Serial 0 (a loss) is never held.
  template <typename Make>
  const Row& get(const Task& task, Make make) {
    Slot& slot = slots_[task.serial % kSlots];
    if (slot.serial != task.serial || task.serial == 0) {
      slot.row = make(task);
      slot.serial = task.serial;
    }
    return slot.row;
  }

 private:
  static constexpr size_t kSlots = 4096;
  struct Slot {
    uint64_t serial = 0;
    Row row;
  };
  std::vector<Slot> slots_{kSlots};
};

// By id. An address says little (a reader may reuse its memory), so the name and the number of
// arguments are compared too: with equal id, address, name and count it is the same type.
template <typename Row>
class TypeCache {
 public:
  template <typename Make>
  const Row& get(const EventType& type, Make make) {
    if (type.id >= slots_.size()) slots_.resize(type.id + size_t{1});
    std::unique_ptr<Slot>& slot = slots_[type.id];
    if (slot == nullptr || slot->type != &type || slot->arg_count != type.args.size() ||
        slot->name != type.name) {
      slot = std::make_unique<Slot>(Slot{&type, type.name, type.args.size(), make(type)});
    }
    return slot->row;
  }

 private:
  struct Slot {
    const EventType* type;  // compared, never followed
    std::string name;
    size_t arg_count;
    Row row;
  };
  std::vector<std::unique_ptr<Slot>> slots_;
};

// As the table and strace's form show it behind the arguments; empty: it would be let through.
inline std::string profile_mark(const Event& event) {
  if (event.profile_answer == nullptr || event.profile_answer->empty()) return {};
  return "(profile: " + *event.profile_answer + ")";
}

// The result of a call that had not ended when the recording did (FORMAT.md §4.3).
inline constexpr int64_t kNoResult = INT64_MIN;
inline bool is_unfinished(const Event& event) {
  return event.type->is_syscall && event.result == kNoResult;
}

// A call that a signal interrupted: the kernel's own numbers, which user space never sees, say that
// it will be made anew, or end with EINTR after all (include/linux/errno.h: ERESTARTSYS,
// ERESTARTNOINTR, ERESTARTNOHAND, ERESTART_RESTARTBLOCK).
inline bool is_restart(const Event& event) {
  return event.type->is_syscall && event.result <= -512 && event.result >= -516 &&
         event.result != -515;
}

// -errno is what the kernel returns for a call that failed.
inline bool is_failed(const Event& event) {
  return event.type->is_syscall && event.result < 0 && event.result >= -4095 && !is_restart(event);
}

// Whether the call has a result: it returned to who made it.
inline bool has_result(const Event& event) { return !is_unfinished(event) && !is_restart(event); }

// Takes the next string (without its NUL) off `strings`, as forms kStrings hold them.
inline std::string_view take_string(std::string_view& strings) {
  const size_t end = std::min(strings.find('\0'), strings.size());
  const std::string_view taken = strings.substr(0, end);
  strings.remove_prefix(std::min(end + 1, strings.size()));
  return taken;
}

}  // namespace ctrace
