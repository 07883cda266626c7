// Damaged files: never a crash, every whole frame delivered, and verify() finds each change.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "format/base/sanitized.h"
#include "format/file/frame.h"
#include "tests/unit/file_samples.h"

namespace ctrace::testing {
namespace {

// Sanitized builds are many times slower: they take a sample, which still has every bit of a byte.
const size_t kStride = kSanitized ? 29 : 1;

class DamagedFileTest : public ::testing::Test {
 protected:
  std::unique_ptr<RecordingReader> open(const std::string& bytes) {
    write_file(path_, bytes);
    auto reader = RecordingReader::open(path_);
    if (reader) return std::move(*reader);
    error_ = reader.error();
    return nullptr;
  }

  // Reads and verifies `bytes`, whatever they are, in every way there is.
  std::vector<OwnedEvent> use(const std::string& bytes) {
    auto reader = open(bytes);
    if (!reader) return {};
    auto events = read_all(*reader).events;
    reader->call_counts();
    reader->containers();
    reader->totals();
    reader->time_range_ns();
    reader->verify();
    return events;
  }

  bool verify_finds(const std::string& bytes) {
    auto reader = open(bytes);
    if (!reader) return true;  // not a recording: found
    reader->verify();
    return !reader->damage().empty();
  }

  void expect_events(const std::vector<OwnedEvent>& expected, const std::vector<OwnedEvent>& got,
                     const std::string& where) {
    ASSERT_EQ(expected.size(), got.size()) << where;
    for (size_t i = 0; i < got.size(); ++i) {
      ASSERT_EQ(difference(expected[i].event, got[i].event), "") << where << ", event " << i;
    }
  }

