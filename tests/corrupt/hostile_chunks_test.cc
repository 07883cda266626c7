// Blocks whose body is in several chunks, and whose Key or body lies about them; every checksum is
// right.
#include <gtest/gtest.h>
#include <zstd.h>

#include <cstring>
#include <functional>
#include <random>

#include "format/base/sanitized.h"
#include "format/file/block_layout.h"
#include "format/file/frame.h"
#include "format/file/part.h"
#include "tests/corrupt/forged_frame.h"
#include "tests/unit/file_samples.h"

namespace ctrace::testing {
namespace {

const size_t kStride = kSanitized ? 29 : 1;

class HostileChunksTest : public ::testing::Test {
 protected:
  void SetUp() override {
    bytes_ = write_small(folder_.path("small.ctr"), 1, 50, 1, kSmallChunks);
    const auto offsets = frame_offsets(bytes_);
    for (size_t i = 0; i + 1 < offsets.size(); ++i) {
      const auto* at = reinterpret_cast<const uint8_t*>(bytes_.data()) + offsets[i];
      decode_frame_header(std::span<const uint8_t, kFrameHeaderSize>(at, kFrameHeaderSize),
                          &header_);
      if (header_.kind != FrameKind::kBlock) continue;
      before_ = bytes_.substr(0, offsets[i]);
      const std::string payload =
          bytes_.substr(offsets[i] + kFrameHeaderSize, header_.payload_size());
      for (size_t at_frame = 0; at_frame < payload.size();) {
        frames_.push_back(payload.substr(
            at_frame,
            ZSTD_findFrameCompressedSize(payload.data() + at_frame, payload.size() - at_frame)));
        at_frame += frames_.back().size();
      }
      break;
    }
    chunks_ = frames_.size() - 2;
    ASSERT_GE(chunks_, 4u);
  }

  static Raw raw(const std::string& frame) {
    Raw bytes(ZSTD_getFrameContentSize(frame.data(), frame.size()));
    EXPECT_EQ(ZSTD_decompress(bytes.data(), bytes.size(), frame.data(), frame.size()),
              bytes.size());
    return bytes;
  }
  std::string& chunk(size_t i) { return frames_[2 + i]; }

  // The file up to its block, which is made of frames_; `raw_length` of the body, 0: the right one.
  std::string file(uint32_t raw_length = 0) {
    FrameHeader header = header_;
    std::string body;
    header.raw_lengths[2] = 0;
    for (size_t i = 2; i < frames_.size(); ++i) {
      body += frames_[i];
      header.raw_lengths[2] +=
          static_cast<uint32_t>(ZSTD_getFrameContentSize(frames_[i].data(), frames_[i].size()));
    }
    if (raw_length != 0) header.raw_lengths[2] = raw_length;
    header.raw_lengths[0] = static_cast<uint32_t>(raw(frames_[0]).size());
    return before_ + forge(header, {frames_[0], frames_[1], body});
  }

  // Of the raw lengths of the body's chunks, where one of them (1) stands for what it was.
  uint32_t raw_sum(const std::string& sound, size_t frame = 3) {
    size_t sum = raw(sound).size();
    for (size_t i = 2; i < frames_.size(); ++i) {
      if (i != frame) sum += ZSTD_getFrameContentSize(frames_[i].data(), frames_[i].size());
    }
    return static_cast<uint32_t>(sum);
  }

  // Changes the table of part `frame` in place.
  void change(size_t frame, const std::function<void(disk::Part*)>& how) {
    Raw bytes = raw(frames_[frame]);
    how(flatbuffers::GetMutableRoot<disk::Part>(bytes.data() + 4));
    frames_[frame] = compress(bytes);
  }
  static uint8_t* mutable_bytes(const ByteVector* bytes) {
    return const_cast<uint8_t*>(bytes->data());
  }

  // What is found wrong when everything is read, or only the events of some types.
  std::vector<Damage> use(const std::string& bytes) {
    const std::string path = folder_.path("hostile.ctr");
    write_file(path, bytes);
    auto reader = RecordingReader::open(path);
    if (!reader) return {{0, reader.error().message}};
    for (size_t id = 0; id < 6; ++id) {
      Selection one;
      one.event_ids.resize(id + 1);
      one.event_ids[id] = true;
      EXPECT_TRUE((*reader)->read(one, [](const Event&) { return true; }));
    }
    read_all(**reader);
    (*reader)->verify();
    return (*reader)->damage();
  }
  void expect_damage(const std::string& bytes, const std::string& what) {
    const auto damage = use(bytes);
    ASSERT_FALSE(damage.empty()) << what;
    EXPECT_NE(damage[0].what.find(what), std::string::npos) << damage[0].what;
  }

