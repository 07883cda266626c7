// Events to the three parts of a block: Key, Time, Body (FORMAT.md §4).
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "format/file/frame_writer.h"
#include "format/file/model_codec.h"
#include "format/file/part.h"
#include "format/file/string_table.h"
#include "format/file/task_table.h"
#include "format/model/event.h"
#include "format/model/recording.h"

namespace ctrace {

class BlockEncoder {
 public:
  // `schema`: the header's, which rows of blocks need not repeat. `chunk_values`: a local id with
  // so many values and bytes of strings that are its alone has a chunk of the body for itself.
  BlockEncoder(const std::vector<EventType>& schema, size_t chunk_values);

  void add(const Event& event);

  uint32_t events() const { return static_cast<uint32_t>(times_.size()); }
  uint64_t losses() const { return losses_; }
  // No further event may be added: a limit of the format is near.
  bool is_full() const;
  // Of texts and tasks: what makes blocks of few events large.
  size_t held_bytes() const { return strings_.size_bytes() + tasks_.size_bytes(); }
  const CountTable& counts() const { return counts_; }
  // Bit i % 8 of byte i / 8: event id i is in the block.
  std::vector<uint8_t> event_bits() const;

  // The frame of what was added, which lives here until clear(). At least one event is needed.
  // `level`: at which the frame will be compressed, for its Key.
  FrameWriter::Content finish(const RecordingTotals& totals, int level);
  void clear();

 private:
  // One (event id, ABI) pair of the block. Values stand as they come, result first, then arguments:
  // one vector a pair instead of one a column, so that adding an event grows one thing.
  struct Local {
    uint16_t event_id = 0;
    Abi abi = Abi::kX86_64;
    uint32_t text_args = 0;  // bit a: argument a has text
    size_t stride = 0;       // 1 + arguments
    size_t used = 0;         // of values, which is longer: it grows by doubling, not by events
    std::vector<uint64_t> values;
    // Event::denied of the events so far, up to the last that was; empty: none was.
    std::vector<uint8_t> denied;
    std::vector<uint64_t> durations;  // likewise

    size_t count() const { return used / stride; }
  };
  static constexpr uint16_t kNoLocal = 0xffff;

  uint16_t local_of(const Event& event);
  uint64_t* append_values(Local* local);
  uint64_t put_text(const Event& event, size_t arg, uint16_t local);
  void pack_key(const RecordingTotals& totals, int level);
  void pack_time();
  void divide_body();
  void pack_body();
  void pack_chunk(uint8_t chunk);
  flatbuffers::Offset<disk::Column> pack_column(uint16_t local, size_t position);
  flatbuffers::Offset<disk::Column> pack_denied(uint16_t local);
  flatbuffers::Offset<disk::Column> pack_values(uint16_t local, uint8_t role, bool is_text,
                                                const uint64_t* values, size_t stride);

  const size_t chunk_values_;
  std::vector<bool> in_schema_;      // by event id
  std::vector<uint16_t> local_ids_;  // by abi << 16 | event id
  std::vector<Local> locals_;  // the first local_count_ are in use; the rest keep their memory
  size_t local_count_ = 0;
  std::vector<EventType> types_;  // that the schema lacks

  std::vector<uint64_t> times_;
  std::vector<uint16_t> cpus_, ids_;
  std::vector<uint16_t> time_low_, time_high_;  // of pack_time(), kept for their memory
  std::vector<uint32_t> task_rows_;
  TaskTable tasks_;
  StringTable strings_;
  CountTable counts_;
  uint64_t losses_ = 0;
  // Of the body: of each local id its chunk, how many there are, and the buffers of all, one behind
  // the other, with the length of each.
  std::vector<uint8_t> chunk_of_;
  size_t chunk_count_ = 1;
  std::vector<uint8_t> body_bytes_;
  std::vector<size_t> chunk_sizes_;
  std::vector<uint64_t> text_values_;  // of one column, as its chunk numbers the strings
  Builder key_{1 << 20}, time_{1 << 20}, chunk_{1 << 18};
};

}  // namespace ctrace
