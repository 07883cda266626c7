// Writes a .ctr file. One writer belongs to one thread; it may have one of its own that compresses
// and writes (run_in_background()).
//
//   auto writer = RecordingWriter::create("run.ctr", header, {});
//   (*writer)->add(event);            // any number
//   (*writer)->put_container(row);    // as soon as something new is known
//   (*writer)->flush();               // at least once a second, so that a kill loses no more
//   (*writer)->finish(totals);        // index and trailer: the file is complete
//
// While the writer lives it holds a lock on the file (FORMAT.md), which is how readers know that it
// is being written. A writer that is destroyed without finish() leaves a file that was cut short.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "format/base/result.h"
#include "format/model/event.h"
#include "format/model/recording.h"

namespace ctrace {

struct WriterOptions {
  bool force = false;             // overwrite an existing file
  int level = 3;                  // zstd compression level
  uint32_t block_events = 65536;  // a block is flushed when it holds so many
  // What has so many values in a block has a chunk of its own. In real recordings smaller chunks
  // made files larger; these make them smaller: a column compresses best beside its like.
  size_t chunk_values = 8192;
};

class RecordingWriter {
 public:
  // Fails when the file exists (without `force`) or cannot be made. Mode 0600.
  static Result<std::unique_ptr<RecordingWriter>> create(const std::string& path,
                                                         const RecordingHeader& header,
                                                         const WriterOptions& options);
  virtual ~RecordingWriter() = default;

  // From here on flush() and full blocks are handed to a thread: at most one block waits for it,
  // then calls wait. What goes wrong there is what the next call says. The file is the same.
  virtual void run_in_background() = 0;
  // Compresses faster and worse by so many steps (0 to 3), to keep up; the blocks tell it.
  virtual void ease(unsigned steps) = 0;

  // Copies all of `event` that it needs. Writes a block when one is full.
  virtual Result<void> add(const Event& event) = 0;
  // A container's row, new or better known: written before the block that is being filled.
  virtual Result<void> put_container(const Container& container) = 0;
  // Every call so far as the kernel side counted it: complete also where events were lost or
  // filtered out. `running` replaces what was put before; `ended` is of containers that are gone,
  // and added to it for good. Written with the next flush.
  virtual Result<void> put_tallies(const std::vector<CallCount>& running,
                                   const std::vector<CallCount>& ended) = 0;
  // What was lost so far, by container and phase: likewise.
  virtual Result<void> put_drops(const std::vector<DropRow>& running,
                                 const std::vector<DropRow>& ended) = 0;
  // The running totals, stored with the next block.
  virtual void set_totals(const RecordingTotals& totals) = 0;
  // Writes what is held. After an error (disk full) the file ends at the last whole frame and
  // every further call fails with the same error.
  virtual Result<void> flush() = 0;
  virtual Result<void> finish(const RecordingTotals& totals) = 0;

  virtual uint64_t bytes_written() const = 0;
  virtual uint64_t events_written() const = 0;  // losses not counted
};

}  // namespace ctrace
