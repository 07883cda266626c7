// Who lost what, of containers that run and of any number that are gone: a recording says it
// whether its index has room for all of them, leaves them to their frames, or is missing.
#include <fcntl.h>
#include <gtest/gtest.h>

#include "format/base/file.h"
#include "format/catalogue/catalogue.h"
#include "format/file/index_reader.h"
#include "format/file/loss_codec.h"
#include "tests/unit/file_samples.h"

namespace ctrace::testing {
namespace {

constexpr uint32_t kFew = 20, kMany = 9'000;  // two rows each: the index has room for 16384
constexpr uint32_t kEachFlush = 100;

DropRow row(uint32_t container, Phase phase, uint64_t calls, uint64_t texts = 0) {
  DropRow row{container, phase, {}};
  row.counts.dropped[0] = calls;
  row.counts.shed[1] = texts;
  return row;
}

std::vector<DropRow> lost_by(uint32_t container) {
  return {row(container, Phase::kSetup, 1), row(container, Phase::kOwn, container, 2)};
}

class EndedDropsTest : public ::testing::Test {
 protected:
  // `gone` containers, one after the other, beside one that runs, whose losses are said anew each
  // time; `extra` is gone with the first of them.
  void write(uint32_t gone, const std::vector<DropRow>& extra = {}) {
    auto writer = RecordingWriter::create(path_, {}, {.force = true});
    ASSERT_TRUE(writer);
    RecordingTotals totals;
    totals.accounted_ns = 5;
    totals.cpus.resize(1);
    DropCounts& classes = totals.cpus[0].classes;
    for (const DropRow& each : expected(gone, gone + 1)) classes.add(each.counts);
    for (const DropRow& each : extra) classes.add(each.counts);
    totals.cpus[0].produced = totals.cpus[0].dropped = totals.lost = classes.records();
    Task task;
    task.serial = 1;
    Event gap;
    gap.type = find_event(kLost);
    gap.task = &task;
    gap.args[1] = totals.lost;
    ASSERT_TRUE((*writer)->add(gap));
    (*writer)->set_totals(totals);
    for (uint32_t i = 1; i <= gone; ++i) {
      std::vector<DropRow> ended = lost_by(i);
      if (i == 1) ended.insert(ended.end(), extra.begin(), extra.end());
      ASSERT_TRUE((*writer)->put_drops({row(gone + 1, Phase::kOwn, i)}, ended));
      if (i % kEachFlush == 0) {
        ASSERT_TRUE((*writer)->flush());
      }
    }
    ASSERT_TRUE((*writer)->finish(totals));
  }

  // When the containers up to `last` are gone.
  static std::vector<DropRow> expected(uint32_t last, uint32_t running, uint32_t first = 1) {
    std::vector<DropRow> rows;
    for (uint32_t i = first; i <= last; ++i)
      for (const DropRow& each : lost_by(i)) rows.push_back(each);
    rows.push_back(row(running, Phase::kOwn, last));
    return rows;
  }

  static void expect_same(const std::vector<DropRow>& wanted, const std::vector<DropRow>& rows) {
    ASSERT_EQ(wanted.size(), rows.size());
    for (size_t i = 0; i < rows.size(); ++i) {
      ASSERT_EQ(wanted[i].container, rows[i].container) << i;
      ASSERT_EQ(wanted[i].phase, rows[i].phase) << i;
      ASSERT_EQ(wanted[i].counts, rows[i].counts) << i;
    }
  }

  void expect_whole(const std::vector<DropRow>& wanted) {
    auto reader = RecordingReader::open(path_);
    ASSERT_TRUE(reader);
    expect_same(wanted, (*reader)->drops());
    (*reader)->verify();
    EXPECT_TRUE((*reader)->damage().empty()) << (*reader)->damage().front().what;
  }

