#include "record/event_gate.h"

namespace ctrace {

using State = ContainerTable::State;

EventGate::EventGate(ContainerTable& containers, Deliver deliver)
    : containers_(containers), deliver_(std::move(deliver)) {}

void EventGate::push(const Event& event, const std::shared_ptr<const Task>& task,
                     ContainerTable::Entry* entry) {
  if (held_.empty() && (!entry || entry->state != State::kTentative)) {
    settle(event, entry);
    return;
  }
  if (entry && entry->state == State::kRejected && !containers_.is_host(*entry)) {
    ++dropped_;
    return;
  }
  held_.push(event, task, entry);
  if (held_.bytes() > kMaxHeldBytes) release(event.time_ns);
}

void EventGate::settle(const Event& event, const ContainerTable::Entry* entry) {
  if (!entry || entry->state != State::kRejected) return deliver_(event);
  if (containers_.is_host(*entry)) return deliver_as_host(event);
  ++dropped_;
}

void EventGate::deliver_as_host(const Event& event) {
  if (!host_task_ || host_task_of_ != event.task->serial) {
    host_task_of_ = event.task->serial;
    host_task_ = std::make_shared<Task>(*event.task);
    host_task_->serial |= uint64_t{1} << 63;  // no serial of the tracker's
    host_task_->container = nullptr;
    host_task_->phase = Phase::kHost;
  }
  Event own = event;
  own.task = host_task_.get();
  deliver_(own);
}

void EventGate::release(uint64_t now_ns) {
  while (!held_.empty()) {
    ContainerTable::Entry* const entry = held_.front_entry();
    if (entry && entry->state == State::kTentative) {
      const bool too_old = now_ns > held_.front_time_ns() + kPatienceNs;
      if (!too_old && held_.bytes() <= kMaxHeldBytes) return;
      containers_.give_up(*entry);
    }
    settle(held_.front(), entry);
    held_.pop();
  }
}

void EventGate::finish() {
  while (!held_.empty()) {
    ContainerTable::Entry* const entry = held_.front_entry();
    if (entry && entry->state == State::kTentative) containers_.reject(*entry);
    settle(held_.front(), entry);
    held_.pop();
  }
}

}  // namespace ctrace
