#include "format/file/block_sink.h"

#include "format/file/loss_codec.h"

namespace ctrace {

void Batch::clear() {
  if (encoder.events() > 0) encoder.clear();
  containers.clear();
  tallies.reset();
  if (ended_tallies.size() > 0) ended_tallies = {};
  drops.reset();
  if (ended_drops.size() > 0) ended_drops = {};
}

Result<void> BlockSink::write_header(const RecordingHeader& header) {
  begin_part(builder_);
  const auto table = pack_header(builder_, header);
  disk::FinishSizePrefixedPartBuffer(builder_, disk::CreatePart(builder_, table));
  FrameWriter::Content content;
  content.kind = FrameKind::kHeader;
  content.parts = {&builder_};
  auto written = frames_->append(content);
  if (!written) frames_->remove();  // made a moment ago and useless
  return written;
}

Result<void> BlockSink::write(Batch& batch) {
  if (auto written = write_containers(batch); !written) return written;
  if (auto written = write_block(batch); !written) return written;
  batch.clear();
  if (!index_.is_due()) return {};
  auto written = frames_->append(index_.finish(last_index_));
  last_index_ = frames_->last().offset;
  return written;
}

Result<void> BlockSink::write_containers(const Batch& batch) {
  if (batch.containers.empty() && !batch.tallies && !batch.drops) return {};
  begin_part(builder_);
  std::vector<flatbuffers::Offset<disk::Container>> rows;
  for (const Container& container : batch.containers) {
    index_.put_container(container);
    rows.push_back(pack_container(builder_, container));
  }
  flatbuffers::Offset<disk::Counts> tallies, ended_tallies;
  if (batch.tallies) {
    index_.put_tallies(*batch.tallies, batch.ended_tallies);
    tallies = pack_counts(builder_, *batch.tallies);
    if (batch.ended_tallies.size() > 0) ended_tallies = pack_counts(builder_, batch.ended_tallies);
  }
  flatbuffers::Offset<disk::Drops> drops, ended_drops;
  if (batch.drops) {
    index_.put_drops(*batch.drops, batch.ended_drops);
    drops = pack_drops(builder_, *batch.drops, /*with_owners=*/true);
    if (batch.ended_drops.size() > 0)
      ended_drops = pack_drops(builder_, batch.ended_drops.sorted(), /*with_owners=*/true);
  }
  const auto table = disk::CreateContainers(builder_, builder_.CreateVector(rows), tallies, drops,
                                            ended_tallies, ended_drops);
  disk::FinishSizePrefixedPartBuffer(builder_, disk::CreatePart(builder_, 0, 0, 0, 0, table));
  FrameWriter::Content content;
  content.kind = FrameKind::kContainers;
  content.parts = {&builder_};
  return frames_->append(content);
}

Result<void> BlockSink::write_block(Batch& batch) {
  BlockEncoder& encoder = batch.encoder;
  if (encoder.events() == 0) return {};
  const uint64_t events = events_ + encoder.events() - encoder.losses();
  const uint64_t eased = eased_blocks_ + batch.eased;
  batch.totals.events = events;
  batch.totals.eased_blocks = eased;
  frames_->set_level(batch.level);
  if (auto written = frames_->append(encoder.finish(batch.totals, batch.level)); !written) {
    return written;
  }
  events_ = events;
  eased_blocks_ = eased;
  index_.add_block(frames_->last(), encoder.event_bits(), encoder.counts());
  return {};
}

Result<void> BlockSink::finish(const RecordingTotals& totals) {
  RecordingTotals final_totals = totals;
  final_totals.events = events_;
  final_totals.eased_blocks = eased_blocks_;
  const auto index = index_.finish_final(last_index_, final_totals);
  if (auto written = frames_->append(index); !written) return written;
  if (auto written = frames_->append(FrameWriter::Content()); !written) return written;
  return frames_->close();
}

}  // namespace ctrace