  TempFolder folder_;
  std::string path_ = folder_.path("damaged.ctr");
  Error error_{""};
};

std::string frame(const std::string& bytes, const std::vector<size_t>& offsets, size_t i) {
  return bytes.substr(offsets[i], offsets[i + 1] - offsets[i]);
}

std::vector<FrameHeader> headers(const std::string& bytes, const std::vector<size_t>& offsets) {
  std::vector<FrameHeader> headers(offsets.size() - 1);
  for (size_t i = 0; i < headers.size(); ++i) {
    const auto* begin = reinterpret_cast<const uint8_t*>(bytes.data()) + offsets[i];
    decode_frame_header(std::span<const uint8_t, kFrameHeaderSize>(begin, kFrameHeaderSize),
                        &headers[i]);
  }
  return headers;
}

TEST_F(DamagedFileTest, CutAtEveryByteGivesTheWholeFrames) {
  const std::string bytes = write_small(folder_.path("small.ctr"), 3, 10);
  const auto offsets = frame_offsets(bytes);
  const auto frames = headers(bytes, offsets);
  const auto all = use(bytes);
  ASSERT_EQ(all.size(), 30u);
  for (size_t size = 0; size < bytes.size(); size += kStride) {
    auto reader = open(bytes.substr(0, size));
    const std::string where = "cut at " + std::to_string(size);
    if (size < offsets[1]) {
      ASSERT_FALSE(reader) << where;
      ASSERT_EQ(error_.kind, Error::Kind::kNotARecording) << where;
      continue;
    }
    ASSERT_TRUE(reader) << where;
    const Contents contents = read_all(*reader);
    ASSERT_EQ(contents.state, RecordingState::kCutShort) << where;
    ASSERT_TRUE(contents.damage.empty()) << where << ": " << contents.damage[0].what;
    size_t whole = 0;
    for (size_t i = 0; i < frames.size(); ++i) {
      if (offsets[i + 1] <= size) whole += frames[i].events;
    }
    std::vector<OwnedEvent> expected(all.begin(), all.begin() + static_cast<long>(whole));
    expect_events(expected, contents.events, where);
    ASSERT_EQ(reader->totals().events, whole) << where;
    reader->verify();
    ASSERT_TRUE(reader->damage().empty()) << where << ": " << reader->damage()[0].what;
  }
}

// Every bit of the frames' headers, and every third of what a checksum covers as a whole.
TEST_F(DamagedFileTest, AFlippedBitIsFoundAndCostsOneFrame) {
  const std::string bytes = write_small(folder_.path("small.ctr"), 2, 6, 1, /*chunk_values=*/4);
  const auto offsets = frame_offsets(bytes);
  const auto frames = headers(bytes, offsets);
  const auto all = use(bytes);
  ASSERT_EQ(all.size(), 12u);
  const auto is_head = [&](size_t at) {
    const size_t frame = *std::prev(std::upper_bound(offsets.begin(), offsets.end(), at));
    return at - frame < kFrameHeaderSize;
  };
  for (size_t bit = 0; bit < bytes.size() * 8; bit += kStride) {
    if (!kSanitized && bit % 3 && !is_head(bit / 8)) continue;
    std::string damaged = bytes;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    const std::string where = "bit " + std::to_string(bit % 8) + " of " + std::to_string(bit / 8);
    auto reader = open(damaged);
    ASSERT_TRUE(reader) << where << ": " << error_.message;
    // The events of the frames that are as they were.
    std::vector<OwnedEvent> expected;
    size_t event = 0, hit = 0;
    for (size_t i = 0; i < frames.size(); ++i) {
      const bool is_hit = bit / 8 >= offsets[i] && bit / 8 < offsets[i + 1];
      if (is_hit) hit = i;
      for (uint32_t k = 0; k < frames[i].events; ++k, ++event) {
        if (!is_hit) expected.push_back(all[event]);
      }
    }
    const Contents contents = read_all(*reader);
    // Without the header's schema the same events have makeshift types.
    if (hit == 0) {
      ASSERT_EQ(contents.events.size(), expected.size()) << where;
    } else {
      expect_events(expected, contents.events, where);
    }
    reader->verify();
    ASSERT_FALSE(reader->damage().empty()) << where;
  }
}

TEST_F(DamagedFileTest, ARemovedFrameIsFound) {
  const std::string bytes = write_small(folder_.path("small.ctr"), 4, 10);
  const auto offsets = frame_offsets(bytes);
  for (size_t removed = 0; removed + 1 < offsets.size(); ++removed) {
    std::string damaged;
    for (size_t i = 0; i + 1 < offsets.size(); ++i) {
      if (i != removed) damaged += frame(bytes, offsets, i);
    }
    if (removed + 2 < offsets.size()) {
      EXPECT_TRUE(verify_finds(damaged)) << removed;
    } else {
      EXPECT_EQ(open(damaged)->state(), RecordingState::kCutShort);  // the trailer
    }
  }
}

TEST_F(DamagedFileTest, ADoubledFrameIsFoundAndNotCountedTwice) {
  const std::string bytes = write_small(folder_.path("small.ctr"), 4, 10);
  const auto offsets = frame_offsets(bytes);
  for (size_t doubled = 0; doubled + 1 < offsets.size(); ++doubled) {
    std::string damaged = bytes;
    damaged.insert(offsets[doubled], frame(bytes, offsets, doubled));
    EXPECT_TRUE(verify_finds(damaged)) << doubled;
    EXPECT_EQ(use(damaged).size(), 40u) << doubled;
  }
}

TEST_F(DamagedFileTest, SwappedFramesAreFound) {
  const std::string bytes = write_small(folder_.path("small.ctr"), 4, 10);
  const auto offsets = frame_offsets(bytes);
  for (size_t i = 1; i + 3 < offsets.size(); ++i) {
    std::string damaged = bytes.substr(0, offsets[i]) + frame(bytes, offsets, i + 1) +
                          frame(bytes, offsets, i) + bytes.substr(offsets[i + 2]);
    EXPECT_TRUE(verify_finds(damaged)) << i;
    EXPECT_EQ(use(damaged).size(), 40u) << i;
  }
}

TEST_F(DamagedFileTest, AFrameOfAnotherRecordingIsFound) {
  const std::string a = write_small(folder_.path("a.ctr"), 3, 10, 1);
  const std::string b = write_small(folder_.path("b.ctr"), 3, 10, 2);
  const auto a_offsets = frame_offsets(a), b_offsets = frame_offsets(b);
  std::string mixed = a;
  mixed.replace(a_offsets[2], a_offsets[3] - a_offsets[2], frame(b, b_offsets, 2));
  EXPECT_TRUE(verify_finds(mixed));
}

TEST_F(DamagedFileTest, BytesAddedAnywhereAreFound) {
  const std::string bytes = write_small(folder_.path("small.ctr"), 2, 10);
  for (size_t at = 0; at <= bytes.size(); at += 7) {
    std::string damaged = bytes;
    damaged.insert(at, "CTRF\x5c\x2a");
    EXPECT_TRUE(verify_finds(damaged)) << at;
    use(damaged);
  }
}

TEST_F(DamagedFileTest, ZerosAtTheEndAreFound) {
  // What a power cut leaves on some file systems.
  const std::string bytes = write_small(folder_.path("small.ctr"), 2, 10);
  const std::string damaged = bytes + std::string(4096, '\0');
  auto reader = open(damaged);
  ASSERT_TRUE(reader);
  EXPECT_EQ(reader->state(), RecordingState::kCutShort);
  EXPECT_TRUE(verify_finds(damaged));
  EXPECT_EQ(use(damaged).size(), 20u);
}

// Containers can make text that looks like a frame; it must not be taken for one while real frames
// follow it.
TEST_F(DamagedFileTest, AFalseFrameInAPayloadIsNotPreferred) {
  const std::string bytes = write_small(folder_.path("small.ctr"), 4, 10);
  const auto offsets = frame_offsets(bytes);
  std::string damaged = bytes;
  // A whole copy of block frame 3 stands inside what was frame 1 and 2's place.
  const size_t last = offsets.size() - 4;
  const std::string copy = frame(bytes, offsets, last);
  damaged.replace(offsets[1] + 20, copy.size(), copy);
  const auto events = use(damaged);
  size_t copies = 0;
  const auto original = use(bytes);
  for (const OwnedEvent& event : events) {
    copies += difference(event.event, original.back().event).empty();
  }
  EXPECT_EQ(copies, 1u);
}

TEST_F(DamagedFileTest, RandomBytesAreNoRecording) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 200; ++i) {
    std::string bytes(random() % 5000, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    EXPECT_FALSE(open(bytes));
    EXPECT_EQ(error_.kind, Error::Kind::kNotARecording);
  }
}

TEST_F(DamagedFileTest, AnEmptyFileIsNoRecording) {
  EXPECT_FALSE(open(""));
  EXPECT_EQ(error_.kind, Error::Kind::kNotARecording);
  EXPECT_EQ(error_.message, "'" + path_ + "' is not a ctrace recording");
}

// Many random changes at once: nothing to expect but that nothing crashes.
TEST_F(DamagedFileTest, RandomChangesDoNoHarm) {
  const std::string bytes = write_small(folder_.path("small.ctr"), 3, 40, 1, kSmallChunks);
  std::mt19937_64 random(1);
  for (int round = 0; round < 500; ++round) {
    std::string damaged = bytes;
    for (uint64_t i = random() % 30; i > 0; --i) {
      damaged[random() % damaged.size()] = static_cast<char>(random());
    }
    if (random() % 4 == 0) damaged.erase(random() % damaged.size(), random() % 50);
    use(damaged);
  }
}

}  // namespace
}  // namespace ctrace::testing
