// Hostile files: every checksum is right and the content lies. A reader must refuse the frame and
// never crash, hang or ask for memory that it has not checked.
#include <gtest/gtest.h>
#include <zstd.h>

#include <cstring>
#include <random>
#include <utility>

#include "format/base/sanitized.h"
#include "format/file/frame.h"
#include "format/file/part.h"
#include "tests/corrupt/forged_frame.h"
#include "tests/unit/file_samples.h"

namespace ctrace::testing {
namespace {

// Sanitized builds are many times slower: they take a sample, which still has every bit of a byte.
const size_t kStride = kSanitized ? 29 : 1;

class HostileFileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    bytes_ = write_small(folder_.path("small.ctr"), 1, 50);
    offsets_ = frame_offsets(bytes_);
    for (size_t i = 0; i + 1 < offsets_.size(); ++i) {
      const auto* at = reinterpret_cast<const uint8_t*>(bytes_.data()) + offsets_[i];
      FrameHeader header;
      decode_frame_header(std::span<const uint8_t, kFrameHeaderSize>(at, kFrameHeaderSize),
                          &header);
      headers_.push_back(header);
      if (header.kind == FrameKind::kBlock) block_ = i;
    }
  }

  Raw raw_part(size_t frame, size_t part) const {
    size_t at = offsets_[frame] + kFrameHeaderSize;
    for (size_t i = 0; i < part; ++i) at += headers_[frame].part_lengths[i];
    Raw raw(headers_[frame].raw_lengths[part]);
    const size_t size = ZSTD_decompress(raw.data(), raw.size(), bytes_.data() + at,
                                        headers_[frame].part_lengths[part]);
    EXPECT_EQ(size, raw.size());
    return raw;
  }

  // The file with frame `i` replaced, whatever follows it dropped.
  std::string with(size_t i, const FrameHeader& header, const std::vector<Raw>& raws) const {
    FrameHeader forged = header;
    std::vector<std::string> parts;
    for (size_t k = 0; k < raws.size(); ++k) {
      forged.raw_lengths[k] = static_cast<uint32_t>(raws[k].size());
      parts.push_back(compress(raws[k]));
    }
    return bytes_.substr(0, offsets_[i]) + forge(forged, parts);
  }

  // Uses the file in every way; returns what was found.
  std::vector<Damage> use(const std::string& bytes) {
    const std::string path = folder_.path("hostile.ctr");
    write_file(path, bytes);
    auto reader = RecordingReader::open(path);
    if (!reader) return {{0, reader.error().message}};
    Selection one;
    one.event_ids = {true, false, true};
    EXPECT_TRUE((*reader)->read(one, [](const Event&) { return true; }));
    read_all(**reader);
    (*reader)->call_counts();
    (*reader)->verify();
    return (*reader)->damage();
  }

  TempFolder folder_;
  std::string bytes_;
  std::vector<size_t> offsets_;
  std::vector<FrameHeader> headers_;
  size_t block_ = 0;
};

TEST_F(HostileFileTest, ANewerMajorVersionIsToldAsSuch) {
  FrameHeader header = headers_[0];
  header.major = 2;
  const std::string path = folder_.path("newer.ctr");
  write_file(path, forge(header, {}));
  const auto reader = RecordingReader::open(path);
  ASSERT_FALSE(reader);
  EXPECT_EQ(reader.error().kind, Error::Kind::kNewerVersion);
  EXPECT_EQ(reader.error().message, "'" + path +
                                        "' was written by a newer ctrace (format 2.0; this one "
                                        "reads 1.x)");
}

TEST_F(HostileFileTest, ANewerMinorVersionAndUnknownKindsAreRead) {
  FrameHeader unknown;
  unknown.minor = 7;
  unknown.kind = static_cast<FrameKind>(4711);
  unknown.sequence = headers_[1].sequence + 1;
  unknown.offset = offsets_[2];
  unknown.previous_offset = offsets_[1];
  unknown.previous = headers_[1].chain;
  EXPECT_TRUE(use(bytes_.substr(0, offsets_[2]) + forge(unknown, {"any bytes"})).empty());
}

