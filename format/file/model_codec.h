// The small tables of a .ctr file from and to the model's structs: header, schema rows, containers,
// totals, counts. Packing never fails; unpacking checks everything, since a file may be hostile.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "format/base/flat_map.h"
#include "format/base/result.h"
#include "format/file/part.h"
#include "format/file/recording_reader.h"
#include "format/model/event.h"
#include "format/model/recording.h"

namespace ctrace {

// How much unpacking may copy. Tables of a hostile part may share their offsets, so that a part of
// 64 MiB could ask for terabytes; each function below takes from what is left, and fails at its
// end.
class CopyBudget {
 public:
  // The bytes as a string; empty when there is not enough left.
  std::string text(const ByteVector* bytes);
  // Takes `size` bytes.
  void take(size_t size);
  bool spent() const { return spent_; }

 private:
  size_t left_ = size_t{256} << 20;
  bool spent_ = false;
};

flatbuffers::Offset<disk::Header> pack_header(Builder& builder, const RecordingHeader& header);
Result<RecordingHeader> unpack_header(const disk::Header& table, CopyBudget* budget);

flatbuffers::Offset<disk::EventType> pack_type(Builder& builder, const EventType& type);
Result<EventType> unpack_type(const disk::EventType& table, CopyBudget* budget);

// A container's attributes together take no more bytes in the file, nor do its facts: a row must
// fit into a part beside others. What is beyond is left out.
inline constexpr size_t kMaxAttributeBytes = 1 << 20;
flatbuffers::Offset<disk::Container> pack_container(Builder& builder, const Container& container);
Result<Container> unpack_container(const disk::Container& table, CopyBudget* budget);
// About how many bytes the row takes in a part.
size_t packed_size(const Container& container);

flatbuffers::Offset<disk::Totals> pack_totals(Builder& builder, const RecordingTotals& totals);
Result<RecordingTotals> unpack_totals(const disk::Totals& table);

// Counts of calls by (container, phase, ABI, event id).
class CountTable {
 public:
  struct Count {
    uint64_t count = 0, failed = 0, denied = 0;
    bool operator==(const Count& other) const = default;
  };
  static uint64_t key(uint32_t container, Phase phase, Abi abi, uint16_t event_id) {
    return uint64_t{container} << 32 | uint64_t{static_cast<uint8_t>(phase)} << 24 |
           uint64_t{static_cast<uint8_t>(abi)} << 16 | event_id;
  }
  void add(uint64_t key, bool failed, bool denied) {
    Count& row = rows_[key];
    ++row.count;
    row.failed += failed;
    row.denied += denied;
  }
  void add(const CallCount& call);
  void add(const CountTable& other);
  // Each row becomes at least what `other` says.
  void raise(const CountTable& other);
  void clear() { rows_.clear(); }
  uint64_t sum() const;  // of all counts
  size_t size() const { return rows_.size(); }
  bool operator==(const CountTable& other) const;
  // Sorted by container, phase, ABI, event id: the same recording gives the same bytes.
  std::vector<CallCount> sorted() const;

 private:
  FlatMap<Count> rows_;
};

flatbuffers::Offset<disk::Counts> pack_counts(Builder& builder, const CountTable& counts);
// Adds the rows to `counts`.
Result<void> unpack_counts(const disk::Counts& table, CountTable* counts);

}  // namespace ctrace
