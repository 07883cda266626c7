#include "replay/replay.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

#include "tests/unit/printer_samples.h"

namespace ctrace {
namespace {

// A recording in memory: `count` calls of open by one container.
class FakeReader : public RecordingReader {
 public:
  explicit FakeReader(size_t count) : count_(count) { containers_[1] = container_; }

  const RecordingHeader& header() const override { return header_; }
  uint64_t file_size() const override { return size_bytes_; }
  Result<void> read(const Selection& selection,
                    const std::function<bool(const Event&)>& sink) override {
    selection_ = selection;
    for (size_t i = 0; i < count_; ++i) {
      Event event = sample_event(type_, task_);
      event.args[1] = i;
      if (!sink(event)) break;
    }
    return result_;
  }
  const std::vector<CallCount>& call_counts() override { return counts_; }
  const std::map<uint32_t, Container>& containers() override { return containers_; }
  RecordingState state() override { return state_; }
  const RecordingTotals& totals() override { return totals_; }
  std::pair<uint64_t, uint64_t> time_range_ns() override { return {0, 0}; }
  void verify() override {}
  const std::vector<Damage>& damage() const override { return damage_; }

  uint64_t size_bytes_ = 0;
  RecordingState state_ = RecordingState::kComplete;
  RecordingTotals totals_;
  std::vector<Damage> damage_;
  Result<void> result_;
  Selection selection_;

 private:
  size_t count_;
  RecordingHeader header_ = sample_header();
  Container container_ = sample_container();
  Task task_ = sample_task(&container_);
  EventType type_ = open_type();
  std::vector<CallCount> counts_;
  std::map<uint32_t, Container> containers_;
};

class ReplayTest : public ::testing::Test {
 protected:
  FakeReader& add(const std::string& path, size_t events) {
    auto reader = std::make_unique<FakeReader>(events);
    FakeReader& added = *reader;
    recordings_.push_back({path, std::move(reader)});
    return added;
  }
  int run(OutputBuffer& out) {
    const auto filter = Filter::compile(options_.filter);
    return replay_recordings(
        options_, *filter, recordings_, out,
        [this](std::string_view line) { lines_.emplace_back(line); }, follower_);
  }
  int run() { return run(out_); }
  // Lines printed, the heading among them.
  long printed_lines() {
    const std::string& text = out_.text();
    return std::count(text.begin(), text.end(), '\n');
  }

