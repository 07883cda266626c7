// Parts of a frame: a FlatBuffer to a zstd frame and back, with every limit checked (FORMAT.md §1).
#pragma once

#include <flatbuffers/flatbuffers.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "format/base/result.h"
#include "format/file/ctr_generated.h"

struct ZSTD_CCtx_s;
struct ZSTD_DCtx_s;

namespace ctrace {

using Builder = flatbuffers::FlatBufferBuilder;
using ByteVector = flatbuffers::Vector<uint8_t>;
using ByteOffset = flatbuffers::Offset<ByteVector>;

// Begins a part: its size will be a multiple of 8, whatever it holds.
void begin_part(Builder& builder);

// What stands in a finished buffer.
inline std::span<const uint8_t> finished(const Builder& builder) {
  return {builder.GetBufferPointer(), builder.GetSize()};
}

// Bytes of text from or for a table; an empty text is an absent field.
ByteOffset pack_bytes(Builder& builder, std::string_view text);
inline std::string_view view_bytes(const ByteVector* bytes) {
  if (!bytes) return {};
  return {reinterpret_cast<const char*>(bytes->data()), bytes->size()};
}

// May the elements of a column be read in place? FlatBuffers' verifier looks at where a vector's
// length is, not at the alignment of 8-byte elements behind it; a file can have them anywhere.
// An empty one may be anywhere.
template <typename T>
bool is_aligned(const flatbuffers::Vector<T>* column) {
  return !column || column->size() == 0 ||
         reinterpret_cast<uintptr_t>(column->Data()) % alignof(T) == 0;
}

class PartCompressor {
 public:
  explicit PartCompressor(int level);
  ~PartCompressor();

  // For the parts to come.
  void set_level(int level);
  // Appends the zstd frame of a finished part, or of a chunk of one, to `out` and returns its
  // length. Fails when it is larger than the format allows.
  Result<uint32_t> append(std::span<const uint8_t> raw, std::vector<uint8_t>* out);

 private:
  ZSTD_CCtx_s* context_;
};

// One zstd frame of a part that has several.
struct Chunk {
  std::span<const uint8_t> compressed;
  uint32_t raw_length = 0;
};
// The zstd frames of which `compressed` consists: `count` of them, with `raw_length` bytes
// together.
Result<void> split_chunks(std::span<const uint8_t> compressed, uint32_t raw_length, size_t count,
                          std::vector<Chunk>* chunks);

class PartReader {
 public:
  PartReader();
  ~PartReader();
  PartReader(PartReader&& other) noexcept;
  PartReader& operator=(PartReader&&) = delete;

  // Whether zstd's own checksums are compared too: not, when the frame's was just now, which covers
  // the same bytes. At first they are.
  void check_content(bool check);

  // The verified table in `compressed`, which must be one zstd frame with `raw_length` bytes. It
  // lives until the next call. An error's message says what is wrong: "part does not decompress".
  Result<const disk::Part*> open(std::span<const uint8_t> compressed, uint32_t raw_length);

  // Instead of open(): room for chunks of `raw_length` bytes together, and then any of them. Their
  // tables live until the next begin().
  Result<void> begin(uint32_t raw_length, size_t chunks);
  Result<const disk::Part*> open(const Chunk& chunk);

 private:
  ZSTD_DCtx_s* context_;
  std::unique_ptr<uint8_t[]> raw_;  // not a vector: what zstd overwrites need not be zeroed
  size_t capacity_ = 0, used_ = 0;
};

}  // namespace ctrace
