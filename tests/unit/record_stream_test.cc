// From ring bytes to merged records: the recorder's parsing, fed with plain byte arrays.
#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "record/merge.h"
#include "record/ring_reader.h"

namespace ctrace {
namespace {

constexpr uint64_t kRingBytes = 4096;

// What the kernel side does, in user space: a ring that records are put into.
class FakeRing {
 public:
  FakeRing() : data_(kRingBytes + wire::MAX_RECORD), head_() {}

  // False when the record would not fit, as in the kernel.
  bool put(uint64_t time_ns, std::vector<uint64_t> args = {}, const std::string& text = "") {
    const size_t blob = text.empty() ? 0 : sizeof(wire::blob) + ((text.size() + 7) & ~size_t{7});
    const size_t size = sizeof(wire::record) + args.size() * 8 + blob;
    const auto sequence = static_cast<uint32_t>(head_.seq++);
    if (head_.prod + size - head_.cons > kRingBytes) return false;
    uint8_t* to = data_.data() + (head_.prod & (kRingBytes - 1));
    wire::record record = {};
    record.size8 = static_cast<uint16_t>(size / 8);
    record.seq = sequence;
    record.time_ns = time_ns;
    record.args = static_cast<uint8_t>(args.size());
    record.blobs = !text.empty();
    std::memcpy(to, &record, sizeof record);
    if (!args.empty()) std::memcpy(to + sizeof record, args.data(), args.size() * 8);
    if (blob) {
      const wire::blob head = {static_cast<uint16_t>(text.size()), 1, wire::TEXT_WHOLE, 0};
      std::memcpy(to + sizeof record + args.size() * 8, &head, sizeof head);
      std::memcpy(to + sizeof record + args.size() * 8 + sizeof head, text.data(), text.size());
    }
    head_.prod = wire::ring_next(head_.prod, size, kRingBytes - 1);
    return true;
  }

  Ring view(uint16_t cpu = 0) { return Ring(cpu, &head_, data_.data(), kRingBytes); }
  wire::ring_head& head() { return head_; }
  uint8_t* data() { return data_.data(); }

 private:
  std::vector<uint8_t> data_;
  wire::ring_head head_;
};

std::vector<uint64_t> times_in(const RingChunk& chunk) {
  std::vector<uint64_t> times;
  RecordView view;
  for (size_t at = 0; next_record(chunk, at, view);) times.push_back(view.record->time_ns);
  return times;
}

TEST(Ring, GivesRecordsInOrderAndFreesTheirRoom) {
  FakeRing fake;
  Ring ring = fake.view();
  for (uint64_t t = 1; t <= 3; ++t) fake.put(t, {t, t});
  RingChunk chunk;
  ASSERT_TRUE(ring.drain(chunk, 1 << 20));
  EXPECT_EQ(times_in(chunk), (std::vector<uint64_t>{1, 2, 3}));
  EXPECT_EQ(fake.head().cons, fake.head().prod);
  ASSERT_TRUE(ring.drain(chunk, 1 << 20));
  EXPECT_TRUE(chunk.words.empty());
}

TEST(Ring, RecordsNeverWrap) {
  FakeRing fake;
  Ring ring = fake.view();
  RingChunk chunk;
  uint64_t time = 0;
  std::vector<uint64_t> seen;
  // Sizes that do not divide the ring: records end behind it again and again.
  for (int round = 0; round < 200; ++round) {
    for (int i = 0; i < 5; ++i) ASSERT_TRUE(fake.put(++time, {1, 2, 3}, std::string(100 + i, 'x')));
    ASSERT_TRUE(ring.drain(chunk, 1 << 20));
    for (uint64_t t : times_in(chunk)) seen.push_back(t);
  }
  ASSERT_EQ(seen.size(), time);
  for (size_t i = 0; i < seen.size(); ++i) ASSERT_EQ(seen[i], i + 1);
}

TEST(Ring, StopsAtTheLimitAndGoesOnLater) {
  FakeRing fake;
  Ring ring = fake.view();
  for (uint64_t t = 1; t <= 10; ++t) fake.put(t);
  RingChunk first, second;
  ASSERT_TRUE(ring.drain(first, 64));
  ASSERT_TRUE(ring.drain(second, 1 << 20));
  EXPECT_EQ(times_in(first).size(), 2u);
  EXPECT_EQ(times_in(second).size(), 8u);
}

TEST(Ring, RefusesALengthThatNoRecordHas) {
  for (uint16_t size8 : {uint16_t{0}, uint16_t{3}, uint16_t{0xffff}}) {
    FakeRing fake;
    Ring ring = fake.view();
    fake.put(1);
    std::memcpy(fake.data(), &size8, sizeof size8);
    RingChunk chunk;
    EXPECT_FALSE(ring.drain(chunk, 1 << 20)) << size8;
  }
}

TEST(Ring, BlobsAreBoundedByTheirRecord) {
  FakeRing fake;
  Ring ring = fake.view();
  fake.put(1, {7}, "hello");
  RingChunk chunk;
  ASSERT_TRUE(ring.drain(chunk, 1 << 20));
  RecordView view;
  size_t at = 0, offset = 0;
  ASSERT_TRUE(next_record(chunk, at, view));
  BlobView blob;
  ASSERT_TRUE(next_blob(view, offset, blob));
  EXPECT_EQ(std::string(blob.data, blob.size), "hello");
  EXPECT_FALSE(next_blob(view, offset, blob));
  // A blob that claims more than there is.
  const_cast<uint8_t*>(view.blobs)[0] = 200;
  offset = 0;
  EXPECT_FALSE(next_blob(view, offset, blob));
}

struct Merged {
  uint16_t cpu;
  uint64_t time_ns, lost;
  bool operator==(const Merged&) const = default;
};

class MergeTest : public testing::Test {
 protected:
  void move_all() {
    for (uint16_t cpu = 0; cpu < 2; ++cpu) {
      RingChunk chunk;
      Ring ring = rings_[cpu].view(cpu);
      ASSERT_TRUE(ring.drain(chunk, 1 << 20));
      merge_.add(std::move(chunk));
    }
  }
  std::vector<Merged> run(uint64_t watermark) {
    std::vector<Merged> out;
    merge_.run(watermark, [&](uint16_t cpu, const RecordView& view, uint64_t lost) {
      out.push_back({cpu, view.record->time_ns, lost});
    });
    return out;
  }

