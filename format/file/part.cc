#include "format/file/part.h"

#include <zstd.h>

#include <cassert>
#include <utility>

#include "format/file/frame.h"

namespace ctrace {

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

Result<uint32_t> PartCompressor::append(const Builder& part, std::vector<uint8_t>* out) {
  const size_t raw = part.GetSize();
  if (raw > kMaxRawLength) {
    return unexpected("a frame of " + std::to_string(raw) + " bytes is too large for the format");
  }
  const size_t before = out->size();
  out->resize(before + ZSTD_compressBound(raw));
  const size_t size = ZSTD_compress2(context_, out->data() + before, out->size() - before,
                                     part.GetBufferPointer(), raw);
  if (ZSTD_isError(size)) {
    out->resize(before);
    return unexpected(std::string("zstd: ") + ZSTD_getErrorName(size));
  }
  out->resize(before + size);
  return static_cast<uint32_t>(size);
}

PartReader::PartReader() : context_(ZSTD_createDCtx()) { assert(context_); }
PartReader::~PartReader() { ZSTD_freeDCtx(context_); }

PartReader::PartReader(PartReader&& other) noexcept
    : context_(std::exchange(other.context_, nullptr)),
      raw_(std::move(other.raw_)),
      capacity_(std::exchange(other.capacity_, 0)) {}

Result<const disk::Part*> PartReader::open(std::span<const uint8_t> compressed,
                                           uint32_t raw_length) {
  if (raw_length > kMaxRawLength) return unexpected("part is larger than the format allows");
  // A bomb says a small length in our header and a large one in zstd's, or the other way round.
  const unsigned long long content = ZSTD_getFrameContentSize(compressed.data(), compressed.size());
  if (content != raw_length) return unexpected("part has not the length that its header says");
  if (ZSTD_findFrameCompressedSize(compressed.data(), compressed.size()) != compressed.size()) {
    return unexpected("part is not one zstd frame");
  }
  if (capacity_ < raw_length) {
    raw_.reset(new uint8_t[raw_length]);
    capacity_ = raw_length;
  }
  const size_t size =
      ZSTD_decompressDCtx(context_, raw_.get(), raw_length, compressed.data(), compressed.size());
  if (ZSTD_isError(size) || size != raw_length) return unexpected("part does not decompress");
  // Depth and tables: the deepest is Part > Index > blocks > counts; the most tables has a body.
  flatbuffers::Verifier verifier(raw_.get(), raw_length, 16, 1000000);
  if (raw_length < 16 || flatbuffers::ReadScalar<uint32_t>(raw_.get()) != raw_length - 4 ||
      !disk::VerifySizePrefixedPartBuffer(verifier)) {
    return unexpected("part is no valid FlatBuffer");
  }
  return disk::GetSizePrefixedPart(raw_.get());
}

}  // namespace ctrace