TEST_F(HostileFileTest, ReservedFlagsStopTheReaderOfThatFrameAlone) {
  FrameHeader header = headers_[block_];
  header.flags = 1;
  std::vector<Raw> raws = {raw_part(block_, 0), raw_part(block_, 1), raw_part(block_, 2)};
  const auto damage = use(with(block_, header, raws));
  ASSERT_EQ(damage.size(), 1u);
  EXPECT_EQ(damage[0].what, "block " + std::to_string(header.sequence) + " needs a newer reader");
}

TEST_F(HostileFileTest, ABombIsNotUnpacked) {
  // 256 MiB of zeros are 8 KB of zstd.
  const Raw zeros(size_t{256} << 20);
  const std::string bomb = compress(zeros);
  for (const uint32_t claimed : {uint32_t{256} << 20, kMaxRawLength, uint32_t{1000}, UINT32_MAX}) {
    FrameHeader header = headers_[block_];
    header.raw_lengths = {claimed, claimed, claimed};
    EXPECT_FALSE(
        use(bytes_.substr(0, offsets_[block_]) + forge(header, {bomb, bomb, bomb})).empty());
  }
}

TEST_F(HostileFileTest, HugeCountsAreRefused) {
  std::vector<Raw> raws = {raw_part(block_, 0), raw_part(block_, 1), raw_part(block_, 2)};
  for (const uint32_t events : {0u, 1u, 49u, 51u, kMaxBlockEvents + 1, UINT32_MAX}) {
    FrameHeader header = headers_[block_];
    header.events = events;
    EXPECT_FALSE(use(with(block_, header, raws)).empty()) << events;
  }
}

TEST_F(HostileFileTest, PartLengthsBeyondTheFileAreACutEnd) {
  FrameHeader header = headers_[block_];
  header.part_lengths = {UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX};
  const FrameHeaderBytes head = encode_frame_header(header);
  const std::string forged(reinterpret_cast<const char*>(head.data()), head.size());
  const std::string path = folder_.path("long.ctr");
  write_file(path, bytes_.substr(0, offsets_[block_]) + forged + std::string(500, 'x'));
  auto reader = RecordingReader::open(path);
  ASSERT_TRUE(reader);
  EXPECT_TRUE(read_all(**reader).events.empty());
  EXPECT_EQ((*reader)->state(), RecordingState::kCutShort);
}

TEST_F(HostileFileTest, AFileFullOfMagicsIsReadInTime) {
  const std::string magic(reinterpret_cast<const char*>(kFrameMagic.data()), kFrameMagic.size());
  std::string bytes = bytes_;
  for (int i = 0; i < 200000; ++i) bytes += magic;
  EXPECT_FALSE(use(bytes).empty());
}

TEST_F(HostileFileTest, PartsInTheWrongPlaceAreRefused) {
  std::vector<Raw> raws = {raw_part(block_, 1), raw_part(block_, 2), raw_part(block_, 0)};
  EXPECT_FALSE(use(with(block_, headers_[block_], raws)).empty());
  EXPECT_FALSE(use(with(block_, headers_[block_], {raws[2]})).empty());
  EXPECT_FALSE(use(with(block_, headers_[block_], {})).empty());
}

TEST_F(HostileFileTest, ManyTablesThatShareTheirBytesAreNotCopied) {
  // 200,000 rows that all refer to one row with a megabyte of name: 200 GB when copied.
  Builder builder;
  begin_part(builder);
  const auto name = pack_bytes(builder, std::string(1 << 20, 'x'));
  const auto row = disk::CreateContainer(builder, 1, 0, name);
  const std::vector<flatbuffers::Offset<disk::Container>> rows(200000, row);
  const auto table = disk::CreateContainers(builder, builder.CreateVector(rows));
  disk::FinishSizePrefixedPartBuffer(builder, disk::CreatePart(builder, 0, 0, 0, 0, table));
  const Raw raw(builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize());
  FrameHeader header = headers_[1];
  ASSERT_EQ(header.kind, FrameKind::kContainers);
  EXPECT_FALSE(use(with(1, header, {raw})).empty());
}

