// Takes records out of the kernel side's per-CPU rings: whole, in order, with every gap counted.
// The rings are plain bytes here, so that tests feed byte arrays.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "bpf/event.h"

namespace ctrace {

// A piece of one CPU's ring: whole records one after the other, 8-byte aligned.
struct RingChunk {
  uint16_t cpu = 0;
  std::vector<uint64_t> words;
  uint64_t last_ns = 0;  // time of the last record, 0: none
};

// A CPU's counters as they were at one moment, between two records.
struct RingAccount {
  uint64_t time_ns = 0;
  uint64_t produced = 0;  // sequence numbers given out
  uint64_t received = 0;  // records taken out of the ring, to the last one of that moment
  wire::drop_tally lost = {};
  uint64_t unreadable_texts = 0, cut_texts = 0;
};

struct RecordView;

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
  // The record that waits at `position`, which moves behind it; what is not there any more is
  // passed over. False when there is none, or a malformed one. In the thread that drains: it takes
  // nothing out, and the view lives until that is done.
  bool look_ahead(uint64_t& position, RecordView& view) const;

  // Reads the kernel side's counters, unless a record is being written at every look. The account
  // is whole when drain() has come to where the ring's end was then: received_account() gives it,
  // once.
  void begin_account(uint64_t time_ns);
  std::optional<RingAccount> received_account();
  const wire::ring_head& head() const { return *head_; }
  uint16_t cpu() const { return cpu_; }

 private:
  bool read_counters(RingAccount& account, uint64_t& end) const;

  uint16_t cpu_;
  wire::ring_head* head_;
  const uint8_t* data_;
  uint64_t mask_;
  uint64_t records_ = 0;  // taken out
  std::optional<RingAccount> account_;
  uint64_t account_end_ = 0;  // position up to which it counts what is received
  bool account_whole_ = false;
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
