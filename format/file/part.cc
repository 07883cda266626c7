#include "format/file/part.h"

#include <zstd.h>

#include <cassert>
#include <utility>

#include "format/file/frame.h"

namespace ctrace {
namespace {

// Of the memory where buffers lie one behind the other: what vectors of numbers need.
constexpr size_t kChunkAlignment = 16;

}  // namespace

void begin_part(Builder& builder) {
  builder.Clear();
  builder.Align(8);
}

ByteOffset pack_bytes(Builder& builder, std::string_view text) {
  if (text.empty()) return 0;
  return builder.CreateVector(reinterpret_cast<const uint8_t*>(text.data()), text.size());
}

PartCompressor::PartCompressor(int level) : context_(ZSTD_createCCtx()) {
  assert(context_);
  ZSTD_CCtx_setParameter(context_, ZSTD_c_compressionLevel, level);
  ZSTD_CCtx_setParameter(context_, ZSTD_c_checksumFlag, 1);
}

void PartCompressor::set_level(int level) {
  ZSTD_CCtx_setParameter(context_, ZSTD_c_compressionLevel, level);
}

PartCompressor::~PartCompressor() { ZSTD_freeCCtx(context_); }

Result<uint32_t> PartCompressor::append(std::span<const uint8_t> raw, std::vector<uint8_t>* out) {
  if (raw.size() > kMaxRawLength) {
    return unexpected("a frame of " + std::to_string(raw.size()) +
                      " bytes is too large for the format");
  }
  const size_t before = out->size();
  out->resize(before + ZSTD_compressBound(raw.size()));
  const size_t size =
      ZSTD_compress2(context_, out->data() + before, out->size() - before, raw.data(), raw.size());
  if (ZSTD_isError(size)) {
    out->resize(before);
    return unexpected(std::string("zstd: ") + ZSTD_getErrorName(size));
  }
  out->resize(before + size);
  return static_cast<uint32_t>(size);
}

Result<void> split_chunks(std::span<const uint8_t> compressed, uint32_t raw_length, size_t count,
                          std::vector<Chunk>* chunks) {
  chunks->clear();
  if (raw_length > kMaxRawLength) return unexpected("part is larger than the format allows");
  uint64_t raw_sum = 0;
  while (!compressed.empty() && chunks->size() < count) {
    const size_t size = ZSTD_findFrameCompressedSize(compressed.data(), compressed.size());
    if (ZSTD_isError(size)) break;
    // Also 0 for a skippable frame, and huge where the frame does not say: neither is a chunk.
    const unsigned long long raw = ZSTD_getFrameContentSize(compressed.data(), size);
    if (raw == 0 || raw > raw_length) break;
    raw_sum += raw;
    chunks->push_back({compressed.first(size), static_cast<uint32_t>(raw)});
    compressed = compressed.subspan(size);
  }
  if (!compressed.empty() || chunks->size() != count) {
    return unexpected("part is not as many zstd frames as there are chunks");
  }
  if (raw_sum != raw_length) return unexpected("part has not the length that its header says");
  return {};
}

PartReader::PartReader() : context_(ZSTD_createDCtx()) { assert(context_); }
PartReader::~PartReader() { ZSTD_freeDCtx(context_); }

PartReader::PartReader(PartReader&& other) noexcept
    : context_(std::exchange(other.context_, nullptr)),
      raw_(std::move(other.raw_)),
      capacity_(std::exchange(other.capacity_, 0)),
      used_(std::exchange(other.used_, 0)) {}

void PartReader::check_content(bool check) {
  // ZSTD_d_forceIgnoreChecksum, as libzstd calls it for programs that link it statically. One that
  // has it not refuses, and compares.
  constexpr ZSTD_dParameter kIgnoreChecksum = ZSTD_d_experimentalParam3;
  ZSTD_DCtx_setParameter(context_, kIgnoreChecksum, check ? 0 : 1);
}

Result<const disk::Part*> PartReader::open(std::span<const uint8_t> compressed,
                                           uint32_t raw_length) {
  // A bomb says a small length in our header and a large one in zstd's, or the other way round.
  std::vector<Chunk> whole;
  if (auto split = split_chunks(compressed, raw_length, 1, &whole); !split) {
    return unexpected(split.error());
  }
  if (auto begun = begin(raw_length, 1); !begun) return unexpected(begun.error());
  return open(whole[0]);
}

Result<void> PartReader::begin(uint32_t raw_length, size_t chunks) {
  if (raw_length > kMaxRawLength) return unexpected("part is larger than the format allows");
  const size_t room = raw_length + chunks * kChunkAlignment;
  if (capacity_ < room) {
    raw_.reset(new uint8_t[room]);
    capacity_ = room;
  }
  used_ = 0;
  return {};
}

Result<const disk::Part*> PartReader::open(const Chunk& chunk) {
  const size_t raw_length = chunk.raw_length;
  assert(used_ + raw_length <= capacity_);
  uint8_t* const raw = raw_.get() + used_;
  used_ += (raw_length + kChunkAlignment - 1) / kChunkAlignment * kChunkAlignment;
  const size_t size = ZSTD_decompressDCtx(context_, raw, raw_length, chunk.compressed.data(),
                                          chunk.compressed.size());
  if (ZSTD_isError(size) || size != raw_length) return unexpected("part does not decompress");
  // Depth and tables: the deepest is Part > Index > blocks > counts; a table has 8 bytes at least,
  // with the offset that leads to it, so that more are some that are looked at again and again.
  flatbuffers::Verifier verifier(raw, raw_length, 16,
                                 static_cast<flatbuffers::uoffset_t>(raw_length / 8));
  if (raw_length < 16 || flatbuffers::ReadScalar<uint32_t>(raw) != raw_length - 4 ||
      !disk::VerifySizePrefixedPartBuffer(verifier)) {
    return unexpected("part is no valid FlatBuffer");
  }
  return disk::GetSizePrefixedPart(raw);
}

}  // namespace ctrace
