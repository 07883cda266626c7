#include "format/file/frame.h"

#include <zstd.h>

#include <bit>
#include <cstring>

#include "format/base/crc32c.h"

namespace ctrace {
namespace {

static_assert(std::endian::native == std::endian::little,
              "headers and FlatBuffers vectors are read in place");

// Offsets of FORMAT.md §1.1.
enum At : size_t {
  kAtMagic = 0,
  kAtMajor = 12,
  kAtMinor = 13,
  kAtKind = 14,
  kAtSequence = 16,
  kAtOffset = 24,
  kAtPreviousOffset = 32,
  kAtTimeMin = 40,
  kAtTimeMax = 48,
  kAtEvents = 56,
  kAtFlags = 60,
  kAtPartLengths = 64,
  kAtRawLengths = 80,
  kAtPayloadCrc = 96,
  kAtPrevious = 104,
  kAtChain = 136,
  kAtHeaderCrc = 168,
};

template <typename T>
void put(FrameHeaderBytes& bytes, size_t at, const T& value) {
  std::memcpy(bytes.data() + at, &value, sizeof value);
}

template <typename T>
void get(std::span<const uint8_t> bytes, size_t at, T* value) {
  std::memcpy(value, bytes.data() + at, sizeof *value);
}

// In every version the last four bytes of a header are the checksum of those before, so a newer
// version, whose header may be longer, is recognised by its own length. Those that are longer than
// ours are not in `bytes` as a whole: taken as newer when the length is plausible.
bool is_newer(std::span<const uint8_t, kFrameHeaderSize> bytes) {
  uint32_t length;
  get(bytes, 4, &length);
  if (bytes[kAtMajor] <= kFormatMajor || length > 4096 || length < 12) return false;
  const size_t size = 8 + size_t{length};
  if (size > bytes.size()) return true;
  uint32_t crc;
  get(bytes, size - 4, &crc);
  return crc == crc32c(bytes.data(), size - 4);
}

}  // namespace

uint64_t FrameHeader::payload_size() const {
  uint64_t sum = 0;
  for (uint32_t length : part_lengths) sum += length;
  return sum;
}

FrameHeaderBytes encode_frame_header(const FrameHeader& header) {
  FrameHeaderBytes bytes = {};
  put(bytes, kAtMagic, kFrameMagic);
  put(bytes, kAtMajor, header.major);
  put(bytes, kAtMinor, header.minor);
  put(bytes, kAtKind, header.kind);
  put(bytes, kAtSequence, header.sequence);
  put(bytes, kAtOffset, header.offset);
  put(bytes, kAtPreviousOffset, header.previous_offset);
  put(bytes, kAtTimeMin, header.time_min);
  put(bytes, kAtTimeMax, header.time_max);
  put(bytes, kAtEvents, header.events);
  put(bytes, kAtFlags, header.flags);
  put(bytes, kAtPartLengths, header.part_lengths);
  put(bytes, kAtRawLengths, header.raw_lengths);
  put(bytes, kAtPayloadCrc, header.payload_crc);
  put(bytes, kAtPrevious, header.previous);
  put(bytes, kAtChain, header.chain);
  put(bytes, kAtHeaderCrc, crc32c(bytes.data(), kAtHeaderCrc));
  return bytes;
}

HeaderCheck decode_frame_header(std::span<const uint8_t, kFrameHeaderSize> bytes,
                                FrameHeader* header) {
  if (std::memcmp(bytes.data(), kFrameMagic.data(), 4) != 0) return HeaderCheck::kBad;
  if (std::memcmp(bytes.data() + 8, kFrameMagic.data() + 8, 4) != 0) return HeaderCheck::kBad;
  if (is_newer(bytes)) return HeaderCheck::kNewer;
  if (std::memcmp(bytes.data(), kFrameMagic.data(), kFrameMagic.size()) != 0) {
    return HeaderCheck::kBad;
  }
  uint32_t crc;
  get(bytes, kAtHeaderCrc, &crc);
  if (crc != crc32c(bytes.data(), kAtHeaderCrc)) return HeaderCheck::kBad;
  get(bytes, kAtMajor, &header->major);
  get(bytes, kAtMinor, &header->minor);
  get(bytes, kAtKind, &header->kind);
  get(bytes, kAtSequence, &header->sequence);
  get(bytes, kAtOffset, &header->offset);
  get(bytes, kAtPreviousOffset, &header->previous_offset);
  get(bytes, kAtTimeMin, &header->time_min);
  get(bytes, kAtTimeMax, &header->time_max);
  get(bytes, kAtEvents, &header->events);
  get(bytes, kAtFlags, &header->flags);
  get(bytes, kAtPartLengths, &header->part_lengths);
  get(bytes, kAtRawLengths, &header->raw_lengths);
  get(bytes, kAtPayloadCrc, &header->payload_crc);
  get(bytes, kAtPrevious, &header->previous);
  get(bytes, kAtChain, &header->chain);
  if (header->major != kFormatMajor) return HeaderCheck::kBad;
  // A part of the greatest size compresses to no more than this, so no frame may ask for more.
  for (uint32_t length : header->part_lengths) {
    if (length > ZSTD_COMPRESSBOUND(kMaxRawLength)) return HeaderCheck::kBad;
  }
  return HeaderCheck::kGood;
}

Digest chain_value(Sha256& sha, const FrameHeaderBytes& header, std::span<const uint8_t> payload) {
  sha.reset();
  sha.update(std::span(header).first(kAtChain));
  sha.update(payload);
  return sha.finish();
}

}  // namespace ctrace
