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
  if (entry && entry->state == State::kRejected) {
    ++dropped_;
    return;
  }
  held_.push(event, task, entry);
  if (held_.bytes() > kMaxHeldBytes) release(event.time_ns);
}

void EventGate::settle(const Event& event, const ContainerTable::Entry* entry) {
  if (entry && entry->state == State::kRejected) {
    ++dropped_;
  } else {
    deliver_(event);
  }
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
