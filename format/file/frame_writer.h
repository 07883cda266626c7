// Appends frames to a .ctr file: durable, chained, one write a frame. Knows nothing of events.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "format/base/file.h"
#include "format/base/hash.h"
#include "format/base/result.h"
#include "format/file/frame.h"
#include "format/file/part.h"

namespace ctrace {

class FrameWriter {
 public:
  // Makes the file, locked for writing. With `force` an existing regular file is unlinked first, so
  // that whoever has it open keeps it; anything else that exists is refused.
  static Result<std::unique_ptr<FrameWriter>> create(const std::string& path, bool force,
                                                     int level);

  // What becomes one zstd frame each, one behind the other; more than one has a block's body alone.
  struct Part {
    Part(const Builder* finished_part) : chunks{finished(*finished_part)} {}  // NOLINT: implicit
    explicit Part(std::vector<std::span<const uint8_t>> raw_chunks)
        : chunks(std::move(raw_chunks)) {}
    std::vector<std::span<const uint8_t>> chunks;
  };
  struct Content {
    FrameKind kind = FrameKind::kTrailer;
    uint64_t time_min = 0, time_max = 0;
    uint32_t events = 0;
    std::vector<Part> parts;  // at most kMaxParts
  };
  // After an error the file ends at the last whole frame and all further calls fail the same way.
  Result<void> append(const Content& content);

  // Compression of the frames to come.
  void set_level(int level) { compressor_.set_level(level); }

  // Makes what was written durable and closes the file; drops the lock.
  Result<void> close();
  // Takes the file away again: of use while nothing but its beginning was tried.
  void remove();

  uint64_t size() const { return size_; }
  // Of the last frame that was written; frame_size() of it lies before size().
  const FrameHeader& last() const { return last_; }

 private:
  FrameWriter(FileDescriptor file, const std::string& path, int level);
  Result<void> compress(const Content& content, FrameHeader* header);
  Result<void> fail(int number);
  Result<void> fail(Error error);

  FileDescriptor file_;
  std::string path_;
  PartCompressor compressor_;
  Sha256 sha_;
  std::vector<uint8_t> payload_;
  FrameHeader last_;
  uint64_t frames_ = 0;
  uint64_t size_ = 0;
  std::optional<Error> error_;
};

}  // namespace ctrace