  bool are_left_out() {
    const FileDescriptor fd(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
    const InputFile file{fd.get(), read_file(path_).size(), path_};
    const auto trailer = find_trailer(file);
    EXPECT_TRUE(trailer);
    const auto index = read_index(file, *trailer);
    EXPECT_TRUE(index);
    EXPECT_TRUE(!index->drops_left_out || index->drops.empty());
    return index->drops_left_out;
  }

  // Without the last `frames`.
  void cut(size_t frames) {
    const std::string bytes = read_file(path_);
    const auto offsets = frame_offsets(bytes);
    write_file(path_, bytes.substr(0, offsets[offsets.size() - 1 - frames]));
  }

  TempFolder folder_;
  std::string path_ = folder_.path("run.ctr");
};

TEST_F(EndedDropsTest, OfFewContainersAreInTheIndex) {
  write(kFew);
  EXPECT_FALSE(are_left_out());
  expect_whole(expected(kFew, kFew + 1));
}

TEST_F(EndedDropsTest, OfManyAreLeftToTheirFrames) {
  write(kMany);
  EXPECT_TRUE(are_left_out());
  expect_whole(expected(kMany, kMany + 1));
}

// Its last frames are Containers, Index and Trailer.
TEST_F(EndedDropsTest, AreThereInAFileThatWasCutShort) {
  write(kMany);
  cut(2);
  auto reader = RecordingReader::open(path_);
  ASSERT_TRUE(reader);
  EXPECT_EQ((*reader)->state(), RecordingState::kCutShort);
  expect_same(expected(kMany, kMany + 1), (*reader)->drops());
  cut(1);
  reader = RecordingReader::open(path_);
  ASSERT_TRUE(reader);
  expect_same(expected(kMany - kEachFlush, kMany + 1), (*reader)->drops());
  EXPECT_TRUE((*reader)->damage().empty());
}

// What is nobody's, or in no container, may be told again and again.
TEST_F(EndedDropsTest, OfOneOwnerAreAddedUp) {
  const std::vector<DropRow> nobodys(3, row(0, Phase::kHost, 5));
  for (const uint32_t gone : {kFew, kMany}) {
    write(gone, nobodys);
    auto wanted = expected(gone, gone + 1);
    wanted.insert(wanted.begin(), row(0, Phase::kHost, 15));
    expect_whole(wanted);
  }
}

// The others are told, and nobody is accused of having lost too little.
TEST_F(EndedDropsTest, ThatMakeNoSenseAreDamageOfTheirFrame) {
  write(kMany, {row(7, static_cast<Phase>(9), 1)});
  auto reader = RecordingReader::open(path_);
  ASSERT_TRUE(reader);
  expect_same(expected(kMany, kMany + 1, kEachFlush + 1), (*reader)->drops());
  (*reader)->verify();
  ASSERT_EQ((*reader)->damage().size(), 1u);
  EXPECT_EQ((*reader)->damage()[0].what, "containers 1: a row of losses makes no sense");
}

// In the index they are damage of the index: the frames have what it had.
TEST_F(EndedDropsTest, ThatMakeNoSenseInTheIndexLeaveTheFrames) {
  write(kFew, {row(7, static_cast<Phase>(9), 1)});
  auto reader = RecordingReader::open(path_);
  ASSERT_TRUE(reader);
  expect_same({row(kFew + 1, Phase::kOwn, kFew)}, (*reader)->drops());
  EXPECT_EQ((*reader)->damage().size(), 2u);
}

TEST_F(EndedDropsTest, MustBeWhatCpusLost) {
  auto writer = RecordingWriter::create(path_, {}, {});
  ASSERT_TRUE(writer);
  RecordingTotals totals;
  totals.accounted_ns = 5;
  totals.cpus = {{0, 0, 0, {}}};
  ASSERT_TRUE((*writer)->put_drops({}, expected(kMany, kMany + 1)));
  ASSERT_TRUE((*writer)->finish(totals));
  auto reader = RecordingReader::open(path_);
  ASSERT_TRUE(reader);
  (*reader)->verify();
  ASSERT_EQ((*reader)->damage().size(), 1u);
  EXPECT_EQ((*reader)->damage()[0].what.rfind("what containers lost is not what CPUs lost", 0), 0u);
}

TEST(DropGatherer, TakesSoManyRowsAndNoMore) {
  const auto take = [](DropGatherer& gatherer, uint32_t first, uint32_t count) {
    std::vector<DropRow> rows;
    for (uint32_t i = 0; i < count; ++i) rows.push_back(row(first + i, Phase::kOwn, 1));
    Builder builder;
    const auto ended = pack_drops(builder, rows, /*with_owners=*/true);
    builder.Finish(disk::CreateContainers(builder, 0, 0, 0, 0, ended));
    return gatherer.take(*flatbuffers::GetRoot<disk::Containers>(builder.GetBufferPointer()));
  };
  constexpr uint32_t kMost = 1 << 20;
  DropGatherer gatherer;
  EXPECT_TRUE(take(gatherer, 0, kMost));
  const auto more = take(gatherer, kMost, 1);
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().message, "more rows of losses than a reader takes");
  EXPECT_EQ(gatherer.rows().size(), kMost);
}

}  // namespace
}  // namespace ctrace::testing
