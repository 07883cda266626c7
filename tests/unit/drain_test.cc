// The drain thread against a producer: nothing lost, nothing twice, watermarks that hold. Also run
// with the thread sanitizer.
#include "record/drain.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstring>
#include <limits>
#include <memory>
#include <thread>
#include <vector>

namespace ctrace {
namespace {

constexpr uint64_t kRingBytes = 64 << 10;

// A ring whose producer is a thread that does what the kernel side does, with the ordering that
// the kernel side has on x86.
struct SharedRing {
  SharedRing() : data(kRingBytes + wire::MAX_RECORD), head(std::make_unique<wire::ring_head>()) {}

  // False when the record was dropped, which may be as long as `may_drop` says.
  bool put(uint64_t& next, bool may_drop = false) {
    constexpr uint64_t kSize = sizeof(wire::record);
    const uint64_t position = head->prod;
    while (position + kSize - __atomic_load_n(&head->cons, __ATOMIC_ACQUIRE) > kRingBytes) {
      if (may_drop) return drop(next);
      std::this_thread::yield();
    }
    __atomic_store_n(&head->busy, 1, __ATOMIC_SEQ_CST);
    __atomic_store_n(&head->seq, next + 1, __ATOMIC_RELEASE);
    wire::record record = {};
    record.size8 = kSize / 8;
    record.seq = static_cast<uint32_t>(next);
    record.time_ns = monotonic_ns();
    std::memcpy(data.data() + (position & (kRingBytes - 1)), &record, sizeof record);
    __atomic_store_n(&head->prod, wire::ring_next(position, kSize, kRingBytes - 1),
                     __ATOMIC_RELEASE);
    __atomic_store_n(&head->busy, 0, __ATOMIC_RELEASE);
    ++next;
    return true;
  }

  bool drop(uint64_t& next) {
    __atomic_store_n(&head->busy, 1, __ATOMIC_SEQ_CST);
    __atomic_store_n(&head->seq, ++next, __ATOMIC_RELEASE);
    __atomic_store_n(&head->dropped[wire::DROP_SYSCALL], head->dropped[wire::DROP_SYSCALL] + 1,
                     __ATOMIC_RELEASE);
    __atomic_store_n(&head->busy, 0, __ATOMIC_RELEASE);
    return false;
  }

  std::vector<uint8_t> data;
  std::unique_ptr<wire::ring_head> head;
};

TEST(Drain, LosesNothingAndItsWatermarksHold) {
  constexpr uint64_t kRecords = 50000;
  SharedRing shared[2];
  std::vector<Ring> rings;
  for (uint16_t cpu = 0; cpu < 2; ++cpu)
    rings.emplace_back(cpu, shared[cpu].head.get(), shared[cpu].data.data(), kRingBytes);
  std::vector<std::thread> producers;
  Drain drain(rings);
  for (SharedRing& ring : shared) {
    producers.emplace_back([&ring] {
      for (uint64_t next = 0; next < kRecords;) ring.put(next);
    });
  }

  uint64_t expected[2] = {}, watermark_ns = 0, late = 0;
  const auto take = [&] {
    for (Drain::Pass& pass : drain.take(10)) {
      for (const RingChunk& chunk : pass.chunks) {
        RecordView view;
        for (size_t at = 0; next_record(chunk, at, view);) {
          ASSERT_EQ(view.record->seq, expected[chunk.cpu]++);
          late += view.record->time_ns < watermark_ns;
        }
      }
      ASSERT_GE(pass.watermark_ns, watermark_ns);
      watermark_ns = pass.watermark_ns;
    }
  };
  while (expected[0] + expected[1] < 2 * kRecords) take();
  for (std::thread& producer : producers) producer.join();
  drain.finish();
  take();
  EXPECT_EQ(late, 0u);
  EXPECT_EQ(watermark_ns, std::numeric_limits<uint64_t>::max());
  EXPECT_FALSE(drain.malformed());
}

// A producer that does not wait: every account adds up, taken while it runs, and the last one has
// all.
TEST(Drain, AccountsAddUpWhileRecordsAreDropped) {
  constexpr uint64_t kRecords = 100000;
  SharedRing shared;
  std::vector<Ring> rings = {Ring(0, shared.head.get(), shared.data.data(), kRingBytes)};
  Drain drain(rings);
  uint64_t dropped = 0, received = 0, accounts = 0;
  std::thread producer([&] {
    for (uint64_t next = 0; next < kRecords;) dropped += !shared.put(next, true);
  });
  RingAccount last;
  const auto take = [&] {
    for (Drain::Pass& pass : drain.take(10)) {
      for (const RingChunk& chunk : pass.chunks) {
        RecordView view;
        for (size_t at = 0; next_record(chunk, at, view);) ++received;
      }
      for (const auto& [cpu, account] : pass.accounts) {
        ++accounts;
        ASSERT_EQ(account.produced, account.received + account.lost.dropped[wire::DROP_SYSCALL]);
        ASSERT_GE(account.produced, last.produced);
        last = account;
      }
    }
  };
  while (last.produced < kRecords) take();
  producer.join();
  drain.finish();
  take();
  EXPECT_EQ(received + dropped, kRecords);
  EXPECT_EQ(last.received, received);
  EXPECT_EQ(last.lost.dropped[wire::DROP_SYSCALL], dropped);
  EXPECT_GT(accounts, 0u);
}

TEST(Drain, EndsWithNothingToDo) {
  SharedRing shared;
  std::vector<Ring> rings = {Ring(0, shared.head.get(), shared.data.data(), kRingBytes)};
  Drain drain(rings);
  drain.finish();
  EXPECT_FALSE(drain.take(0).empty());
}

}  // namespace
}  // namespace ctrace
