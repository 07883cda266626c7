// The file as such: how it is made, locked, kept whole when the disk is full, and read by others.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zstd.h>

#include <cstring>
#include <filesystem>
#include <fstream>

#include "format/file/frame.h"
#include "tests/unit/file_samples.h"

namespace ctrace::testing {
namespace {

class RecordingFileTest : public ::testing::Test {
 protected:
  RecordingState state() {
    auto reader = RecordingReader::open(path_);
    EXPECT_TRUE(reader) << reader.error().message;
    return (*reader)->state();
  }
  TempFolder folder_;
  std::string path_ = folder_.path("run.ctr");
};

bool have(const std::string& program) {
  return std::system((program + " --version > /dev/null 2>&1").c_str()) == 0;
}

TEST_F(RecordingFileTest, IsPrivate) {
  ASSERT_TRUE(RecordingWriter::create(path_, {}, {}));
  struct stat status;
  ASSERT_EQ(stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600u);
}

TEST_F(RecordingFileTest, AnExistingFileIsRefused) {
  write_file(path_, "precious");
  const auto writer = RecordingWriter::create(path_, {}, {});
  ASSERT_FALSE(writer);
  EXPECT_EQ(writer.error().message, "cannot create '" + path_ + "': File exists");
  EXPECT_EQ(read_file(path_), "precious");
  EXPECT_TRUE(RecordingWriter::create(path_, {}, {.force = true}));
}

TEST_F(RecordingFileTest, ForceTakesNoLinksDevicesOrFolders) {
  const std::string target = folder_.path("target");
  write_file(target, "precious");
  std::filesystem::create_symlink(target, path_);
  const auto writer = RecordingWriter::create(path_, {}, {.force = true});
  ASSERT_FALSE(writer);
  EXPECT_EQ(writer.error().message, "cannot overwrite '" + path_ + "': not a regular file");
  EXPECT_EQ(read_file(target), "precious");
  EXPECT_FALSE(RecordingWriter::create("/dev/null", {}, {.force = true}));
  EXPECT_FALSE(RecordingWriter::create("/tmp", {}, {.force = true}));
}

TEST_F(RecordingFileTest, ForceLeavesARecordingAloneThatIsBeingWritten) {
  auto first = RecordingWriter::create(path_, {}, {});
  ASSERT_TRUE(first);
  const auto second = RecordingWriter::create(path_, {}, {.force = true});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().message, "cannot overwrite '" + path_ + "': it is being written");
}

TEST_F(RecordingFileTest, StatesFollowTheWriter) {
  {
    auto writer = RecordingWriter::create(path_, {}, {});
    ASSERT_TRUE(writer);
    EXPECT_EQ(state(), RecordingState::kBeingWritten);
  }
  EXPECT_EQ(state(), RecordingState::kCutShort);
  auto writer = RecordingWriter::create(path_, {}, {.force = true});
  ASSERT_TRUE(writer);
  ASSERT_TRUE((*writer)->finish({}));
  EXPECT_EQ(state(), RecordingState::kComplete);
  EXPECT_FALSE((*writer)->flush());
}

TEST_F(RecordingFileTest, AKilledWriterLeavesWhatItFlushed) {
  int ready[2];
  ASSERT_EQ(pipe(ready), 0);
  const pid_t child = fork();
  if (child == 0) {
    RandomEvents random(1, {});
    auto writer = RecordingWriter::create(path_, random.header(), {});
    for (int i = 0; i < 500; ++i) static_cast<void>((*writer)->add(random.next()));
    static_cast<void>((*writer)->flush());
    for (int i = 0; i < 500; ++i) static_cast<void>((*writer)->add(random.next()));
    if (write(ready[1], "x", 1) != 1) _exit(1);
    for (;;) pause();
  }
  char byte;
  ASSERT_EQ(read(ready[0], &byte, 1), 1);
  EXPECT_EQ(state(), RecordingState::kBeingWritten);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  auto reader = RecordingReader::open(path_);
  ASSERT_TRUE(reader);
  EXPECT_EQ((*reader)->state(), RecordingState::kCutShort);
  EXPECT_EQ(read_all(**reader).events.size(), 500u);
  EXPECT_TRUE((*reader)->damage().empty());
  close(ready[0]);
  close(ready[1]);
}

TEST_F(RecordingFileTest, FlushOfNothingWritesNothing) {
  auto writer = RecordingWriter::create(path_, {}, {});
  ASSERT_TRUE(writer);
  const uint64_t before = (*writer)->bytes_written();
  ASSERT_TRUE((*writer)->flush());
  EXPECT_EQ((*writer)->bytes_written(), before);
  EXPECT_EQ(std::filesystem::file_size(path_), before);
}

// A limit on the size of files stands in for a full disk: EFBIG instead of ENOSPC.
TEST_F(RecordingFileTest, AFullDiskLeavesWholeFramesAndOneError) {
  signal(SIGXFSZ, SIG_IGN);
  rlimit old;
  getrlimit(RLIMIT_FSIZE, &old);
  RandomEvents random(1, {});
  auto writer = RecordingWriter::create(path_, random.header(), {.block_events = 1000});
  ASSERT_TRUE(writer);
  rlimit small = old;
  small.rlim_cur = 200000;
  setrlimit(RLIMIT_FSIZE, &small);
  Result<void> added;
  uint64_t before = 0;
  for (int i = 0; i < 100000 && added; ++i) {
    before = (*writer)->bytes_written();
    added = (*writer)->add(random.next());
  }
  setrlimit(RLIMIT_FSIZE, &old);
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().message, "cannot write '" + path_ + "' at offset " +
                                       std::to_string(before) + ": File too large");
  EXPECT_EQ((*writer)->add(random.next()).error().message, added.error().message);
  EXPECT_EQ((*writer)->flush().error().message, added.error().message);
  EXPECT_EQ((*writer)->finish({}).error().message, added.error().message);
  EXPECT_EQ(std::filesystem::file_size(path_), before);
  const uint64_t events = (*writer)->events_written();
  writer->reset();
  auto reader = RecordingReader::open(path_);
  ASSERT_TRUE(reader);
  EXPECT_EQ((*reader)->state(), RecordingState::kCutShort);
  (*reader)->verify();
  EXPECT_TRUE((*reader)->damage().empty());
  EXPECT_EQ(read_all(**reader).events.size(), events);
  EXPECT_GT(events, 0u);
}