// Times are added up in groups; within one of them comes what is after the last possible moment.
TEST_F(HostileFileTest, TimeThatWrapsIsFound) {
  constexpr uint64_t kFirst = UINT64_MAX - 4;
  std::vector<Raw> raws = {raw_part(block_, 0), {}, raw_part(block_, 2)};
  auto* key = const_cast<disk::Key*>(flatbuffers::GetRoot<disk::Part>(raws[0].data() + 4)->key());
  ASSERT_TRUE(reinterpret_cast<flatbuffers::Table*>(key)->SetField<uint64_t>(
      disk::Key::VT_FIRST_TIME, kFirst, 0));
  Builder builder;
  begin_part(builder);
  std::vector<uint16_t> steps(headers_[block_].events, 2);  // one each, in zigzag code
  steps[0] = 0;
  const auto low = builder.CreateVector(steps);
  const auto high = builder.CreateVector(std::vector<uint16_t>(steps.size()));
  const auto cpus = builder.CreateVector(std::vector<uint8_t>(steps.size()));
  const auto time = disk::CreateTime(builder, low, high, 0, cpus);
  disk::FinishSizePrefixedPartBuffer(builder, disk::CreatePart(builder, 0, 0, time));
  raws[1].assign(finished(builder).begin(), finished(builder).end());
  FrameHeader header = headers_[block_];
  const auto last = kFirst + steps.size() - 1;
  // 8 steps from the first is the earliest that begins a group.
  for (const auto& [earliest, latest] : {std::pair{kFirst + 8, last}, {uint64_t{0}, last}}) {
    header.time_min = earliest;
    header.time_max = latest;
    const auto damage = use(with(block_, header, raws));
    ASSERT_FALSE(damage.empty());
    EXPECT_NE(damage[0].what.find("its times are not in the range"), std::string::npos)
        << damage[0].what;
  }
}

// Each byte of each part changed, checksums made right again: the verifier and the checks of bounds
// must hold alone. Run under the sanitizers this is the test of the decoder.
TEST_F(HostileFileTest, ChangedPartsWithRightChecksumsDoNoHarm) {
  std::mt19937_64 random(1);
  for (size_t frame = 0; frame < headers_.size(); ++frame) {
    size_t parts = 0;
    while (parts < kMaxParts && headers_[frame].part_lengths[parts]) ++parts;
    std::vector<Raw> raws;
    for (size_t part = 0; part < parts; ++part) raws.push_back(raw_part(frame, part));
    for (size_t part = 0; part < parts; ++part) {
      const Raw sound = raws[part];
      for (size_t at = 0; at < sound.size(); at += kStride) {
        for (const uint8_t value : {uint8_t(sound[at] ^ 1 << random() % 8), uint8_t{0xff}}) {
          raws[part][at] = value;
          use(with(frame, headers_[frame], raws) + bytes_.substr(offsets_[frame + 1]));
        }
        raws[part] = sound;
      }
    }
  }
}

TEST_F(HostileFileTest, ManyRandomChangesWithRightChecksumsDoNoHarm) {
  std::mt19937_64 random(2);
  std::vector<Raw> raws = {raw_part(block_, 0), raw_part(block_, 1), raw_part(block_, 2)};
  for (int round = 0; round < 3000; ++round) {
    std::vector<Raw> changed = raws;
    for (uint64_t i = 1 + random() % 4; i > 0; --i) {
      Raw& raw = changed[random() % 3];
      const uint64_t value = random() % 2 ? random() : random() % 64;
      std::memcpy(raw.data() + random() % (raw.size() - 4), &value, 1 + random() % 4);
    }
    use(with(block_, headers_[block_], changed));
  }
}

}  // namespace
}  // namespace ctrace::testing
