// Walks the frames of a .ctr file from its beginning: whole frames only, over damage (FORMAT.md
// §5).
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "format/base/result.h"
#include "format/file/damage_log.h"
#include "format/file/frame.h"

namespace ctrace {

struct FoundFrame {
  uint64_t offset = 0;  // where it stands; header.offset is where it was written
  FrameHeader header;
  FrameHeaderBytes bytes;
};

// A file as the scanner sees it: descriptor, size at one moment, name for messages.
struct InputFile {
  int fd = -1;
  uint64_t size = 0;
  std::string path;
};

// The good header at `offset`; empty when there is none, or its parts end behind the file's end.
std::optional<FoundFrame> frame_at(const InputFile& file, uint64_t offset);

// Reads the parts of `frame` into `buffer` and checks the checksum; the message of an error has no
// file name: "checksum of block 3 does not match".
Result<std::span<const uint8_t>> read_payload(const InputFile& file, const FoundFrame& frame,
                                              std::vector<uint8_t>* buffer);
// The bytes of part `i`.
std::span<const uint8_t> part_of(const FrameHeader& header, std::span<const uint8_t> payload,
                                 size_t i);

// "block 3", "index 17": what a frame is called in messages.
std::string frame_name(const FrameHeader& header);

class FrameScanner {
 public:
  // Reads `file` (which must outlive the scanner) and notes what is wrong between frames in
  // `damage`.
  FrameScanner(const InputFile& file, DamageLog* damage) : file_(file), damage_(damage) {}

  // The next whole frame that has not been seen before; empty at the end.
  std::optional<FoundFrame> next();
  // The file ends within a frame. Known when next() gave nothing.
  bool ends_in_frame() const { return ends_in_frame_; }
  // Where the scanner stands: behind the last frame.
  uint64_t position() const { return position_; }

 private:
  bool read_header(uint64_t offset, FoundFrame* frame, HeaderCheck* check);
  bool resync();
  std::optional<uint64_t> find_magic(uint64_t from);
  void check_order(const FoundFrame& frame);
  bool is_repeat(const FoundFrame& frame);

  const InputFile& file_;
  DamageLog* damage_;
  uint64_t position_ = 0;
  bool ends_in_frame_ = false;
  // The frame before, unless something unreadable stood between.
  std::optional<FrameHeader> last_;
  bool resynced_ = false;
  uint64_t shift_ = 0;  // place minus place of writing, of the frame before
  bool no_more_in_place_ = false;
  std::set<uint64_t> seen_;  // sequences
  // What find_magic() read last, and where it stands in the file.
  std::vector<uint8_t> chunk_;
  uint64_t chunk_offset_ = 0;
};

}  // namespace ctrace
