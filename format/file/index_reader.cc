#include "format/file/index_reader.h"

#include "format/catalogue/catalogue.h"
#include "format/file/block_decoder.h"
#include "format/file/loss_codec.h"

namespace ctrace {
namespace {

Result<const disk::Index*> open_index(const InputFile& file, const FoundFrame& frame,
                                      PartReader* reader, std::vector<uint8_t>* buffer) {
  const auto payload = read_payload(file, frame, buffer);
  if (!payload) return unexpected(payload.error());
  const auto part = reader->open(part_of(frame.header, *payload, 0), frame.header.raw_lengths[0]);
  if (!part) return unexpected("the index: " + part.error().message);
  if (!(*part)->index()) return unexpected("the index is missing in its frame");
  return (*part)->index();
}

Result<void> unpack_blocks(const disk::Index& table, const InputFile& file, CopyBudget* budget,
                           RecordingIndex* index) {
  const auto* rows = table.blocks();
  for (uint32_t i = 0; rows && i < rows->size(); ++i) {
    const disk::BlockEntry& row = *rows->Get(i);
    IndexedBlock block;
    const std::string_view bits = view_bytes(row.event_bits());
    if (row.offset() >= file.size || row.length() > file.size - row.offset() ||
        bits.size() > 8192 || !row.counts() || !row.counts()->container()) {
      return unexpected("the index describes a block that cannot be");
    }
    // 64: about what a row takes in the map; 24: in the table of counts.
    budget->take(64 + bits.size() + 24 * size_t{row.counts()->container()->size()});
    if (budget->spent()) return unexpected("the index is larger than a reader takes");
    block.length = row.length();
    block.events = row.events();
    block.time_min = row.time_min();
    block.time_max = row.time_max();
    block.event_bits.assign(bits.begin(), bits.end());
    if (auto counts = unpack_counts(*row.counts(), &index->block_counts); !counts) return counts;
    if (!index->blocks.emplace(row.offset(), std::move(block)).second) {
      return unexpected("the index describes a block twice");
    }
  }
  return {};
}

// What the last index frame has and the others have not.
Result<void> unpack_final(const disk::Index& table, RecordingIndex* index) {
  if (!table.is_final() || !table.totals())
    return unexpected("the last index is not the final one");
  auto totals = unpack_totals(*table.totals());
  if (!totals) return unexpected(totals.error());
  index->totals = std::move(*totals);
  if (table.counts()) {
    if (auto counts = unpack_counts(*table.counts(), &index->counts); !counts) return counts;
  }
  index->tallies_left_out = table.tallies_left_out();
  if (table.tallies()) {
    if (auto tallies = unpack_counts(*table.tallies(), &index->tallies); !tallies) return tallies;
  }
  index->drops_left_out = table.drops_left_out();
  if (table.drops()) {
    const auto drops = unpack_drops(*table.drops(), /*with_owners=*/true);
    if (!drops) return unexpected(drops.error());
    DropTable sums;
    sums.add(*drops);
    index->drops = sums.sorted();
  }
  const auto* rows = table.containers();
  if (!rows) return {};
  CopyBudget budget;
  index->containers.emplace();
  for (uint32_t i = 0; i < rows->size(); ++i) {
    auto container = unpack_container(*rows->Get(i), &budget);
    if (!container) return unexpected(container.error());
    (*index->containers)[container->index] = std::move(*container);
  }
  return {};
}

// Frames of unknown kinds (signatures) may stand between the index and the trailer.
std::optional<FoundFrame> last_index(const InputFile& file, const FoundFrame& trailer) {
  std::optional<FoundFrame> frame = trailer;
  while (frame && frame->header.previous_offset < frame->offset) {
    frame = frame_at(file, frame->header.previous_offset);
    if (!frame || frame->header.offset != frame->offset) return {};
    const FrameKind kind = frame->header.kind;
    if (kind == FrameKind::kIndex) return frame;
    if (kind == FrameKind::kHeader || kind == FrameKind::kBlock || kind == FrameKind::kContainers) {
      return {};
    }
  }
  return {};
}

}  // namespace

bool IndexedBlock::may_have(const Selection& selection) const {
  if (selection.event_ids.empty() || has(kLost)) return true;
  for (size_t byte = 0; byte < event_bits.size(); ++byte) {
    for (unsigned bits = event_bits[byte]; bits != 0; bits &= bits - 1) {
      const size_t id = byte * 8 + static_cast<size_t>(__builtin_ctz(bits));
      if (wants_event(selection, static_cast<uint16_t>(id))) return true;
    }
  }
  return false;
}

std::optional<FoundFrame> find_trailer(const InputFile& file) {
  if (file.size < kFrameHeaderSize) return {};
  auto frame = frame_at(file, file.size - kFrameHeaderSize);
  if (!frame || frame->header.kind != FrameKind::kTrailer || frame->header.payload_size() != 0 ||
      frame->header.flags != 0) {
    return {};
  }
  return frame;
}

Result<RecordingIndex> read_index(const InputFile& file, const FoundFrame& trailer) {
  auto frame = last_index(file, trailer);
  if (!frame) return unexpected("the index before the trailer cannot be found");
  RecordingIndex index;
  PartReader reader;
  std::vector<uint8_t> buffer;
  CopyBudget budget;
  for (bool is_last = true; frame; is_last = false) {
    const auto opened = open_index(file, *frame, &reader, &buffer);
    if (!opened) return unexpected(opened.error());
    const disk::Index& table = **opened;
    if (is_last) {
      if (auto unpacked = unpack_final(table, &index); !unpacked) {
        return unexpected(unpacked.error());
      }
    }
    if (auto blocks = unpack_blocks(table, file, &budget, &index); !blocks) {
      return unexpected(blocks.error());
    }
    if (table.previous() == 0) break;
    if (table.previous() >= frame->offset) return unexpected("the index frames run in a circle");
    frame = frame_at(file, table.previous());
    if (!frame || frame->header.kind != FrameKind::kIndex) {
      return unexpected("an index frame is not where the next one says");
    }
  }
  if (index.counts.size() == 0) index.counts = index.block_counts;
  return index;
}

}  // namespace ctrace