  ReplayOptions options_;
  Follower* follower_ = nullptr;
  std::vector<OpenRecording> recordings_;
  OutputBuffer out_{-1};
  std::vector<std::string> lines_;
};

using Lines = std::vector<std::string>;

TEST_F(ReplayTest, FilesOneAfterTheOther) {
  add("a.ctr", 2);
  add("b.ctr", 3);
  EXPECT_EQ(run(), 0);
  EXPECT_EQ(lines_, Lines());
  EXPECT_EQ(printed_lines(), 6);
  EXPECT_EQ(out_.text().rfind("TIME(s)"), 0u);
}

TEST_F(ReplayTest, StatesAreTold) {
  add("a.ctr", 2).state_ = RecordingState::kCutShort;
  add("b.ctr", 1).state_ = RecordingState::kBeingWritten;
  FakeReader& skipped = add("c.ctr", 0);
  skipped.state_ = RecordingState::kCutShort;
  skipped.totals_.events = 9;
  EXPECT_EQ(run(), 0);
  EXPECT_EQ(lines_, (Lines{"'a.ctr' was cut short: 2 events could be read",
                           "'b.ctr' is still being written",
                           "'c.ctr' was cut short: 9 events could be read"}));
}

TEST_F(ReplayTest, DamageIsToldAndTheRestPrinted) {
  add("a.ctr", 2).damage_ = {{4096, "checksum of block 3 does not match"}, {9000, "x"}};
  add("b.ctr", 1).damage_ = {{7, "no index"}};
  add("c.ctr", 1);
  EXPECT_EQ(run(), 2);
  EXPECT_EQ(lines_, (Lines{"'a.ctr' is damaged: checksum of block 3 does not match at byte 4096 "
                           "(and 1 more); what is whole was printed",
                           "'b.ctr' is damaged: no index at byte 7; what is whole was printed"}));
  EXPECT_EQ(printed_lines(), 5);
}

TEST_F(ReplayTest, ReadErrors) {
  add("a.ctr", 2).result_ = unexpected("cannot read 'a.ctr': Input/output error");
  EXPECT_EQ(run(), 2);
  EXPECT_EQ(lines_, Lines{"cannot read 'a.ctr': Input/output error"});
}

TEST_F(ReplayTest, ContainersMustBeThere) {
  add("a.ctr", 2);
  options_.filter.containers = {"web", "0123"};
  EXPECT_EQ(run(), 0);
  options_.filter.containers = {"web", "db"};
  out_.clear();
  EXPECT_EQ(run(), 2);
  EXPECT_EQ(lines_, Lines{"no container 'db' in 'a.ctr'"});
  EXPECT_EQ(out_.text(), "");
}

TEST_F(ReplayTest, SelectionIsTheFilters) {
  FakeReader& reader = add("a.ctr", 2);
  EXPECT_EQ(run(), 0);
  EXPECT_TRUE(reader.selection_.event_ids.empty());
  options_.filter.events = {"read"};
  out_.clear();
  EXPECT_EQ(run(), 0);
  EXPECT_EQ(printed_lines(), 1);
  ASSERT_GT(reader.selection_.event_ids.size(), 2u);
  EXPECT_TRUE(reader.selection_.event_ids[0]);
  EXPECT_FALSE(reader.selection_.event_ids[2]);
}

TEST_F(ReplayTest, LimitCountsOverAllFiles) {
  add("a.ctr", 2);
  add("b.ctr", 5);
  options_.limit = 4;
  EXPECT_EQ(run(), 0);
  EXPECT_EQ(printed_lines(), 5);
  options_.limit = 0;
  out_.clear();
  EXPECT_EQ(run(), 0);
  EXPECT_EQ(printed_lines(), 1);
}

TEST_F(ReplayTest, FollowShowsEachEventOnce) {
  FakeReader& first = add("a.ctr", 2);
  first.state_ = RecordingState::kBeingWritten;
  first.size_bytes_ = 2;
  size_t opened = 0, slept = 0;
  const auto reopen = [&](const std::string& path) -> Result<std::unique_ptr<RecordingReader>> {
    EXPECT_EQ(path, "a.ctr");
    ++opened;
    const size_t sizes[] = {2, 5, 5, 6};  // unchanged, longer, unchanged, ended
    auto reader = std::make_unique<FakeReader>(sizes[opened - 1]);
    reader->size_bytes_ = sizes[opened - 1];
    if (opened < 4) reader->state_ = RecordingState::kBeingWritten;
    return std::unique_ptr<RecordingReader>(std::move(reader));
  };
  Follower follower(reopen, [&](uint64_t) { return ++slept > 0; });
  follower_ = &follower;
  EXPECT_EQ(run(), 0);
  EXPECT_EQ(printed_lines(), 7);
  EXPECT_EQ(opened, 4u);
  EXPECT_EQ(lines_, Lines());
}

TEST_F(ReplayTest, FollowEndsWhenToldTo) {
  add("a.ctr", 2).state_ = RecordingState::kBeingWritten;
  Follower follower(nullptr, [](uint64_t) { return false; });
  follower_ = &follower;
  EXPECT_EQ(run(), 0);
  EXPECT_EQ(printed_lines(), 3);
  EXPECT_EQ(lines_, Lines{"'a.ctr' is still being written"});
}

TEST_F(ReplayTest, OneSummaryOfAllFiles) {
  add("a.ctr", 2);
  add("b.ctr", 3);
  options_.print.count = true;
  EXPECT_EQ(run(), 0);
  EXPECT_EQ(out_.text(),
            "     CALLS     ERRORS      % CONTAINER        EVENT\n"
            "         5          0 100.00 web              open\n"
            "         5          0 100.00 web              total\n");
}

TEST_F(ReplayTest, AFullDiskIsTroubleToldOnce) {
  const int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
  if (fd < 0) GTEST_SKIP() << "no /dev/full";
  add("a.ctr", 20'000);
  add("b.ctr", 20'000);
  OutputBuffer out(fd);
  EXPECT_EQ(run(out), 2);
  EXPECT_EQ(lines_, Lines{"cannot write the output: No space left on device"});
  close(fd);
}

TEST_F(ReplayTest, AClosedPipeIsQuiet) {
  std::signal(SIGPIPE, SIG_IGN);
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  close(ends[0]);
  add("a.ctr", 20'000).state_ = RecordingState::kCutShort;
  OutputBuffer out(ends[1]);
  EXPECT_EQ(run(out), 0);
  EXPECT_EQ(lines_, Lines());
  close(ends[1]);
}

}  // namespace
}  // namespace ctrace
