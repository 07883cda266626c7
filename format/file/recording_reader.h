// Reads a .ctr file, also one that is being written, was cut short or is damaged: every whole
// frame is delivered, what is wrong is told by damage(). Nothing but the file is read.
// All of the file is hostile: every length, index and enumerator is checked before use.
//
//   auto reader = RecordingReader::open("run.ctr");
//   EventSink: called for each event in the order of the stream
//   auto done = (*reader)->read(selection, [&](const Event& e) { print(e); return true; });
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "format/base/result.h"
#include "format/model/event.h"
#include "format/model/recording.h"

namespace ctrace {

// Something that is not as it was written. `offset` is in bytes from the beginning of the file.
struct Damage {
  uint64_t offset = 0;
  std::string what;  // "checksum of block 3 does not match", lower-case, no file name
};

// Which blocks must be decoded. A reader may deliver more than asked, never less: the caller's
// filter decides in the end. `lost` events are always delivered.
struct Selection {
  // Empty: all event ids. Else event_ids[id] tells; ids past its end are not wanted.
  std::vector<bool> event_ids;
};

class RecordingReader {
 public:
  // Fails for what is no .ctr (Error::Kind::kNotARecording) and for a newer major version
  // (kNewerVersion), or with a system error.
  static Result<std::unique_ptr<RecordingReader>> open(const std::string& path);
  virtual ~RecordingReader() = default;

  virtual const RecordingHeader& header() const = 0;
  virtual uint64_t file_size() const = 0;

  // Delivers the events in the order of the stream until the end of what is readable or until
  // `sink` returns false. The event lives during the call of `sink` alone, which may ask this
  // reader for nothing that was not asked for before. May be called again.
  virtual Result<void> read(const Selection& selection,
                            const std::function<bool(const Event&)>& sink) = 0;

  // From the index, or (torn file) from the blocks' summaries, and from the recorder's tallies
  // where these know of more; no event is decoded.
  virtual const std::vector<CallCount>& call_counts() = 0;
  // Whether the counts of system calls are complete although events may have been filtered or lost:
  // the kernel side tallied every call of what was recorded, and the recording was ended properly.
  virtual bool has_tallies() { return false; }
  // Who lost what; empty when nothing was lost, or when it was not told (older recorders).
  virtual const std::vector<DropRow>& drops() {
    static const std::vector<DropRow> kNone;
    return kNone;
  }
  // Final rows by index.
  virtual const std::map<uint32_t, Container>& containers() = 0;
  virtual RecordingState state() = 0;
  // Of the trailer, or what can be known of a file without one (the last block's running totals).
  virtual const RecordingTotals& totals() = 0;
  // Time of the first and the last event; 0, 0 when there is none.
  virtual std::pair<uint64_t, uint64_t> time_range_ns() = 0;

  // Checks all of the file: checksums, the hash chain, every block decoded, produced = received +
  // dropped. The result is also added to damage().
  virtual void verify() = 0;
  // The chain value of the last whole frame, after verify(), in hexadecimal digits: whoever kept it
  // elsewhere can tell later whether the file is the same.
  virtual std::string chain() const { return {}; }
  // What was found wrong by the calls so far, in the order of the file; empty: nothing.
  virtual const std::vector<Damage>& damage() const = 0;
};

}  // namespace ctrace