  TempFolder folder_;
  std::string bytes_, before_;
  FrameHeader header_;               // the block's
  std::vector<std::string> frames_;  // of zstd: key, time, chunks of the body
  size_t chunks_ = 0;
};

TEST_F(HostileChunksTest, SoundOnesAreRead) { EXPECT_TRUE(use(file()).empty()); }

TEST_F(HostileChunksTest, AMissingOrAnotherChunkIsFound) {
  frames_.push_back(chunk(1));
  expect_damage(file(), "not as many zstd frames as there are chunks");
  frames_.pop_back();
  frames_.pop_back();
  expect_damage(file(), "not as many zstd frames as there are chunks");
  frames_.resize(2);
  EXPECT_FALSE(use(file()).empty());
}

TEST_F(HostileChunksTest, BytesBetweenChunksAreFound) {
  const std::string skippable("\x50\x2a\x4d\x18\x04\0\0\0abcd", 12);
  const std::string sound = chunk(1);
  for (const std::string& before : {skippable, std::string("x"), std::string(1000, '\0')}) {
    chunk(1) = before + sound;
    EXPECT_FALSE(use(file(raw_sum(sound))).empty());
    chunk(1) = sound + before;
    EXPECT_FALSE(use(file(raw_sum(sound))).empty());
    chunk(1) = sound;
  }
  // In the place of a chunk, so that the number is right.
  chunk(1) = skippable;
  EXPECT_FALSE(use(file()).empty());
}

TEST_F(HostileChunksTest, LengthsThatDoNotAddUpAreFound) {
  const uint32_t sum = raw_sum(chunk(1));
  for (const uint32_t claimed :
       {sum - 1, sum + 1, sum / 2, uint32_t{1}, kMaxRawLength, kMaxRawLength + 1, UINT32_MAX}) {
    EXPECT_FALSE(use(file(claimed)).empty()) << claimed;
  }
}

TEST_F(HostileChunksTest, ABombAmongChunksIsNotUnpacked) {
  const std::string bomb = compress(Raw(size_t{256} << 20));
  for (size_t i = 0; i < chunks_; ++i) {
    const std::string sound = chunk(i);
    chunk(i) = bomb;
    for (const uint32_t claimed : {uint32_t{0}, uint32_t{1000}, kMaxRawLength}) {
      EXPECT_FALSE(use(file(claimed)).empty());
    }
    chunk(i) = sound;
  }
}

TEST_F(HostileChunksTest, ChunksInEachOthersPlaceAreFound) {
  for (size_t i = 1; i < chunks_; ++i) {
    std::swap(chunk(0), chunk(i));
    EXPECT_FALSE(use(file()).empty());
    std::swap(chunk(0), chunk(i));
  }
  std::swap(chunk(1), chunk(2));
  expect_damage(file(), "a column stands in a chunk of other events");
  chunk(2) = chunk(1);
  expect_damage(file(), "a column stands in a chunk of other events");
}

TEST_F(HostileChunksTest, ADirectoryThatIsWrongIsFound) {
  const std::string key = frames_[0];
  const size_t locals = flatbuffers::GetRoot<disk::Part>(raw(key).data() + 4)->key()->ids()->size();
  for (size_t i = 0; i < locals; ++i) {
    for (size_t value = 0; value <= chunks_; ++value) {
      bool same = false;
      change(0, [&](disk::Part* part) {
        uint8_t* const chunks = mutable_bytes(part->key()->chunks());
        same = chunks[i] == value;
        chunks[i] = static_cast<uint8_t>(value);
      });
      EXPECT_EQ(use(file()).empty(), same) << i << " " << value;
      frames_[0] = key;
    }
  }
  change(0, [&](disk::Part* part) {  // the length of the vector stands in front of it
    const uint32_t fewer = static_cast<uint32_t>(locals - 1);
    std::memcpy(mutable_bytes(part->key()->chunks()) - 4, &fewer, sizeof fewer);
  });
  expect_damage(file(), "its events have not one chunk each");
}

TEST_F(HostileChunksTest, AStringThatNoChunkHasIsFound) {
  size_t changed = 0;
  for (size_t i = 0; i < chunks_; ++i) {
    const std::string sound = chunk(i);
    const size_t columns =
        flatbuffers::GetRoot<disk::Part>(raw(sound).data() + 4)->body()->columns()->size();
    for (uint32_t c = 0; c < columns; ++c) {
      bool is_text = false;
      change(2 + i, [&](disk::Part* part) {
        auto* table = const_cast<disk::Column*>(part->body()->columns()->Get(c));
        is_text = table->text() && table->n() > 0 && table->u8();
        if (is_text) std::fill_n(mutable_bytes(table->u8()), table->u8()->size(), uint8_t{255});
      });
      if (is_text) {
        expect_damage(file(), "an argument refers to a string that the block lacks");
        ++changed;
      }
      chunk(i) = sound;
    }
  }
  EXPECT_GT(changed, 2u);
}

// Who wants none of a chunk's events does not even look at it; verify() looks at all.
TEST_F(HostileChunksTest, WhatIsNotWantedIsNotDecompressed) {
  chunk(1)[chunk(1).size() - 1] ^= 1;  // zstd's own checksum
  const std::string path = folder_.path("hostile.ctr");
  write_file(path, file());
  auto reader = RecordingReader::open(path);
  ASSERT_TRUE(reader);
  const auto key = raw(frames_[0]);
  const disk::Key* table = flatbuffers::GetRoot<disk::Part>(key.data() + 4)->key();
  size_t events = 0;
  for (uint32_t i = 0; i < table->ids()->size(); ++i) {
    bool is_elsewhere = true;
    for (uint32_t k = 0; k < table->ids()->size(); ++k) {
      if (table->ids()->Get(k) == table->ids()->Get(i))
        is_elsewhere &= table->chunks()->Get(k) != 1;
    }
    if (!is_elsewhere) continue;
    Selection one;
    one.event_ids.resize(table->ids()->Get(i) + 1u);
    one.event_ids[table->ids()->Get(i)] = true;
    EXPECT_TRUE((*reader)->read(one, [&](const Event&) { return ++events, true; }));
  }
  EXPECT_GT(events, 0u);
  EXPECT_TRUE((*reader)->damage().empty());
  (*reader)->verify();
  EXPECT_FALSE((*reader)->damage().empty());
}

// Between two chunks one of no event's, with rubbish in it.
TEST_F(HostileChunksTest, AChunkOfNoEventIsLookedAtByWhoReadsAll) {
  const size_t last = chunks_ - 1;
  change(0, [&](disk::Part* part) {
    uint8_t* const chunks = mutable_bytes(part->key()->chunks());
    for (uint32_t i = 0; i < part->key()->chunks()->size(); ++i) chunks[i] += chunks[i] == last;
  });
  frames_.insert(frames_.end() - 1, compress(Raw(64)));
  expect_damage(file(), "part is no valid FlatBuffer");
}

// Each offset to a table is followed: a small file that repeats one would be looked at for long.
TEST(HostilePart, HasNoMoreTablesThanThereIsRoomFor) {
  const auto opens = [](size_t tables, size_t offsets) {
    Builder builder;
    begin_part(builder);
    std::vector<flatbuffers::Offset<disk::Column>> columns;
    for (size_t i = 0; i < tables; ++i) columns.push_back(disk::CreateColumn(builder));
    columns.resize(offsets, columns.back());
    const auto body = disk::CreateBody(builder, builder.CreateVector(columns));
    disk::FinishSizePrefixedPartBuffer(builder, disk::CreatePart(builder, 0, 0, 0, body));
    const std::string frame = compress(Raw(finished(builder).begin(), finished(builder).end()));
    PartReader reader;
    return bool{reader.open({reinterpret_cast<const uint8_t*>(frame.data()), frame.size()},
                            builder.GetSize())};
  };
  EXPECT_TRUE(opens(10000, 10000));  // the smallest that there can be
  EXPECT_FALSE(opens(1, 10000));
}

TEST_F(HostileChunksTest, ChangedBytesWithRightChecksumsDoNoHarm) {
  std::mt19937_64 random(1);
  for (size_t i = 0; i < frames_.size(); ++i) {
    const std::string sound_frame = frames_[i];
    const Raw sound = raw(sound_frame);
    for (size_t at = 0; at < sound.size(); at += kStride) {
      for (const uint8_t value : {uint8_t(sound[at] ^ 1 << random() % 8), uint8_t{0xff}}) {
        Raw changed = sound;
        changed[at] = value;
        frames_[i] = compress(changed);
        use(file());
      }
    }
    frames_[i] = sound_frame;
  }
}

TEST_F(HostileChunksTest, ChangedBytesOfZstdDoNoHarm) {
  std::mt19937_64 random(2);
  for (size_t i = 2; i < frames_.size(); ++i) {
    const std::string sound = frames_[i];
    for (size_t at = 0; at < sound.size(); at += kStride) {
      frames_[i][at] = static_cast<char>(sound[at] ^ 1 << random() % 8);
      use(file(raw_sum(sound, i)));
      frames_[i] = sound;
    }
  }
}

}  // namespace
}  // namespace ctrace::testing
