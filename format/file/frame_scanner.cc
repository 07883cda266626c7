#include "format/file/frame_scanner.h"

#include <algorithm>
#include <cstring>

#include "format/base/crc32c.h"
#include "format/base/file.h"

namespace ctrace {
namespace {

constexpr size_t kSearchChunk = 1 << 20;

std::string range_name(uint64_t first, uint64_t last) {
  if (first == last) return "frame " + std::to_string(first) + " is missing";
  return "frames " + std::to_string(first) + " to " + std::to_string(last) + " are missing";
}

}  // namespace

std::string frame_name(const FrameHeader& header) {
  const std::string number = std::to_string(header.sequence);
  switch (header.kind) {
    case FrameKind::kHeader:
      return "header " + number;
    case FrameKind::kBlock:
      return "block " + number;
    case FrameKind::kContainers:
      return "containers " + number;
    case FrameKind::kIndex:
      return "index " + number;
    case FrameKind::kTrailer:
      return "trailer " + number;
    default:
      return "frame " + number;
  }
}

std::optional<FoundFrame> frame_at(const InputFile& file, uint64_t offset) {
  FoundFrame frame;
  frame.offset = offset;
  if (file.size < kFrameHeaderSize || offset > file.size - kFrameHeaderSize) return {};
  if (read_whole(file.fd, frame.bytes, offset) != 0) return {};
  if (decode_frame_header(frame.bytes, &frame.header) != HeaderCheck::kGood) return {};
  if (frame.header.frame_size() > file.size - offset) return {};
  return frame;
}

Result<std::span<const uint8_t>> read_payload(const InputFile& file, const FoundFrame& frame,
                                              std::vector<uint8_t>* buffer) {
  const uint64_t size = frame.header.payload_size();  // the caller knows that it lies in the file
  const std::string name = frame_name(frame.header);
  if (frame.header.flags != 0) return unexpected(name + " needs a newer reader");
  if (buffer->size() < size) buffer->resize(size);
  const std::span<uint8_t> payload(buffer->data(), size);
  if (const int number = read_whole(file.fd, payload, frame.offset + kFrameHeaderSize)) {
    if (number == kEndOfFile) return unexpected(name + " went away while it was read");
    return unexpected(system_message("cannot read " + name, number));
  }
  if (crc32c(payload.data(), size) != frame.header.payload_crc) {
    return unexpected("checksum of " + name + " does not match");
  }
  return std::span<const uint8_t>(payload);
}

std::span<const uint8_t> part_of(const FrameHeader& header, std::span<const uint8_t> payload,
                                 size_t i) {
  size_t begin = 0;
  for (size_t k = 0; k < i; ++k) begin += header.part_lengths[k];
  return payload.subspan(begin, header.part_lengths[i]);
}

// False: there are not enough bytes left for a header.
bool FrameScanner::read_header(uint64_t offset, FoundFrame* frame, HeaderCheck* check) {
  frame->offset = offset;
  if (file_.size < kFrameHeaderSize || offset > file_.size - kFrameHeaderSize) return false;
  if (read_whole(file_.fd, frame->bytes, offset) != 0) return false;
  *check = decode_frame_header(frame->bytes, &frame->header);
  return true;
}

std::optional<FoundFrame> FrameScanner::next() {
  while (position_ < file_.size) {
    FoundFrame frame;
    HeaderCheck check = HeaderCheck::kBad;
    if (!read_header(position_, &frame, &check)) {
      // Less than a header: the beginning of one, or rubbish.
      uint8_t rest[kFrameMagic.size()];
      const size_t size = std::min<uint64_t>(sizeof rest, file_.size - position_);
      ends_in_frame_ = read_whole(file_.fd, {rest, size}, position_) != 0 ||
                       std::memcmp(rest, kFrameMagic.data(), size) == 0;
      if (!ends_in_frame_) damage_->note(position_, "what stands at the end is no frame");
      position_ = file_.size;
      return {};
    }
    if (check != HeaderCheck::kGood) {
      damage_->note(position_, check == HeaderCheck::kNewer
                                   ? "a frame of a newer format stands here"
                                   : "no valid frame header stands here");
      if (!resync()) return {};
      continue;
    }
    if (frame.header.frame_size() > file_.size - position_) {
      ends_in_frame_ = true;
      position_ = file_.size;
      return {};
    }
    position_ += frame.header.frame_size();
    if (is_repeat(frame)) continue;
    check_order(frame);
    last_ = frame.header;
    resynced_ = false;
    return frame;
  }
  return {};
}

// A frame that stands at another place than it was written to and was seen already is a copy: to
// deliver its events again would make wrong counts.
bool FrameScanner::is_repeat(const FoundFrame& frame) {
  if (seen_.insert(frame.header.sequence).second) return false;
  if (frame.header.offset == frame.offset) return false;
  damage_->note(frame.offset, frame_name(frame.header) + " stands here again");
  return true;
}

void FrameScanner::check_order(const FoundFrame& frame) {
  const FrameHeader& header = frame.header;
  const std::string name = frame_name(header);
  const uint64_t expected = last_ ? last_->sequence + 1 : 0;
  if (resynced_) {
    // The gap has been told.
  } else if (header.sequence > expected) {
    damage_->note(frame.offset, range_name(expected, header.sequence - 1));
  } else if (header.sequence < expected) {
    damage_->note(frame.offset, name + " stands out of order");
  } else if (last_ && header.previous != last_->chain) {
    damage_->note(frame.offset, "the hash chain is broken before " + name);
  } else if (last_ && header.previous_offset != last_->offset) {
    damage_->note(frame.offset, name + " does not name the place of the frame before");
  }
  const uint64_t shift = frame.offset - header.offset;
  if (shift != shift_) {
    damage_->note(frame.offset, name + " was written at offset " + std::to_string(header.offset));
  }
  shift_ = shift;
}

// Goes to the next place where a good header stands. Text of a container may look like a frame, so
// a header that stands where it was written is preferred to all that do not. Once there is none
// left, that is remembered: the file is searched to its end twice at most, whatever is in it.
bool FrameScanner::resync() {
  resynced_ = true;
  std::optional<uint64_t> shifted;
  for (auto at = find_magic(position_ + 1); at; at = find_magic(*at + 1)) {
    FoundFrame frame;
    HeaderCheck check;
    if (!read_header(*at, &frame, &check) || check != HeaderCheck::kGood) continue;
    if (frame.header.offset == *at) {
      position_ = *at;
      return true;
    }
    if (!shifted) shifted = at;
    if (no_more_in_place_) break;
  }
  no_more_in_place_ = true;
  position_ = shifted.value_or(file_.size);
  return shifted.has_value();
}

// Keeps what it read: a file that is full of magics must not be read again for each of them.
std::optional<uint64_t> FrameScanner::find_magic(uint64_t from) {
  constexpr size_t kMagicSize = kFrameMagic.size();
  while (from < file_.size && file_.size - from >= kMagicSize) {
    if (from < chunk_offset_ || from + kMagicSize > chunk_offset_ + chunk_.size()) {
      chunk_offset_ = from;
      chunk_.resize(std::min<uint64_t>(kSearchChunk, file_.size - from));
      if (read_whole(file_.fd, chunk_, from) != 0) return {};
    }
    const uint8_t* begin = chunk_.data() + (from - chunk_offset_);
    const uint8_t* end = chunk_.data() + chunk_.size();
    const void* hit =
        memmem(begin, static_cast<size_t>(end - begin), kFrameMagic.data(), kMagicSize);
    if (hit) return from + static_cast<uint64_t>(static_cast<const uint8_t*>(hit) - begin);
    from = chunk_offset_ + chunk_.size() - (kMagicSize - 1);
  }
  return {};
}

}  // namespace ctrace
