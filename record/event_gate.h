// Holds the stream back while it is not known whether a new cgroup is a container that is wanted:
// nothing of its beginning is lost, nothing of a stranger gets out, and the order stays that of
// time. With no undecided cgroup in the way events pass straight through.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "format/model/event.h"
#include "record/container_table.h"
#include "record/held_events.h"

namespace ctrace {

class EventGate {
 public:
  using Deliver = std::function<void(const Event&)>;
  // Both must outlive the gate.
  EventGate(ContainerTable& containers, Deliver deliver);

  // `entry` is the event's container, null for none. `task` owns event.task.
  void push(const Event& event, const std::shared_ptr<const Task>& task,
            ContainerTable::Entry* entry);
  // Lets out what is decided. Cgroups that keep the stream waiting for longer than three seconds
  // (of the recording's time) or for more than 16 MiB are taken for no containers, until one
  // begins.
  void release(uint64_t now_ns);
  // At the end: what is undecided now is no container.
  void finish();

  // Events of cgroups that turned out to be no wanted container.
  uint64_t dropped() const { return dropped_; }

 private:
  static constexpr uint64_t kPatienceNs = 3'000'000'000;
  static constexpr size_t kMaxHeldBytes = 16u << 20;

  void settle(const Event& event, const ContainerTable::Entry* entry);
  void deliver_as_host(const Event& event);

  ContainerTable& containers_;
  Deliver deliver_;
  HeldEvents held_;
  uint64_t dropped_ = 0;
  std::shared_ptr<Task> host_task_;  // a row that was taken for a container's, without one
  uint64_t host_task_of_ = 0;        // the serial of that row
};

}  // namespace ctrace
