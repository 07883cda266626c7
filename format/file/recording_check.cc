// RecordingReader::verify(): everything that can be checked of a file (FORMAT.md §6).
#include <cstring>
#include <string>

#include "format/catalogue/catalogue.h"
#include "format/file/file_reader.h"
#include "format/file/loss_check.h"
#include "format/file/loss_codec.h"

namespace ctrace {
namespace {

class Checker {
 public:
  Checker(const InputFile& file, const std::optional<RecordingIndex>& index, BlockDecoder* decoder,
          DamageLog* damage)
      : file_(file), index_(index), decoder_(decoder), damage_(damage) {}

  void check();
  // Of the last whole frame.
  const Digest& chain() const { return chain_; }

 private:
  void check_frame(const FoundFrame& frame);
  void check_containers(const FoundFrame& frame, const disk::Containers& table);
  void check_chain(const FoundFrame& frame, std::span<const uint8_t> payload);
  void check_block(const FoundFrame& frame, std::span<const uint8_t> payload);
  void check_indexed(const FoundFrame& frame);
  void check_end(bool is_complete, uint64_t end);

  const InputFile& file_;
  const std::optional<RecordingIndex>& index_;
  BlockDecoder* decoder_;
  DamageLog* damage_;
  Sha256 sha_;
  std::vector<uint8_t> buffer_;
  CountTable counts_;
  LossCheck losses_;
  DropGatherer drops_;
  Digest chain_ = {};
  uint64_t blocks_ = 0;
};

bool is_failed(int64_t result) { return result < 0 && result >= -4095; }

void Checker::check() {
  FrameScanner scanner(file_, damage_);
  bool is_complete = false;
  while (const auto frame = scanner.next()) {
    if (is_complete) damage_->note(frame->offset, "a frame stands behind the trailer");
    is_complete = frame->header.kind == FrameKind::kTrailer;
    check_frame(*frame);
  }
  check_end(is_complete, scanner.position());
}

void Checker::check_frame(const FoundFrame& frame) {
  const auto payload = read_payload(file_, frame, &buffer_);
  if (!payload) {
    losses_.unreadable_block();  // it may have been one
    return damage_->note(frame.offset, payload.error().message);
  }
  check_chain(frame, *payload);
  if (frame.header.kind == FrameKind::kBlock) return check_block(frame, *payload);
  if (frame.header.kind > FrameKind::kIndex) return;
  PartReader reader;
  const auto part = reader.open(part_of(frame.header, *payload, 0), frame.header.raw_lengths[0]);
  if (!part) {
    return damage_->note(frame.offset, frame_name(frame.header) + ": " + part.error().message);
  }
  if (frame.header.kind == FrameKind::kContainers && (*part)->containers())
    check_containers(frame, *(*part)->containers());
}

void Checker::check_containers(const FoundFrame& frame, const disk::Containers& table) {
  if (auto taken = drops_.take(table); !taken)
    damage_->note(frame.offset, frame_name(frame.header) + ": " + taken.error().message);
  CopyBudget budget;
  const auto* rows = table.rows();
  for (uint32_t i = 0; rows && i < rows->size(); ++i) {
    const auto container = unpack_container(*rows->Get(i), &budget);
    if (container) continue;
    return damage_->note(frame.offset, frame_name(frame.header) + ": " + container.error().message);
  }
}

void Checker::check_chain(const FoundFrame& frame, std::span<const uint8_t> payload) {
  chain_ = frame.header.chain;
  if (chain_value(sha_, frame.bytes, payload) != frame.header.chain) {
    damage_->note(frame.offset, "the hash of " + frame_name(frame.header) + " does not match");
  }
}

void Checker::check_block(const FoundFrame& frame, std::span<const uint8_t> payload) {
  const std::string name = frame_name(frame.header);
  if (auto opened = decoder_->open(frame.header, payload, blocks_++, {}); !opened) {
    losses_.unreadable_block();
    return damage_->note(frame.offset, name + ": " + opened.error().message);
  }
  CountTable counts;
  decoder_->deliver([&](const Event& event) {
    losses_.event(event);
    if (event.type->id == kLost) return true;
    const uint32_t container = event.task->container ? event.task->container->index : 0;
    counts.add(CountTable::key(container, event.task->phase, event.abi, event.type->id),
               is_failed(event.result), is_refused(event.denied));
    return true;
  });
  if (!(counts == decoder_->key().counts())) {
    damage_->note(frame.offset, name + ": its counts are not those of its events");
  }
  if (const std::string wrong = losses_.block(decoder_->key().totals()); !wrong.empty()) {
    damage_->note(frame.offset, name + ": " + wrong);
  }
  counts_.add(counts);
  if (index_) check_indexed(frame);
}

void Checker::check_indexed(const FoundFrame& frame) {
  const FrameHeader& header = frame.header;
  const auto found = index_->blocks.find(frame.offset);
  bool same = found != index_->blocks.end();
  if (same) {
    const IndexedBlock& block = found->second;
    same = block.length == header.frame_size() && block.events == header.events &&
           block.time_min == header.time_min && block.time_max == header.time_max;
    for (const KeyDecoder::Local& local : decoder_->key().locals()) {
      if (!block.has(local.event_id)) same = false;
    }
  }
  if (!same) {
    damage_->note(frame.offset, frame_name(header) + " is not as the index describes it");
  }
}

void Checker::check_end(bool is_complete, uint64_t end) {
  if (!is_complete || !index_) return;
  if (index_->blocks.size() != blocks_) {
    damage_->note(end, "the index has another number of blocks than the file");
  }
  if (!(index_->counts == counts_) || !(index_->block_counts == counts_)) {
    damage_->note(end, "the counts of the index are not those of the events");
  }
  if (index_->totals.events != counts_.sum()) {
    damage_->note(end, "the totals say " + std::to_string(index_->totals.events) +
                           " events, the file has " + std::to_string(counts_.sum()));
  }
  const bool gathered = index_->drops_left_out;
  const std::vector<DropRow> drops = gathered ? drops_.rows() : index_->drops;
  // Of a file that is damaged some may be missing.
  const bool known = !gathered || damage_->all().empty();
  for (std::string& wrong : losses_.end(index_->totals, known ? &drops : nullptr)) {
    damage_->note(end, std::move(wrong));
  }
}

}  // namespace

void FileReader::verify() {
  Checker checker(file_, index_, decoder_.get(), &damage_);
  decoder_->check_content(true);
  checker.check();
  decoder_->check_content(false);
  chain_ = checker.chain();
  summarize();
}

std::string FileReader::chain() const {
  std::string digits;
  for (const uint8_t byte : chain_) {
    digits += "0123456789abcdef"[byte >> 4];
    digits += "0123456789abcdef"[byte & 15];
  }
  return digits;
}

}  // namespace ctrace
