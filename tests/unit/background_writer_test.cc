// A writer with a thread of its own: the same file, the same errors. Also run with the thread
// sanitizer. And a reader that decodes ahead in one.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>

#include "format/catalogue/catalogue.h"
#include "format/file/decode_ahead.h"
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

// Large enough that the reader has a thread.
class DecodeAheadTest : public BackgroundWriterTest {
 protected:
  static constexpr uint32_t kEvents = 400000, kBlock = 5000;

  DecodeAheadTest() {
    auto writer = RecordingWriter::create(path_, {}, {.block_events = kBlock});
    for (uint32_t i = 0; i < kEvents; ++i) EXPECT_TRUE((*writer)->add(event(i)));
    EXPECT_TRUE((*writer)->finish({}));
    EXPECT_GT((*writer)->bytes_written(), 1u << 20);
  }
  // Spoils a byte in the middle of block `block`.
  void damage(uint32_t block) {
    std::fstream file(path_, std::ios::binary | std::ios::in | std::ios::out);
    std::string bytes{std::istreambuf_iterator<char>(file), {}};
    const std::string magic("\x5c\x2a\x4d\x18\xa4\0\0\0CTRF", 12);
    size_t at = bytes.find(magic, 1);  // the first is the header's
    for (; block > 0; --block) at = bytes.find(magic, at + 1);
    file.seekp(static_cast<std::streamoff>(at + 1000));
    file.put(static_cast<char>(~bytes[at + 1000]));
  }
  // Of the events until `limit`: how many there are, all of them as they were written.
  uint32_t read(RecordingReader& reader, uint32_t limit, uint32_t first_after_damage = 0) {
    uint32_t count = 0, i = 0;
    EXPECT_TRUE(reader.read({}, [&](const Event& read) {
      if (i == first_after_damage && first_after_damage != 0) i += kBlock;
      const Event& written = event(i++);
      EXPECT_EQ(read.time_ns, written.time_ns);
      EXPECT_EQ(read.texts[1].bytes, written.texts[1].bytes);
      return ++count < limit && !HasFailure();
    }));
    return count;
  }
};

TEST_F(DecodeAheadTest, AllEventsComeInOrderAsOftenAsTheyAreRead) {
  auto reader = RecordingReader::open(path_);
  ASSERT_TRUE(reader);
  EXPECT_EQ(read(**reader, UINT32_MAX), kEvents);
  EXPECT_EQ(read(**reader, 1), 1u);
  EXPECT_EQ(read(**reader, 3 * kBlock), 3 * kBlock);
  EXPECT_EQ(read(**reader, UINT32_MAX), kEvents);
}

// The way to the next block may be as long as the file: a thread on it is not waited for.
TEST_F(DecodeAheadTest, AThreadOnALongWayIsStopped) {
  struct Enough {};
  BlockDecoder first(nullptr), second(nullptr);
  bool is_first = true;
  const auto next = [&](BlockDecoder&, const std::atomic<bool>& stop) {
    if (is_first) return !(is_first = false);
    while (!stop) std::this_thread::yield();
    return false;
  };
  const auto give_up = [](const BlockDecoder&) { throw Enough(); };
  EXPECT_THROW(DecodeAhead(&first, &second, next, give_up)
                   .deliver([](const Event&) { return true; }, /*ahead=*/true),
               Enough);
}

// Whoever stops before a damaged block does not hear of it, however far ahead the thread was.
TEST_F(DecodeAheadTest, DamageAheadCountsWhenItIsReached) {
  damage(3);
  for (int round = 0; round < 20; ++round) {
    auto reader = RecordingReader::open(path_);
    ASSERT_TRUE(reader);
    EXPECT_EQ(read(**reader, 3 * kBlock, 3 * kBlock), 3 * kBlock);
    EXPECT_TRUE((*reader)->damage().empty());
    EXPECT_EQ(read(**reader, 3 * kBlock + 1, 3 * kBlock), 3 * kBlock + 1);
    ASSERT_EQ((*reader)->damage().size(), 1u);
    EXPECT_EQ((*reader)->damage()[0].what, "checksum of block 4 does not match");
  }
}

}  // namespace
}  // namespace ctrace
