// The string dictionary of a block: each different text once, in the order of its first use.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "format/base/result.h"
#include "format/file/part.h"
#include "format/model/event.h"

namespace ctrace {

class StringTable {
 public:
  // The entry for these bytes and state.
  uint32_t put(std::string_view bytes, Text::State state = Text::State::kWhole);
  // For a text whose address is what there is to know.
  uint32_t put_address(uint64_t address, Text::State state);
  flatbuffers::Offset<disk::Strings> pack(Builder& builder, bool with_states) const;
  void clear();
  size_t size_bytes() const { return bytes_.size() + entries_.size() * 5; }

 private:
  struct Entry {
    uint32_t hash;
    uint32_t length;
    size_t offset;
    Text::State state;
  };
  static constexpr uint32_t kFree = ~0u;

  std::string_view view(const Entry& entry) const {
    return {reinterpret_cast<const char*>(bytes_.data()) + entry.offset, entry.length};
  }
  void grow();

  std::vector<Entry> entries_;
  std::vector<uint8_t> bytes_;
  std::vector<uint32_t> slots_;  // a power of two; indexes into entries_
};

// One entry as it is read: `address` counts when the state is kUnreadable or kNotRead, else 0.
struct StringEntry {
  Text text;
  uint64_t address = 0;
};

// Checks the table and makes its entries, whose bytes live in the part.
Result<void> unpack_strings(const disk::Strings* table, bool with_states,
                            std::vector<StringEntry>* entries);

}  // namespace ctrace
