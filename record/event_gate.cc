#include "record/event_gate.h"

#include <cstring>

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
  hold(event, task, entry);
}

void EventGate::settle(const Event& event, const ContainerTable::Entry* entry) {
  if (entry && entry->state == State::kRejected) {
    ++dropped_;
  } else {
    deliver_(event);
  }
}

void EventGate::hold(const Event& event, const std::shared_ptr<const Task>& task,
                     ContainerTable::Entry* entry) {
  size_t bytes = 0;
  const size_t args = event.type->args.size();
  for (size_t i = 0; i < args; ++i) bytes += event.texts[i].bytes.size();
  Held& held = held_.emplace_back(
      Held{event, task, entry, std::make_unique<char[]>(bytes), sizeof(Held) + bytes});
  char* to = held.bytes.get();
  for (size_t i = 0; i < args; ++i) {
    std::string_view& text = held.event.texts[i].bytes;
    if (text.empty()) continue;
    std::memcpy(to, text.data(), text.size());
    text = {to, text.size()};
    to += text.size();
  }
  held_bytes_ += held.byte_count;
}

void EventGate::release(uint64_t now_ns) {
  while (!held_.empty()) {
    Held& front = held_.front();
    if (front.entry && front.entry->state == State::kTentative) {
      const bool too_old = now_ns > front.event.time_ns + kPatienceNs;
      if (!too_old && held_bytes_ <= kMaxHeldBytes) return;
      containers_.give_up(*front.entry);
    }
    settle(front.event, front.entry);
    held_bytes_ -= front.byte_count;
    held_.pop_front();
  }
}

void EventGate::finish() {
  for (const Held& held : held_) {
    if (held.entry && held.entry->state == State::kTentative) containers_.reject(*held.entry);
  }
  release(0);
}

}  // namespace ctrace
