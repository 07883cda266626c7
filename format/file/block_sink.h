// The second half of a writer: what was collected becomes frames in the file. Belongs to one thread
// at a time, which need not be the one that collects.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "format/base/result.h"
#include "format/file/block_encoder.h"
#include "format/file/frame_writer.h"
#include "format/file/index_builder.h"
#include "format/file/model_codec.h"
#include "format/model/drop_table.h"

namespace ctrace {

// What is written together: rows of containers, then a block.
struct Batch {
  Batch(const std::vector<EventType>& schema, size_t chunk_values)
      : encoder(schema, chunk_values) {}

  BlockEncoder encoder;
  std::vector<Container> containers;
  std::optional<CountTable> tallies;
  CountTable ended_tallies;  // only with tallies
  std::optional<std::vector<DropRow>> drops;
  DropTable ended_drops;   // only with drops
  RecordingTotals totals;  // totals.events and eased_blocks are the sink's
  int level = 0;           // of the block's compression
  bool eased = false;      // it is lower than was asked for

  void clear();
};

class BlockSink {
 public:
  explicit BlockSink(std::unique_ptr<FrameWriter> frames) : frames_(std::move(frames)) {}

  Result<void> write_header(const RecordingHeader& header);
  // Writes and clears the batch. After an error it must not be called again.
  Result<void> write(Batch& batch);
  // Index and trailer; the file is complete and closed.
  Result<void> finish(const RecordingTotals& totals);

  uint64_t size() const { return frames_->size(); }
  uint64_t events() const { return events_; }  // written, losses not counted

 private:
  Result<void> write_containers(const Batch& batch);
  Result<void> write_block(Batch& batch);

  std::unique_ptr<FrameWriter> frames_;
  IndexBuilder index_;
  uint64_t last_index_ = 0;  // offset of the last Index frame
  Builder builder_;
  uint64_t events_ = 0, eased_blocks_ = 0;
};

}  // namespace ctrace
