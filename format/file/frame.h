// The frame: header, checksums and the hash chain of a .ctr file (FORMAT.md §1).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "format/base/hash.h"

namespace ctrace {

inline constexpr uint8_t kFormatMajor = 1;
inline constexpr uint8_t kFormatMinor = 0;
inline constexpr size_t kFrameHeaderSize = 172;
inline constexpr size_t kMaxParts = 4;
inline constexpr uint32_t kMaxRawLength = 64u << 20;
inline constexpr uint32_t kMaxBlockEvents = 262144;

// What every frame header begins with: zstd's skippable magic, the header's length, "CTRF".
inline constexpr std::array<uint8_t, 12> kFrameMagic = {0x5c, 0x2a, 0x4d, 0x18, 164, 0,
                                                        0,    0,    'C',  'T',  'R', 'F'};

// Numbers of the format: append, never renumber. Readers skip kinds that they do not know.
enum class FrameKind : uint16_t {
  kHeader = 1,
  kBlock = 2,
  kContainers = 3,
  kIndex = 4,
  kTrailer = 5,
  kSignature = 6,  // kept, not written by 1.0
};

struct FrameHeader {
  uint8_t major = kFormatMajor, minor = kFormatMinor;
  FrameKind kind = FrameKind::kHeader;
  uint64_t sequence = 0;
  uint64_t offset = 0;
  uint64_t previous_offset = 0;
  uint64_t time_min = 0, time_max = 0;
  uint32_t events = 0;
  uint32_t flags = 0;  // Reserved
  std::array<uint32_t, kMaxParts> part_lengths = {};
  std::array<uint32_t, kMaxParts> raw_lengths = {};
  uint32_t payload_crc = 0;
  Digest previous = {};
  Digest chain = {};

  // Bytes of all parts together.
  uint64_t payload_size() const;
  uint64_t frame_size() const { return kFrameHeaderSize + payload_size(); }
};

using FrameHeaderBytes = std::array<uint8_t, kFrameHeaderSize>;

// The header's bytes with its own checksum.
FrameHeaderBytes encode_frame_header(const FrameHeader& header);

// What stands at a place where a frame header is expected.
enum class HeaderCheck {
  kGood,
  kNewer,  // a whole header of a major version that this reader does not know
  kBad,    // no header, or a damaged one
};
HeaderCheck decode_frame_header(std::span<const uint8_t, kFrameHeaderSize> bytes,
                                FrameHeader* header);

// The chain value that a frame with these header bytes and parts must have.
Digest chain_value(Sha256& sha, const FrameHeaderBytes& header, std::span<const uint8_t> payload);

}  // namespace ctrace