  FakeRing rings_[2];
  Merge merge_{2};
};

TEST_F(MergeTest, OrdersAllCpusByTime) {
  for (uint64_t t : {10, 30, 50}) rings_[0].put(t);
  for (uint64_t t : {20, 40, 60}) rings_[1].put(t);
  move_all();
  EXPECT_EQ(run(100), (std::vector<Merged>{
                          {0, 10, 0}, {1, 20, 0}, {0, 30, 0}, {1, 40, 0}, {0, 50, 0}, {1, 60, 0}}));
}

TEST_F(MergeTest, KeepsWhatIsNotFinalYet) {
  rings_[0].put(10);
  rings_[0].put(50);
  move_all();
  EXPECT_EQ(run(40), (std::vector<Merged>{{0, 10, 0}}));
  rings_[1].put(45);
  move_all();
  EXPECT_EQ(run(100), (std::vector<Merged>{{1, 45, 0}, {0, 50, 0}}));
}

TEST_F(MergeTest, CountsGapsWhereTheyAre) {
  rings_[0].put(1);
  rings_[0].head().seq += 5;  // dropped by the kernel side
  rings_[0].put(2);
  move_all();
  EXPECT_EQ(run(100), (std::vector<Merged>{{0, 1, 0}, {0, 2, 5}}));
  EXPECT_EQ(merge_.received(0), 2u);
  EXPECT_EQ(merge_.expected(0), 7u);
}

TEST_F(MergeTest, SequenceNumbersMayWrap) {
  rings_[0].put(1);
  move_all();
  run(100);
  Merge merge(1);
  RingChunk chunk;
  FakeRing fake;
  fake.head().seq = 0xffffffffu;
  fake.put(1);
  fake.put(2);
  Ring ring = fake.view();
  ASSERT_TRUE(ring.drain(chunk, 1 << 20));
  merge.add(std::move(chunk));
  std::vector<uint64_t> lost;
  merge.run(10, [&](uint16_t, const RecordView&, uint64_t n) { lost.push_back(n); });
  EXPECT_EQ(lost, (std::vector<uint64_t>{0xffffffffu, 0}));
}

}  // namespace
}  // namespace ctrace
