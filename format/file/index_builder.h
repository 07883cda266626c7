// Collects what the Index frames of a recording say (FORMAT.md §2.4).
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "format/file/frame_writer.h"
#include "format/file/model_codec.h"
#include "format/file/part.h"

namespace ctrace {

class IndexBuilder {
 public:
  // A block that was written as `header`.
  void add_block(const FrameHeader& header, std::vector<uint8_t> event_bits,
                 const CountTable& counts);
  // The row as it is known now.
  void put_container(const Container& container) { containers_[container.index] = container; }

  // So many blocks wait that an Index frame should be written.
  bool is_due() const {
    return blocks_.size() >= kBlocksPerIndex || waiting_counts_ >= kCountsPerIndex;
  }
  // An Index frame of the blocks that wait; `previous`: see FORMAT.md. Valid until the next call.
  FrameWriter::Content finish(uint64_t previous);
  FrameWriter::Content finish_final(uint64_t previous, const RecordingTotals& totals,
                                    const CountTable& tallies, const std::vector<DropRow>& drops);

 private:
  static constexpr size_t kBlocksPerIndex = 1024;
  static constexpr size_t kCountsPerIndex = 1 << 19;  // rows of counts; 22 bytes each

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
  std::map<uint32_t, Container> containers_;
  CountTable counts_;
  Builder builder_;
};

}  // namespace ctrace
