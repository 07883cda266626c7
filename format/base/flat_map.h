// A hash table of 64-bit keys for hot loops: open addressing, no erase, insertion order kept.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "format/base/hash.h"

namespace ctrace {

template <typename Value>
class FlatMap {
 public:
  using Item = std::pair<uint64_t, Value>;

  // The value of `key`, made by Value() when it is new. Valid until the next operator[].
  Value& operator[](uint64_t key) {
    if ((items_.size() + 1) * 2 > slots_.size()) grow();
    uint32_t& slot = find_slot(key);
    if (slot == kFree) {
      slot = static_cast<uint32_t>(items_.size());
      items_.emplace_back(key, Value());
    }
    return items_[slot].second;
  }

  // Null when there is no such key.
  const Value* find(uint64_t key) const {
    if (slots_.empty()) return nullptr;
    const uint32_t slot = const_cast<FlatMap*>(this)->find_slot(key);
    return slot == kFree ? nullptr : &items_[slot].second;
  }

  // In the order of insertion.
  const std::vector<Item>& items() const { return items_; }
  size_t size() const { return items_.size(); }

  void clear() {
    items_.clear();
    slots_.assign(slots_.size(), kFree);
  }

 private:
  static constexpr uint32_t kFree = ~0u;

  uint32_t& find_slot(uint64_t key) {
    const size_t mask = slots_.size() - 1;
    size_t at = hash_number(key) & mask;
    while (slots_[at] != kFree && items_[slots_[at]].first != key) at = (at + 1) & mask;
    return slots_[at];
  }

  void grow() {
    slots_.assign(slots_.empty() ? 64 : slots_.size() * 2, kFree);
    for (uint32_t i = 0; i < items_.size(); ++i) find_slot(items_[i].first) = i;
  }

  std::vector<Item> items_;
  std::vector<uint32_t> slots_;  // a power of two; indexes into items_
};

}  // namespace ctrace
