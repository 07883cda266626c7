// A writer with a thread of its own: the same file, the same errors. Also run with the thread
// sanitizer.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "format/catalogue/catalogue.h"
#include "format/file/recording_reader.h"
#include "format/file/recording_writer.h"

namespace ctrace {
namespace {

class BackgroundWriterTest : public testing::Test {
 protected:
  BackgroundWriterTest() {
    char name[] = "/tmp/ctrace-background.XXXXXX";
    folder_ = mkdtemp(name);
    path_ = folder_ + "/run.ctr";
    task_.serial = 1;
    task_.tid = 7;
    event_.type = find_event("openat");
    event_.task = &task_;
  }
  ~BackgroundWriterTest() override {
    unlink(path_.c_str());
    rmdir(folder_.c_str());
  }

  // Event i of a stream that compresses badly.
  const Event& event(uint32_t i) {
    text_ = "/tmp/" + std::to_string(i * 2654435761u);
    event_.time_ns = i * 1000;
    event_.result = i % 7 == 0 ? -2 : i % 11;
    event_.texts[1] = {text_, Text::State::kWhole};
    return event_;
  }

  std::string write(bool in_background, unsigned steps = 0) {
    auto writer = RecordingWriter::create(path_, {}, {.force = true, .block_events = 500});
    EXPECT_TRUE(writer);
    if (in_background) (*writer)->run_in_background();
    Container container;
    container.index = 1;
    EXPECT_TRUE((*writer)->put_container(container));
    for (uint32_t i = 0; i < 20000; ++i) {
      if (i % 3000 == 0) (*writer)->ease(i < 9000 ? steps : 0);
      EXPECT_TRUE((*writer)->add(event(i)));
      if (i % 777 == 0) {
        EXPECT_TRUE((*writer)->flush());
      }
    }
    EXPECT_TRUE((*writer)->finish({}));
    EXPECT_EQ((*writer)->events_written(), 20000u);
    std::ifstream file(path_, std::ios::binary);
    std::string bytes{std::istreambuf_iterator<char>(file), {}};
    EXPECT_EQ((*writer)->bytes_written(), bytes.size());
    return bytes;
  }

  std::string folder_, path_, text_;
  Task task_;
  Event event_;
};

TEST_F(BackgroundWriterTest, TheFileIsTheSame) {
  const std::string bytes = write(false);
  EXPECT_GT(bytes.size(), 10000u);
  EXPECT_TRUE(write(true) == bytes);
}

TEST_F(BackgroundWriterTest, EasedBlocksAreLargerAndTold) {
  const size_t whole = write(true).size();
  EXPECT_GT(write(true, 3).size(), whole);
  auto reader = RecordingReader::open(path_);
  ASSERT_TRUE(reader);
  (*reader)->verify();
  EXPECT_TRUE((*reader)->damage().empty());
  EXPECT_GT((*reader)->totals().eased_blocks, 15u);
  EXPECT_LT((*reader)->totals().eased_blocks, 25u);
}

TEST_F(BackgroundWriterTest, AFullDiskIsTheNextCallsError) {
  signal(SIGXFSZ, SIG_IGN);
  rlimit old;
  getrlimit(RLIMIT_FSIZE, &old);
  auto writer = RecordingWriter::create(path_, {}, {.block_events = 500});
  ASSERT_TRUE(writer);
  (*writer)->run_in_background();
  rlimit small = old;
  small.rlim_cur = 40000;
  setrlimit(RLIMIT_FSIZE, &small);
  Result<void> added;
  for (uint32_t i = 0; i < 200000 && added; ++i) added = (*writer)->add(event(i));
  setrlimit(RLIMIT_FSIZE, &old);
  ASSERT_FALSE(added);
  EXPECT_NE(added.error().message.find("File too large"), std::string::npos);
  EXPECT_EQ((*writer)->finish({}).error().message, added.error().message);
  const uint64_t events = (*writer)->events_written();
  writer->reset();
  auto reader = RecordingReader::open(path_);
  ASSERT_TRUE(reader);
  (*reader)->verify();
  EXPECT_TRUE((*reader)->damage().empty());
  EXPECT_EQ((*reader)->totals().events, events);
}

TEST_F(BackgroundWriterTest, MayGoWithoutAnEnd) {
  {
    auto writer = RecordingWriter::create(path_, {}, {.block_events = 10});
    ASSERT_TRUE(writer);
    (*writer)->run_in_background();
    for (uint32_t i = 0; i < 25; ++i) ASSERT_TRUE((*writer)->add(event(i)));
  }
  auto reader = RecordingReader::open(path_);
  ASSERT_TRUE(reader);
  EXPECT_EQ((*reader)->state(), RecordingState::kCutShort);
  EXPECT_EQ((*reader)->totals().events, 20u);
}

}  // namespace
}  // namespace ctrace
