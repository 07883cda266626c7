#include "format/file/index_builder.h"

#include "format/file/loss_codec.h"

namespace ctrace {
namespace {

// With more than this the index leaves its containers, its counts or its drops out, and they need
// no memory: readers then gather them from their frames, which hold them anyway, or add them up.
constexpr size_t kMaxContainerBytes = 1 << 20;
constexpr size_t kMaxCounts = 1 << 14;
constexpr size_t kMaxDrops = 1 << 14;

// Adds `rows` unless there are more than `most` then.
template <typename Table, typename Rows>
void add_up(std::optional<Table>& to, const Rows& rows, size_t most) {
  if (!to) return;
  to->add(rows);
  if (to->size() > most) to.reset();
}

}  // namespace

void IndexBuilder::add_block(const FrameHeader& header, std::vector<uint8_t> event_bits,
                             const CountTable& counts) {
  blocks_.push_back({header.offset, header.frame_size(), header.events, header.time_min,
                     header.time_max, std::move(event_bits), counts});
  waiting_counts_ += counts.size();
  add_up(counts_, counts, kMaxCounts);
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
  add_up(ended_tallies_, ended, kMaxCounts);
}

void IndexBuilder::put_drops(const std::vector<DropRow>& running, const DropTable& ended) {
  running_drops_ = running;
  add_up(ended_drops_, ended, kMaxDrops);
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

FrameWriter::Content IndexBuilder::finish_final(uint64_t previous, const RecordingTotals& totals) {
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
  add_up(ended_tallies_, running_tallies_, kMaxCounts);
  if (ended_tallies_ && ended_tallies_->size() > 0)
    tallies = pack_counts(builder_, *ended_tallies_);
  add_up(ended_drops_, running_drops_, kMaxDrops);
  flatbuffers::Offset<disk::Drops> drops;
  if (ended_drops_ && ended_drops_->size() > 0)
    drops = pack_drops(builder_, ended_drops_->sorted(), /*with_owners=*/true);
  const auto index = disk::CreateIndex(builder_, previous, blocks, /*is_final=*/true, totals_row,
                                       counts, containers, tallies, drops,
                                       /*tallies_left_out=*/!ended_tallies_,
                                       /*drops_left_out=*/!ended_drops_);
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
