// Losses in the file: told by class, CPU and container, kept by a round trip, and found when they
// do not add up.
#include <gtest/gtest.h>

#include <optional>

#include "format/catalogue/catalogue.h"
#include "record/ease.h"
#include "record/loss_book.h"
#include "tests/unit/file_samples.h"

namespace ctrace::testing {
namespace {

DropCounts counts(uint64_t calls, uint64_t lifecycle, uint64_t texts) {
  DropCounts counts;
  counts.dropped[0] = calls;
  counts.dropped[1] = lifecycle;
  counts.shed[1] = texts;
  return counts;
}

class LossTest : public ::testing::Test {
 protected:
  LossTest() {
    totals_.accounted_ns = 5;
    totals_.lost = 4;
    totals_.full_cgroups = 3;
    totals_.cpus = {{10, 6, 4, counts(3, 1, 2)}, {5, 5, 0, {}}};
    drops_ = {{0, Phase::kHost, counts(1, 1, 0)}, {1, Phase::kOwn, counts(2, 0, 2)}};
  }

  // A recording with these totals in a block and at the end, and gaps of `lost` records on CPU 0.
  std::vector<Damage> damage(uint64_t lost = 4) {
    auto writer = RecordingWriter::create(path_, {}, {.force = true});
    EXPECT_TRUE(writer);
    Task task;
    task.serial = 1;
    Event event;
    event.type = find_event(kLost);
    event.task = &task;
    event.args[1] = lost;
    EXPECT_TRUE((*writer)->add(event));
    (*writer)->set_totals(block_totals_.cpus.empty() ? totals_ : block_totals_);
    EXPECT_TRUE((*writer)->put_drops(drops_, {}));
    EXPECT_TRUE((*writer)->flush());
    EXPECT_TRUE((*writer)->finish(totals_));
    auto reader = RecordingReader::open(path_);
    EXPECT_TRUE(reader);
    (*reader)->verify();
    chain_ = (*reader)->chain();
    return (*reader)->damage();
  }
  std::string wrong(uint64_t lost = 4) {
    const auto all = damage(lost);
    return all.empty() ? "" : all.front().what;
  }

