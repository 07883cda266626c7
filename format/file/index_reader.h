// The index of a complete recording (FORMAT.md §2.4), read from the end of the file.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include "format/base/result.h"
#include "format/file/frame_scanner.h"
#include "format/file/model_codec.h"
#include "format/file/recording_reader.h"
#include "format/model/recording.h"

namespace ctrace {

struct IndexedBlock {
  uint64_t length = 0;
  uint32_t events = 0;
  uint64_t time_min = 0, time_max = 0;
  std::vector<uint8_t> event_bits;

  bool has(uint16_t event_id) const {
    return event_id / 8u < event_bits.size() && (event_bits[event_id / 8u] >> event_id % 8 & 1);
  }
  // Whether one of the events that `selection` wants may be in the block.
  bool may_have(const Selection& selection) const;
};

struct RecordingIndex {
  std::unordered_map<uint64_t, IndexedBlock> blocks;  // by offset
  RecordingTotals totals;
  CountTable counts;              // of the whole file
  CountTable block_counts;        // of all blocks added up: the same, unless somebody lies
  CountTable tallies;             // the kernel side's; empty: none
  bool tallies_left_out = false;  // they stand in the Containers frames alone
  std::vector<DropRow> drops;     // sorted by container and phase, one row for each pair
  bool drops_left_out = false;    // likewise
  std::optional<std::map<uint32_t, Container>> containers;
};

// The trailer, when the file ends with one.
std::optional<FoundFrame> find_trailer(const InputFile& file);

// The index before `trailer`. An error says what is wrong with it, without file name.
Result<RecordingIndex> read_index(const InputFile& file, const FoundFrame& trailer);

}  // namespace ctrace
