// What a recording says without its blocks, whether it has few containers or so many that the index
// leaves them out: containers, and the kernel side's tallies of those that run and those that are
// gone.
#include <gtest/gtest.h>

#include "format/catalogue/catalogue.h"
#include "tests/unit/file_samples.h"

namespace ctrace::testing {
namespace {

constexpr uint32_t kCallsEach = 100;  // different ones that a container makes

CallCount tally(uint32_t container, uint32_t call, uint64_t count) {
  CallCount tally;
  tally.container = container;
  tally.phase = Phase::kOwn;
  tally.event_id = static_cast<uint16_t>(call);
  tally.count = count;
  tally.failed = count / 2;
  return tally;
}

class IndexTest : public ::testing::Test {
 protected:
  // `gone` containers, one after the other, beside one that runs: its tallies are said anew each
  // time.
  void write(uint32_t gone, const std::string& cgroup_path) {
    auto writer = RecordingWriter::create(path_, {}, {.force = true});
    ASSERT_TRUE(writer);
    const uint32_t steady = gone + 1;
    for (uint32_t i = 1; i <= steady; ++i) {
      Container container;
      container.index = i;
      container.id = "container-" + std::to_string(i);
      container.cgroup_path = cgroup_path;
      ASSERT_TRUE((*writer)->put_container(container));
      std::vector<CallCount> ended;
      for (uint32_t call = 0; call < kCallsEach && i < steady; ++call)
        ended.push_back(tally(i, call, i + call));
      ASSERT_TRUE((*writer)->put_tallies({tally(steady, 1, i)}, ended));
      if (i % 50 == 0) {
        ASSERT_TRUE((*writer)->flush());
      }
    }
    ASSERT_TRUE((*writer)->finish({}));
  }

  // The file says all of that, and is intact.
  void expect_whole(uint32_t gone) {
    auto reader = RecordingReader::open(path_);
    ASSERT_TRUE(reader);
    ASSERT_EQ(gone + 1, (*reader)->containers().size());
    EXPECT_EQ("container-7", (*reader)->containers().at(7).id);
    const auto& counts = (*reader)->call_counts();
    ASSERT_EQ(size_t{gone} * kCallsEach + 1, counts.size());
    for (size_t i = 0; i + 1 < counts.size(); ++i) {
      const auto container = static_cast<uint32_t>(1 + i / kCallsEach);
      const uint32_t call = i % kCallsEach;
      ASSERT_EQ(container, counts[i].container);
      ASSERT_EQ(call, counts[i].event_id);
      ASSERT_EQ(container + call, counts[i].count);
      ASSERT_EQ((container + call) / 2, counts[i].failed);
    }
    EXPECT_EQ(gone + 1, counts.back().count);  // what was said last of the one that runs
    (*reader)->verify();
    EXPECT_TRUE((*reader)->damage().empty()) << (*reader)->damage().front().what;
  }

  TempFolder folder_;
  std::string path_ = folder_.path("run.ctr");
};

TEST_F(IndexTest, HasFewContainers) {
  write(20, "/web");
  expect_whole(20);
  auto reader = RecordingReader::open(path_);
  EXPECT_TRUE((*reader)->has_tallies());
}

TEST_F(IndexTest, LeavesManyTalliesToTheirFrames) {
  write(1000, "/web");
  expect_whole(1000);
  auto reader = RecordingReader::open(path_);
  EXPECT_TRUE((*reader)->has_tallies());
}

TEST_F(IndexTest, LeavesLargeContainersToTheirFrames) {
  write(200, std::string(60'000, 'x'));
  expect_whole(200);
}

// What was made of events alone; the index has them block by block.
TEST_F(IndexTest, LeavesManyCountsToTheirBlocks) {
  constexpr uint32_t kContainers = 200;
  auto writer = RecordingWriter::create(path_, {}, {.block_events = 1000});
  ASSERT_TRUE(writer);
  for (uint32_t i = 1; i <= kContainers; ++i) {
    Container container;
    container.index = i;
    Task task;
    task.serial = i;
    task.phase = Phase::kOwn;
    task.container = &container;
    Event event;
    event.task = &task;
    for (uint32_t call = 0; call < kCallsEach; ++call) {
      event.type = find_event(static_cast<uint16_t>(call));
      ASSERT_TRUE((*writer)->add(event));
    }
  }
  ASSERT_TRUE((*writer)->finish({}));
  auto reader = RecordingReader::open(path_);
  ASSERT_TRUE(reader);
  const auto& counts = (*reader)->call_counts();
  ASSERT_EQ(size_t{kContainers} * kCallsEach, counts.size());
  EXPECT_EQ(kContainers, counts.back().container);
  EXPECT_EQ(1u, counts.back().count);
  (*reader)->verify();
  EXPECT_TRUE((*reader)->damage().empty()) << (*reader)->damage().front().what;
}

// Without index and trailer the frames say the same.
TEST_F(IndexTest, IsNotNeeded) {
  write(120, "/web");
  std::string bytes = read_file(path_);
  bytes.resize(bytes.size() - 200);
  write_file(path_, bytes);
  auto reader = RecordingReader::open(path_);
  ASSERT_TRUE(reader);
  EXPECT_EQ(RecordingState::kCutShort, (*reader)->state());
  EXPECT_EQ(size_t{120} * kCallsEach + 1, (*reader)->call_counts().size());
}

}  // namespace
}  // namespace ctrace::testing
