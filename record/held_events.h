// A queue of events that wait: each takes what it has in bytes, about 100 for a call with three
// numbers, where an Event takes 300. A start of a container makes a busy machine's whole stream
// wait.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "format/model/event.h"
#include "record/container_table.h"

namespace ctrace {

class HeldEvents {
 public:
  // `task` owns event.task; all else is copied.
  void push(const Event& event, const std::shared_ptr<const Task>& task,
            ContainerTable::Entry* entry);

  bool empty() const { return heads_.empty(); }
  size_t bytes() const { return bytes_; }
  uint64_t front_time_ns() const { return heads_.front().time_ns; }
  ContainerTable::Entry* front_entry() const { return heads_.front().entry.get(); }
  // Valid until the next push() or pop().
  Event front() const;
  void pop();

 private:
  struct Head {
    std::shared_ptr<const Task> task;
    std::shared_ptr<ContainerTable::Entry> entry;
    const EventType* type;
    uint64_t time_ns;
    int64_t result;
    uint64_t duration_ns;
    uint32_t size;  // of its bytes: the arguments, then state, length and bytes of each text
    uint16_t cpu;
    Abi abi;
    Denied denied;
  };
  // The bytes of many events, one behind the other; an event's never lie in two.
  struct Chunk {
    std::unique_ptr<uint8_t[]> bytes;
    size_t size, used;
  };
  uint8_t* take(size_t size);

  std::deque<Head> heads_;
  std::deque<Chunk> chunks_;
  size_t first_ = 0;  // where the front's bytes begin in chunks_.front()
  size_t bytes_ = 0;
};

}  // namespace ctrace
