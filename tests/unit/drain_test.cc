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

  void put(uint64_t& next) {
    constexpr uint64_t kSize = sizeof(wire::record);
    const uint64_t position = head->prod;
    while (position + kSize - __atomic_load_n(&head->cons, __ATOMIC_ACQUIRE) > kRingBytes)
      std::this_thread::yield();
    __atomic_store_n(&head->busy, 1, __ATOMIC_SEQ_CST);
    wire::record record = {};
    record.size8 = kSize / 8;
    record.seq = static_cast<uint32_t>(next);
    record.time_ns = monotonic_ns();
    std::memcpy(data.data() + (position & (kRingBytes - 1)), &record, sizeof record);
    __atomic_store_n(&head->prod, wire::ring_next(position, kSize, kRingBytes - 1),
                     __ATOMIC_RELEASE);
    __atomic_store_n(&head->busy, 0, __ATOMIC_RELEASE);
    ++next;
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

TEST(Drain, EndsWithNothingToDo) {
  SharedRing shared;
  std::vector<Ring> rings = {Ring(0, shared.head.get(), shared.data.data(), kRingBytes)};
  Drain drain(rings);
  drain.finish();
  EXPECT_FALSE(drain.take(0).empty());
}

}  // namespace
}  // namespace ctrace
