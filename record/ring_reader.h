// Takes records out of the kernel side's per-CPU rings: whole, in order, with every gap counted.
// The rings are plain bytes here, so that tests feed byte arrays.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "bpf/event.h"

namespace ctrace {

// A piece of one CPU's ring: whole records one after the other, 8-byte aligned.
struct RingChunk {
  uint16_t cpu = 0;
  std::vector<uint64_t> words;
  uint64_t last_ns = 0;  // time of the last record, 0: none
};

// One CPU's ring as it is mapped. Does not own the memory.
class Ring {
 public:
  // `size` is a power of two; `data` has wire::MAX_RECORD bytes of slack behind it.
  Ring(uint16_t cpu, wire::ring_head* head, const uint8_t* data, uint64_t size);

  // Moves what is there (about `limit_bytes` at most) into `chunk`, which is emptied first, and
  // frees the room. False when a record is malformed, which is a bug on the kernel side.
  bool drain(RingChunk& chunk, size_t limit_bytes);
  // Whether a record is being written this very moment: its time is taken, its bytes are not
  // there yet.
  bool busy() const;
  uint64_t waiting_bytes() const;
  uint64_t size_bytes() const { return mask_ + 1; }
  const wire::ring_head& head() const { return *head_; }
  uint16_t cpu() const { return cpu_; }

 private:
  uint16_t cpu_;
  wire::ring_head* head_;
  const uint8_t* data_;
  uint64_t mask_;
};

// A record in a chunk. The pointers live as long as the chunk.
struct RecordView {
  const wire::record* record = nullptr;
  const uint64_t* args = nullptr;  // record->args of them
  const uint8_t* blobs = nullptr;
  size_t blob_bytes = 0;
};

// The record at word `position` of `chunk`; moves the position behind it. False at the end, or
// when lengths contradict each other.
bool next_record(const RingChunk& chunk, size_t& position, RecordView& view);

struct BlobView {
  uint8_t arg = 0;
  uint8_t state = 0;
  const char* data = nullptr;
  size_t size = 0;
};
// Walks the blobs of a record: `offset` begins at 0. False at the end or at a bad length.
bool next_blob(const RecordView& view, size_t& offset, BlobView& blob);

}  // namespace ctrace
