// The string dictionary of a block: each different text once, in the order of its first use.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "format/base/result.h"
#include "format/file/part.h"
#include "format/model/event.h"

namespace ctrace {

class StringTable {
 public:
  static constexpr uint16_t kShared = 0xffff;

  // The entry for these bytes and state. `user`: who refers to it; an entry with two belongs to
  // kShared.
  uint32_t put(std::string_view bytes, Text::State state = Text::State::kWhole,
               uint16_t user = kShared);
  // For a text whose address is what there is to know.
  uint32_t put_address(uint64_t address, Text::State state, uint16_t user);
  // All entries, without states.
  flatbuffers::Offset<disk::Strings> pack(Builder& builder) const;

  // Adds to sizes[user] what the entries take that nobody else refers to.
  void add_sizes(std::vector<size_t>* sizes) const;
  // Puts each entry into the chunk of its only user, those of several into chunk 0.
  void divide(const std::vector<uint8_t>& chunk_of_user, size_t chunks);
  // After divide(): the value by which a column in `chunk` refers to an entry: chunk 0's stand
  // behind the chunk's own.
  uint32_t value_in(uint8_t chunk, uint32_t entry) const {
    const bool is_own = chunks_[entry] == chunk;
    return numbers_[entry] + (is_own ? 0 : begin_[chunk + 1u] - begin_[chunk]);
  }
  // After divide(): the chunk's own entries.
  flatbuffers::Offset<disk::Strings> pack_chunk(Builder& builder, uint8_t chunk) const;

  void clear();
  size_t size_bytes() const { return bytes_.size() + entries_.size() * 5; }

 private:
  struct Entry {
    uint32_t hash;
    uint32_t length;
    size_t offset;
    Text::State state;
    uint16_t user;
  };
  static constexpr uint32_t kFree = ~0u;

  std::string_view view(const Entry& entry) const {
    return {reinterpret_cast<const char*>(bytes_.data()) + entry.offset, entry.length};
  }
  void grow();
  flatbuffers::Offset<disk::Strings> pack_entries(Builder& builder, std::span<const uint32_t> which,
                                                  bool with_states) const;

  std::vector<Entry> entries_;
  std::vector<uint8_t> bytes_;
  std::vector<uint32_t> slots_;  // a power of two; indexes into entries_

  // Of divide(): of each entry its chunk and its number there; all entries in the order of chunks,
  // and where each chunk's begin.
  std::vector<uint8_t> chunks_;
  std::vector<uint32_t> numbers_, order_, begin_;
};

// One entry as it is read: `address` counts when the state is kUnreadable or kNotRead, else 0.
struct StringEntry {
  Text text;
  uint64_t address = 0;
};

// Checks the table and appends its entries, whose bytes live in the part. Fails when there are more
// than a block may have.
Result<void> unpack_strings(const disk::Strings* table, bool with_states,
                            std::vector<StringEntry>* entries);

}  // namespace ctrace
