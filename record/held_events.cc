#include "record/held_events.h"

#include <algorithm>
#include <cstring>

namespace ctrace {
namespace {

// Large enough to go back to the system as soon as it is free, see give_back_memory().
constexpr size_t kChunkBytes = 256u << 10;

struct TextHead {
  uint32_t size;
  Text::State state;
};

template <typename Value>
uint8_t* put(uint8_t* to, const Value& value) {
  std::memcpy(to, &value, sizeof value);
  return to + sizeof value;
}

template <typename Value>
const uint8_t* get(const uint8_t* from, Value& value) {
  std::memcpy(&value, from, sizeof value);
  return from + sizeof value;
}

}  // namespace

uint8_t* HeldEvents::take(size_t size) {
  if (chunks_.empty() || chunks_.back().size - chunks_.back().used < size) {
    const size_t room = std::max(size, kChunkBytes);
    chunks_.push_back({std::make_unique_for_overwrite<uint8_t[]>(room), room, 0});
  }
  Chunk& chunk = chunks_.back();
  uint8_t* const taken = chunk.bytes.get() + chunk.used;
  chunk.used += size;
  return taken;
}

void HeldEvents::push(const Event& event, const std::shared_ptr<const Task>& task,
                      ContainerTable::Entry* entry) {
  const std::vector<ArgType>& args = event.type->args;
  size_t size = args.size() * sizeof event.args[0];
  for (size_t i = 0; i < args.size(); ++i) {
    if (has_text(args[i].form)) size += sizeof(TextHead) + event.texts[i].bytes.size();
  }
  uint8_t* to = take(size);
  for (size_t i = 0; i < args.size(); ++i) to = put(to, event.args[i]);
  for (size_t i = 0; i < args.size(); ++i) {
    if (!has_text(args[i].form)) continue;
    const Text& text = event.texts[i];
    to = put(to, TextHead{static_cast<uint32_t>(text.bytes.size()), text.state});
    to = std::copy(text.bytes.begin(), text.bytes.end(), to);
  }
  heads_.push_back({task, entry ? entry->shared_from_this() : nullptr, event.type, event.time_ns,
                    event.result, event.duration_ns, static_cast<uint32_t>(size), event.cpu,
                    event.abi, event.denied});
  bytes_ += sizeof(Head) + size;
}

Event HeldEvents::front() const {
  const Head& head = heads_.front();
  Event event;
  event.time_ns = head.time_ns;
  event.cpu = head.cpu;
  event.abi = head.abi;
  event.denied = head.denied;
  event.type = head.type;
  event.task = head.task.get();
  event.result = head.result;
  event.duration_ns = head.duration_ns;
  if (head.size == 0) return event;
  const std::vector<ArgType>& args = head.type->args;
  // The front's bytes are in a later chunk where they did not fit into the one that is used up.
  const bool used_up = first_ == chunks_.front().used;
  const uint8_t* from = used_up ? chunks_[1].bytes.get() : chunks_.front().bytes.get() + first_;
  for (size_t i = 0; i < args.size(); ++i) from = get(from, event.args[i]);
  for (size_t i = 0; i < args.size(); ++i) {
    if (!has_text(args[i].form)) continue;
    TextHead text;
    from = get(from, text);
    event.texts[i] = {{reinterpret_cast<const char*>(from), text.size}, text.state};
    from += text.size;
  }
  return event;
}

void HeldEvents::pop() {
  const uint32_t size = heads_.front().size;
  bytes_ -= sizeof(Head) + size;
  heads_.pop_front();
  if (heads_.empty()) {
    chunks_.clear();
    first_ = 0;
    return;
  }
  if (size == 0) return;
  if (first_ == chunks_.front().used) {
    chunks_.pop_front();
    first_ = 0;
  }
  first_ += size;
}

}  // namespace ctrace