TEST_F(RecordingFileTest, OpenSaysWhatIsWrong) {
  const auto message = [](const std::string& path) {
    return RecordingReader::open(path).error().message;
  };
  EXPECT_EQ(message("/tmp"), "cannot open '/tmp': Is a directory");
  EXPECT_EQ(message(path_), "cannot open '" + path_ + "': No such file or directory");
  EXPECT_EQ(message("/dev/null"), "'/dev/null' is not a ctrace recording");
}

TEST_F(RecordingFileTest, ZstdReadsIt) {
  if (!have("zstd")) GTEST_SKIP() << "zstd is missing";
  const std::string bytes = write_small(path_, 3, 100, 1, kSmallChunks);
  EXPECT_EQ(std::system(("zstd -q -t " + path_).c_str()), 0);
  const std::string parts_path = folder_.path("parts");
  ASSERT_EQ(std::system(("zstd -q -dc " + path_ + " > " + parts_path).c_str()), 0);
  // Size-prefixed buffers, one behind the other, each of a size that keeps the next one aligned.
  const std::string parts = read_file(parts_path);
  size_t at = 0, count = 0;
  while (at < parts.size()) {
    uint32_t size;
    ASSERT_LE(at + 12, parts.size());
    std::memcpy(&size, parts.data() + at, sizeof size);
    EXPECT_EQ(parts.substr(at + 8, 4), "CTRC");
    EXPECT_EQ(at % 8, 0u);
    at += 4 + size;
    ++count;
  }
  EXPECT_EQ(at, parts.size());
  EXPECT_GE(count, 1u + 2u + 3u * (2u + 4u) + 1u);  // four chunks of each body, or more
}

TEST_F(RecordingFileTest, FlatcReadsItsPartsFromTheSchema) {
  if (!have("flatc")) GTEST_SKIP() << "flatc is missing";
  const std::string bytes = write_small(path_, 1, 100, 1, kSmallChunks);
  const auto offsets = frame_offsets(bytes);
  size_t parts = 0;
  for (size_t i = 0; i + 1 < offsets.size(); ++i) {
    const char* at = bytes.data() + offsets[i] + kFrameHeaderSize;
    const char* const end = bytes.data() + offsets[i + 1];
    while (at < end) {
      const size_t size = ZSTD_findFrameCompressedSize(at, static_cast<size_t>(end - at));
      std::string raw(ZSTD_getFrameContentSize(at, size), '\0');
      ASSERT_EQ(ZSTD_decompress(raw.data(), raw.size(), at, size), raw.size());
      const std::string name = "part" + std::to_string(parts++);
      write_file(folder_.path(name + ".bin"), raw);
      ASSERT_EQ(std::system(("flatc --json --strict-json --size-prefixed -o " + folder_.path("") +
                             " format/file/ctr.fbs -- " + folder_.path(name + ".bin"))
                                .c_str()),
                0);
      EXPECT_GT(read_file(folder_.path(name + ".json")).size(), 50u);
      at += size;
    }
  }
  EXPECT_GE(parts, 5u + 4u);  // four chunks of the body, or more
}

}  // namespace
}  // namespace ctrace::testing
