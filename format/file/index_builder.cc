#include "format/file/index_builder.h"

#include "format/file/loss_codec.h"

namespace ctrace {
namespace {

// With more than this the index leaves its containers or its counts out, and they need no memory:
// readers then gather the former from their frames and add up the latter.
constexpr size_t kMaxContainerBytes = 4 << 20;
constexpr size_t kMaxCounts = 1 << 16;
constexpr size_t kMaxDrops = 1 << 19;

// Adds `counts` unless there are too many.
void add_up(std::optional<CountTable>& to, const CountTable& counts) {
  if (!to) return;
  to->add(counts);
  if (to->size() > kMaxCounts) to.reset();
}

}  // namespace

void IndexBuilder::add_block(const FrameHeader& header, std::vector<uint8_t> event_bits,
                             const CountTable& counts) {
  blocks_.push_back({header.offset, header.frame_size(), header.events, header.time_min,
                     header.time_max, std::move(event_bits), counts});
  waiting_counts_ += counts.size();
  add_up(counts_, counts);
}

void IndexBuilder::put_container(const Container& container) {
  if (!containers_) return;
  Container& row = (*containers_)[container.index];
  if (row.index != 0) container_bytes_ -= packed_size(row);
  row = container;
  container_bytes_ += packed_size(row);
  if (container_bytes_ > kMaxContainerBytes) containers_.reset();
}

void IndexBuilder::put_tallies(const CountTable& running, const CountTable& ended) {
  running_tallies_ = running;
  add_up(ended_tallies_, ended);
}

IndexBuilder::BlockRows IndexBuilder::pack_blocks() {
  std::vector<flatbuffers::Offset<disk::BlockEntry>> rows;
  for (const Block& block : blocks_) {
    const auto bits = builder_.CreateVector(block.event_bits);
    const auto counts = pack_counts(builder_, block.counts);
    rows.push_back(disk::CreateBlockEntry(builder_, block.offset, block.length, block.events,
                                          block.time_min, block.time_max, bits, counts));
  }
  blocks_.clear();
  waiting_counts_ = 0;
  return builder_.CreateVector(rows);
}

FrameWriter::Content IndexBuilder::finish(uint64_t previous) {
  begin_part(builder_);
  const auto blocks = pack_blocks();
  const auto index = disk::CreateIndex(builder_, previous, blocks);
  disk::FinishSizePrefixedPartBuffer(builder_, disk::CreatePart(builder_, 0, 0, 0, 0, 0, index));
  return content();
}

FrameWriter::Content IndexBuilder::finish_final(uint64_t previous, const RecordingTotals& totals,
                                                const std::vector<DropRow>& drops) {
  begin_part(builder_);
  const auto blocks = pack_blocks();
  const auto totals_row = pack_totals(builder_, totals);
  flatbuffers::Offset<disk::Counts> counts, tallies;
  if (counts_) counts = pack_counts(builder_, *counts_);
  flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<disk::Container>>> containers;
  if (containers_) {
    std::vector<flatbuffers::Offset<disk::Container>> rows;
    for (const auto& item : *containers_) rows.push_back(pack_container(builder_, item.second));
    containers = builder_.CreateVector(rows);
  }
  add_up(ended_tallies_, running_tallies_);
  if (ended_tallies_ && ended_tallies_->size() > 0)
    tallies = pack_counts(builder_, *ended_tallies_);
  flatbuffers::Offset<disk::Drops> drop_rows;
  if (!drops.empty() && drops.size() <= kMaxDrops)
    drop_rows = pack_drops(builder_, drops, /*with_owners=*/true);
  const auto index = disk::CreateIndex(builder_, previous, blocks, /*is_final=*/true, totals_row,
                                       counts, containers, tallies, drop_rows,
                                       /*tallies_left_out=*/!ended_tallies_);
  disk::FinishSizePrefixedPartBuffer(builder_, disk::CreatePart(builder_, 0, 0, 0, 0, 0, index));
  return content();
}

FrameWriter::Content IndexBuilder::content() const {
  FrameWriter::Content content;
  content.kind = FrameKind::kIndex;
  content.parts = {&builder_};
  return content;
}

}  // namespace ctrace
