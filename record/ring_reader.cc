#include "record/ring_reader.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <utility>

namespace ctrace {
namespace {

uint64_t load_acquire(const wire::u64& from) { return __atomic_load_n(&from, __ATOMIC_ACQUIRE); }

// The record at `at`, when it is whole within `left` words.
bool view_record(const uint64_t* at, size_t left, RecordView& view) {
  constexpr size_t kHeadWords = sizeof(wire::record) / 8;
  if (left < kHeadWords) return false;
  view.record = reinterpret_cast<const wire::record*>(at);
  const size_t words = view.record->size8;
  if (words > left || words < kHeadWords + view.record->args) return false;
  view.args = at + kHeadWords;
  view.blobs = reinterpret_cast<const uint8_t*>(view.args + view.record->args);
  view.blob_bytes = (words - kHeadWords - view.record->args) * 8;
  return true;
}

}  // namespace

Ring::Ring(uint16_t cpu, wire::ring_head* head, const uint8_t* data, uint64_t size)
    : cpu_(cpu), head_(head), data_(data), mask_(size - 1) {}

bool Ring::busy() const { return __atomic_load_n(&head_->busy, __ATOMIC_ACQUIRE) != 0; }

// The kernel side sets `busy` before it changes a counter and gives out a number, and clears it
// when all is written. So what is read between two looks at the same number, with `busy` clear
// after the first of them, belongs together.
bool Ring::read_counters(RingAccount& account, uint64_t& end) const {
  const auto load = [](const wire::u64& from) { return load_acquire(from); };
  const uint64_t seq = load(head_->seq);
  if (busy()) return false;
  account.produced = seq;
  for (size_t i = 0; i < wire::DROP_CLASSES; ++i) account.lost.dropped[i] = load(head_->dropped[i]);
  for (size_t i = 0; i < wire::SHED_CLASSES; ++i) account.lost.shed[i] = load(head_->shed[i]);
  account.unreadable_texts = load(head_->unreadable_texts);
  account.cut_texts = load(head_->cut_texts);
  end = load(head_->prod);
  return load(head_->seq) == seq;
}

void Ring::begin_account(uint64_t time_ns) {
  constexpr int kLooks = 64;
  if (account_) return;
  RingAccount account;
  account.time_ns = time_ns;
  for (int i = 0; i < kLooks; ++i) {
    if (!read_counters(account, account_end_)) continue;
    account_ = account;
    account_->received = records_;
    account_whole_ = account_end_ == head_->cons;
    return;
  }
}

std::optional<RingAccount> Ring::received_account() {
  if (!account_ || !account_whole_) return std::nullopt;
  return std::exchange(account_, std::nullopt);
}

uint64_t Ring::waiting_bytes() const { return load_acquire(head_->prod) - head_->cons; }

bool Ring::drain(RingChunk& chunk, size_t limit_bytes) {
  chunk.cpu = cpu_;
  chunk.words.clear();
  chunk.last_ns = 0;
  const uint64_t end = load_acquire(head_->prod);
  uint64_t position = head_->cons;
  const uint64_t waiting = end - position;
  chunk.words.reserve((waiting < limit_bytes ? waiting : limit_bytes + wire::MAX_RECORD) / 8);
  // Records that lie behind one another are copied as one run; a run ends where the ring wraps.
  while (position != end && chunk.words.size() * 8 < limit_bytes) {
    const uint64_t run_start = position;
    uint64_t run_bytes = 0;
    bool wrapped = false;
    while (position != end && !wrapped && chunk.words.size() * 8 + run_bytes < limit_bytes) {
      wire::u16 size8;
      std::memcpy(&size8, data_ + (position & mask_), sizeof size8);
      const uint64_t size = uint64_t{size8} * 8;
      if (size < sizeof(wire::record) || size > wire::MAX_RECORD) return false;
      std::memcpy(&chunk.last_ns, data_ + (position & mask_) + offsetof(wire::record, time_ns),
                  sizeof chunk.last_ns);
      run_bytes += size;
      const uint64_t next = wire::ring_next(position, size, mask_);
      wrapped = (next & mask_) < (position & mask_);
      position = next;
      ++records_;
      if (account_ && position == account_end_) {
        account_->received = records_;
        account_whole_ = true;
      }
    }
    const auto* words = reinterpret_cast<const uint64_t*>(data_ + (run_start & mask_));
    chunk.words.insert(chunk.words.end(), words, words + run_bytes / 8);
  }
  __atomic_store_n(&head_->cons, position, __ATOMIC_RELEASE);
  return true;
}

bool Ring::look_ahead(uint64_t& position, RecordView& view) const {
  const uint64_t end = load_acquire(head_->prod);
  position = std::max(position, uint64_t{head_->cons});
  if (position >= end) return false;
  const auto* words = reinterpret_cast<const uint64_t*>(data_ + (position & mask_));
  if (!view_record(words, wire::MAX_RECORD / 8, view)) return false;
  position = wire::ring_next(position, uint64_t{view.record->size8} * 8, mask_);
  return true;
}

bool next_record(const RingChunk& chunk, size_t& position, RecordView& view) {
  if (!view_record(chunk.words.data() + position, chunk.words.size() - position, view))
    return false;
  position += view.record->size8;
  return true;
}

bool next_blob(const RecordView& view, size_t& offset, BlobView& blob) {
  if (view.blob_bytes - offset < sizeof(wire::blob)) return false;
  wire::blob head;
  std::memcpy(&head, view.blobs + offset, sizeof head);
  offset += sizeof head;
  if (head.size > view.blob_bytes - offset) return false;
  blob.arg = head.arg;
  blob.state = head.state;
  blob.data = reinterpret_cast<const char*>(view.blobs + offset);
  blob.size = head.size;
  offset += (size_t{head.size} + 7) & ~size_t{7};
  if (offset > view.blob_bytes) offset = view.blob_bytes;
  return true;
}

}  // namespace ctrace
