// Collects what the Index frames of a recording say (FORMAT.md §2.4).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "format/file/frame_writer.h"
#include "format/file/model_codec.h"
#include "format/file/part.h"
#include "format/model/drop_table.h"

namespace ctrace {

class IndexBuilder {
 public:
  // A block that was written as `header`.
  void add_block(const FrameHeader& header, std::vector<uint8_t> event_bits,
                 const CountTable& counts);
  // The row as it is known now.
  void put_container(const Container& container);
  // As RecordingWriter::put_tallies() and put_drops().
  void put_tallies(const CountTable& running, const CountTable& ended);
  void put_drops(const std::vector<DropRow>& running, const DropTable& ended);

  // So many blocks wait that an Index frame should be written.
  bool is_due() const {
    return blocks_.size() >= kBlocksPerIndex || waiting_counts_ >= kCountsPerIndex;
  }
  // An Index frame of the blocks that wait; `previous`: see FORMAT.md. Valid until the next call.
  FrameWriter::Content finish(uint64_t previous);
  FrameWriter::Content finish_final(uint64_t previous, const RecordingTotals& totals);

 private:
  static constexpr size_t kBlocksPerIndex = 1024;
  static constexpr size_t kCountsPerIndex = 1 << 16;  // rows of counts; about 40 bytes each

  struct Block {
    uint64_t offset, length;
    uint32_t events;
    uint64_t time_min, time_max;
    std::vector<uint8_t> event_bits;
    CountTable counts;
  };
  using BlockRows = flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<disk::BlockEntry>>>;
  BlockRows pack_blocks();
  FrameWriter::Content content() const;

  std::vector<Block> blocks_;
  size_t waiting_counts_ = 0;
  // What the final frame repeats of all the file. Whatever becomes too large is dropped, and left
  // out there: a recording may be as long and have as many containers as it likes.
  std::optional<std::map<uint32_t, Container>> containers_{std::in_place};
  size_t container_bytes_ = 0;
  std::optional<CountTable> counts_{std::in_place}, ended_tallies_{std::in_place};
  CountTable running_tallies_;
  std::optional<DropTable> ended_drops_{std::in_place};
  std::vector<DropRow> running_drops_;
  Builder builder_;
};

}  // namespace ctrace