  TempFolder folder_;
  std::string path_ = folder_.path("run.ctr");
  RecordingTotals totals_, block_totals_;
  std::vector<DropRow> drops_;
  std::string chain_;
};

TEST_F(LossTest, ComeBackFromTheFile) {
  EXPECT_EQ(wrong(), "");
  EXPECT_EQ(chain_.size(), 64u);
  EXPECT_NE(chain_, std::string(64, '0'));
  auto reader = RecordingReader::open(path_);
  ASSERT_TRUE(reader);
  const RecordingTotals& read = (*reader)->totals();
  EXPECT_EQ(read.accounted_ns, 5u);
  EXPECT_EQ(read.full_cgroups, 3u);
  ASSERT_EQ(read.cpus.size(), 2u);
  EXPECT_EQ(read.cpus[0].classes, counts(3, 1, 2));
  EXPECT_EQ(read.cpus[1].classes, counts(0, 0, 0));
  ASSERT_EQ((*reader)->drops().size(), 2u);
  EXPECT_EQ((*reader)->drops()[1].container, 1u);
  EXPECT_EQ((*reader)->drops()[1].phase, Phase::kOwn);
  EXPECT_EQ((*reader)->drops()[1].counts, counts(2, 0, 2));
}

TEST_F(LossTest, AreThereInAFileWithoutAnEnd) {
  EXPECT_EQ(wrong(), "");
  const std::string bytes = read_file(path_);
  const auto offsets = frame_offsets(bytes);
  write_file(path_, bytes.substr(0, offsets[offsets.size() - 3]));
  auto reader = RecordingReader::open(path_);
  ASSERT_TRUE(reader);
  EXPECT_EQ((*reader)->totals().cpus.at(0).classes, counts(3, 1, 2));
  EXPECT_EQ((*reader)->drops().size(), 2u);
}

TEST_F(LossTest, ThatDoNotAddUpAreDamage) {
  totals_.cpus[0].received = 7;
  EXPECT_EQ(wrong(), "block 2: cpu 0: 10 records produced, 7 received and 4 dropped");
  totals_.cpus[0].received = 6;
  totals_.cpus[0].classes = counts(3, 0, 2);
  EXPECT_EQ(wrong(), "block 2: cpu 0: 4 records dropped, by class 3");
}

TEST_F(LossTest, GapsInTheStreamAreWhatWasDropped) {
  EXPECT_EQ(wrong(3), "cpu 0: 4 records dropped, its gaps in the stream are 3");
  totals_.lost = 5;
  EXPECT_EQ(wrong(), "the totals say 5 records lost, the gaps in the stream are 4");
}

TEST_F(LossTest, ContainersLostWhatCpusLost) {
  drops_[1].counts.dropped[0] = 1;
  EXPECT_EQ(wrong(), "what containers lost is not what CPUs lost: 3 and 4 records");
}

TEST_F(LossTest, AccountsOnlyGrow) {
  block_totals_ = totals_;
  block_totals_.cpus[1] = {6, 6, 0, {}};
  EXPECT_EQ(wrong(), "cpu 1: its account is smaller than one before");
}

// Recorders before there were accounts.
TEST_F(LossTest, TotalsThatAreNoAccountNeedNotAgreeWithTheStream) {
  totals_.accounted_ns = 0;
  totals_.cpus[0].classes = totals_.cpus[1].classes = {};
  drops_.clear();
  EXPECT_EQ(wrong(1), "");
}

TEST(LossBook, AnAccountThatIsWrongOnceIsKeptBack) {
  LossBook book(1);
  RingAccount account;
  account.time_ns = 1;
  account.produced = account.received = 5;
  book.put(0, account);
  account.time_ns = 2;
  account.produced = 9;
  book.put(0, account);
  RecordingTotals totals;
  book.fill(totals);
  EXPECT_EQ(totals.accounted_ns, 1u);
  EXPECT_EQ(totals.cpus[0].produced, 5u);
  account.time_ns = 3;
  book.put(0, account);
  totals = {};
  book.fill(totals);
  EXPECT_EQ(totals.accounted_ns, 3u);
  EXPECT_EQ(totals.cpus[0].produced, 9u);
  EXPECT_EQ(totals.cpus[0].received, 5u);
}

std::optional<uint32_t> index_of(uint64_t top_cgroup) {
  if (top_cgroup < 100) return std::nullopt;
  return static_cast<uint32_t>(top_cgroup - 100);
}

TEST(LossBook, WhatIsGoneIsToldOnce) {
  LossBook book(1);
  book.close(3, {{103, wire::PHASE_OWN, {{2, 0, 0, 0}, {0, 1}}}});
  book.close(2, {{102, wire::PHASE_SETUP, {{1, 0, 0, 0}, {0, 0}}}});
  book.close(3, {{103, wire::PHASE_OWN, {{4, 1, 0, 0}, {0, 0}}}});
  const auto running = book.drops({{104, wire::PHASE_OWN, {{7, 0, 0, 0}, {0, 0}}}}, index_of);
  ASSERT_EQ(running.size(), 1u);
  EXPECT_EQ(running[0].container, 4u);
  EXPECT_EQ(running[0].counts, counts(7, 0, 0));
  const auto closed = book.take_closed();
  ASSERT_EQ(closed.size(), 2u);
  EXPECT_EQ(closed[0].container, 2u);
  EXPECT_EQ(closed[0].phase, Phase::kSetup);
  EXPECT_EQ(closed[1].container, 3u);
  EXPECT_EQ(closed[1].counts, counts(6, 1, 1));
  EXPECT_TRUE(book.take_closed().empty());
  book.close(5, {{105, wire::PHASE_OWN, {{1, 0, 0, 0}, {0, 0}}}});
  ASSERT_EQ(book.take_closed().size(), 1u);
}

// Whether it was told already or not.
TEST(LossBook, WhatNobodyOwnsIsTheRest) {
  LossBook book(1);
  book.close(3, {{103, wire::PHASE_OWN, {{2, 0, 0, 0}, {0, 1}}}});
  book.take_closed();
  book.close(5, {{105, wire::PHASE_OWN, {{1, 0, 0, 0}, {0, 0}}}});
  RecordingTotals totals;
  totals.cpus = {{20, 11, 9, counts(8, 1, 1)}};
  auto drops = book.drops({{88, wire::PHASE_OWN, {{1, 0, 0, 0}, {0, 0}}},
                           {104, wire::PHASE_OWN, {{3, 0, 0, 0}, {0, 0}}}},
                          index_of);
  book.add_rest(totals, drops);
  ASSERT_EQ(drops.size(), 2u);
  EXPECT_EQ(drops[0].container, 0u);
  EXPECT_EQ(drops[0].counts, counts(2, 1, 0));
  EXPECT_EQ(drops[1].container, 4u);
  EXPECT_EQ(drops[1].counts, counts(3, 0, 0));
  ASSERT_EQ(book.take_closed().size(), 1u);
}

TEST(Ease, GoesDownAtOnceAndUpInSteps) {
  Ease ease;
  EXPECT_EQ(ease.step({5, 50}), 0u);
  EXPECT_EQ(ease.step({0, 80}), 1u);
  EXPECT_EQ(ease.step({60, 100}), 3u);
  EXPECT_EQ(ease.step({20, 100}), 3u);
  EXPECT_EQ(ease.step({0, 0}), 2u);
  EXPECT_EQ(ease.step({0, 60}), 2u);
  EXPECT_EQ(ease.step({0, 0}), 1u);
  EXPECT_EQ(ease.step({0, 0}), 0u);
}

}  // namespace
}  // namespace ctrace::testing
