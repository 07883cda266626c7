#include "format/file/recording_writer.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "format/file/block_encoder.h"
#include "format/file/frame_writer.h"
#include "format/file/index_builder.h"
#include "format/file/model_codec.h"

namespace ctrace {
namespace {

// Rows of containers that wait for the next flush are written when they are so many bytes.
constexpr size_t kMaxPendingBytes = 8 << 20;

class Writer final : public RecordingWriter {
 public:
  Writer(std::unique_ptr<FrameWriter> frames, const RecordingHeader& header,
         const WriterOptions& options)
      : frames_(std::move(frames)),
        encoder_(header.event_types),
        block_events_(std::clamp<uint32_t>(options.block_events, 1, kMaxBlockEvents)) {}

  Result<void> write_header(const RecordingHeader& header);

  Result<void> add(const Event& event) override;
  Result<void> put_container(const Container& container) override;
  Result<void> put_tallies(const std::vector<CallCount>& tallies) override;
  void set_totals(const RecordingTotals& totals) override { totals_ = totals; }
  Result<void> flush() override;
  Result<void> finish(const RecordingTotals& totals) override;
  uint64_t bytes_written() const override { return frames_->size(); }
  uint64_t events_written() const override { return events_; }

 private:
  Result<void> write(const FrameWriter::Content& content);
  Result<void> write_containers();
  Result<void> write_block();

  std::unique_ptr<FrameWriter> frames_;
  BlockEncoder encoder_;
  const uint32_t block_events_;
  IndexBuilder index_;
  uint64_t last_index_ = 0;  // offset of the last Index frame
  std::vector<Container> pending_;
  size_t pending_bytes_ = 0;
  CountTable tallies_;
  bool has_new_tallies_ = false;
  Builder builder_;
  RecordingTotals totals_;
  uint64_t events_ = 0;
  std::optional<Error> error_;  // what every further call says
};

Result<void> Writer::write(const FrameWriter::Content& content) {
  auto written = frames_->append(content);
  if (!written) error_ = written.error();
  return written;
}

Result<void> Writer::write_header(const RecordingHeader& header) {
  begin_part(builder_);
  const auto table = pack_header(builder_, header);
  disk::FinishSizePrefixedPartBuffer(builder_, disk::CreatePart(builder_, table));
  FrameWriter::Content content;
  content.kind = FrameKind::kHeader;
  content.parts = {&builder_};
  auto written = write(content);
  if (!written) frames_->remove();  // made a moment ago and useless
  return written;
}

Result<void> Writer::add(const Event& event) {
  if (error_) return unexpected(*error_);
  encoder_.add(event);
  if (encoder_.events() >= block_events_ || encoder_.is_full()) return flush();
  return {};
}

Result<void> Writer::put_container(const Container& container) {
  if (error_) return unexpected(*error_);
  pending_.push_back(container);
  pending_bytes_ += packed_size(container);
  index_.put_container(container);
  return pending_bytes_ > kMaxPendingBytes ? write_containers() : Result<void>();
}

Result<void> Writer::write_containers() {
  if (pending_.empty() && !has_new_tallies_) return {};
  begin_part(builder_);
  std::vector<flatbuffers::Offset<disk::Container>> rows;
  for (const Container& container : pending_) rows.push_back(pack_container(builder_, container));
  flatbuffers::Offset<disk::Counts> tallies;
  if (has_new_tallies_) tallies = pack_counts(builder_, tallies_);
  const auto table = disk::CreateContainers(builder_, builder_.CreateVector(rows), tallies);
  disk::FinishSizePrefixedPartBuffer(builder_, disk::CreatePart(builder_, 0, 0, 0, 0, table));
  FrameWriter::Content content;
  content.kind = FrameKind::kContainers;
  content.parts = {&builder_};
  if (auto written = write(content); !written) return written;
  pending_.clear();
  pending_bytes_ = 0;
  has_new_tallies_ = false;
  return {};
}

Result<void> Writer::put_tallies(const std::vector<CallCount>& tallies) {
  if (error_) return unexpected(*error_);
  tallies_.clear();
  for (const CallCount& tally : tallies) tallies_.add(tally);
  has_new_tallies_ = true;
  return {};
}

Result<void> Writer::write_block() {
  if (encoder_.events() == 0) return {};
  const uint64_t events = events_ + encoder_.events() - encoder_.losses();
  RecordingTotals totals = totals_;
  totals.events = events;
  if (auto written = write(encoder_.finish(totals)); !written) return written;
  events_ = events;
  index_.add_block(frames_->last(), encoder_.event_bits(), encoder_.counts());
  encoder_.clear();
  return {};
}

Result<void> Writer::flush() {
  if (error_) return unexpected(*error_);
  if (auto written = write_containers(); !written) return written;
  if (auto written = write_block(); !written) return written;
  if (!index_.is_due()) return {};
  auto written = write(index_.finish(last_index_));
  last_index_ = frames_->last().offset;
  return written;
}

Result<void> Writer::finish(const RecordingTotals& totals) {
  totals_ = totals;
  if (auto flushed = flush(); !flushed) return flushed;
  totals_.events = events_;
  if (auto written = write(index_.finish_final(last_index_, totals_, tallies_)); !written)
    return written;
  if (auto written = write(FrameWriter::Content()); !written) return written;
  auto closed = frames_->close();
  error_ = closed ? Error("the recording is finished") : closed.error();
  return closed;
}

}  // namespace

Result<std::unique_ptr<RecordingWriter>> RecordingWriter::create(const std::string& path,
                                                                 const RecordingHeader& header,
                                                                 const WriterOptions& options) {
  auto frames = FrameWriter::create(path, options.force, options.level);
  if (!frames) return unexpected(frames.error());
  auto writer = std::make_unique<Writer>(std::move(*frames), header, options);
  if (auto written = writer->write_header(header); !written) return unexpected(written.error());
  return std::unique_ptr<RecordingWriter>(std::move(writer));
}

}  // namespace ctrace
