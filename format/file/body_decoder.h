// A block's Body to the values of its wanted events (FORMAT.md §4.3). Only those of its chunks are
// decompressed that have something of them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "format/base/result.h"
#include "format/file/key_decoder.h"
#include "format/file/part.h"
#include "format/file/string_table.h"
#include "format/file/type_table.h"
#include "format/model/event.h"

namespace ctrace {

inline Denied denied_of(uint8_t value) {
  return static_cast<Denied>(std::min(value, static_cast<uint8_t>(Denied::kOther)));
}

class BodyDecoder {
 public:
  // What one (event id, ABI) pair needs while its events are delivered: `event` is complete but for
  // what differs from event to event, so that an event costs its own values and no more.
  struct Source {
    uint32_t text_args = 0;
    size_t stride = 0;               // values of an event: result, then arguments
    const uint64_t* next = nullptr;  // of the next event
    uint64_t* values = nullptr;
    uint32_t columns_seen = 0;  // bit 0: result, bit 1 + a: argument a
    bool denied_seen = false;
    const uint8_t* denied = nullptr;  // of the next event; null: the filter refused none
    bool has_durations = false;       // behind the arguments
    Event event;
  };

  // `types` outlives the decoder.
  explicit BodyDecoder(TypeTable* types) : types_(types) {}

  void check_content(bool check) { part_.check_content(check); }

  // `key` is open and says which events are wanted; it learns the types of unknown ones.
  Result<void> open(std::span<const uint8_t> part, uint32_t raw_length, KeyDecoder* key);

  // Of a wanted local id.
  Source& source(size_t local) { return sources_[local]; }
  // What a text argument refers to.
  const StringEntry& string(uint64_t entry) const { return strings_[entry]; }

 private:
  // A chunk, and where the strings that it has of its own stand in strings_.
  struct OpenChunk {
    const disk::Body* body = nullptr;  // null: nothing of it is wanted
    uint64_t first_string = 0, strings = 0;
  };

  Result<void> open_chunk(size_t chunk);
  Result<void> explain_unknown();
  void place_values();
  Result<void> open_column(const disk::Column& column, size_t chunk);
  Result<void> open_denied(const disk::Column& column, Source& source);
  void refer_to_strings(const OpenChunk& chunk, uint64_t largest, uint64_t* values, size_t count,
                        size_t stride);
  Result<void> open_shared_strings();

  TypeTable* types_;
  KeyDecoder* key_ = nullptr;
  PartReader part_;
  std::vector<Chunk> chunks_;
  std::vector<OpenChunk> open_;
  std::vector<Source> sources_;                 // one for each local id
  std::vector<StringEntry> strings_;            // those of chunk 0 are the last ones
  std::optional<uint64_t> last_shared_string_;  // of chunk 0, that a column refers to
  std::vector<uint64_t> values_;
};

}  // namespace ctrace
