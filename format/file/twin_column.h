// A column of a part that is there in one of two widths (FORMAT.md §2), read where it stands.
#pragma once

#include <flatbuffers/flatbuffers.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "format/file/part.h"

namespace ctrace {

// The largest of n elements, 0 of none. -O2 makes no vector instructions of such a loop.
template <typename T>
T largest_of(const T* elements, size_t n) {
  constexpr size_t kLanes = 16 / sizeof(T);
  typedef T Lanes __attribute__((vector_size(16)));
  Lanes best = {}, some;
  size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    std::memcpy(&some, elements + i, sizeof some);
    best = best > some ? best : some;
  }
  T largest = 0;
  for (size_t k = 0; k < kLanes; ++k) largest = std::max(largest, static_cast<T>(best[k]));
  for (; i < n; ++i) largest = std::max(largest, elements[i]);
  return largest;
}

template <typename Narrow, typename Wide>
class TwinColumn {
 public:
  // Takes the one that is there, of n elements; false when that is not so.
  bool open(const flatbuffers::Vector<Narrow>* narrow, const flatbuffers::Vector<Wide>* wide,
            size_t n) {
    if (!narrow == !wide || !is_aligned(narrow) || !is_aligned(wide)) return false;
    if ((narrow ? narrow->size() : wide->size()) != n) return false;
    narrow_ = narrow ? narrow->data() : nullptr;
    wide_ = narrow ? nullptr : wide->data();
    return true;
  }
  // Null: it is the other one.
  const Narrow* narrow() const { return narrow_; }
  const Wide* wide() const { return wide_; }

  size_t operator[](size_t i) const { return narrow_ ? narrow_[i] : wide_[i]; }
  size_t largest(size_t n) const { return narrow_ ? largest_of(narrow_, n) : largest_of(wide_, n); }

 private:
  const Narrow* narrow_ = nullptr;
  const Wide* wide_ = nullptr;
};

}  // namespace ctrace
