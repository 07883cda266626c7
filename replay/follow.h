// --follow: going on with a recording that is being written.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "format/file/recording_reader.h"

namespace ctrace {

// A reader shows a file as it was when it was opened, so the file is opened again and what was
// shown already is passed over. That costs as much as all of the file: so the waits grow with the
// time that reading takes, each pass finds a file that is longer by a fixed share, and all passes
// together cost a fixed multiple of the last one.
class Follower {
 public:
  using Open = std::function<Result<std::unique_ptr<RecordingReader>>(const std::string& path)>;
  // Sleeps; false: somebody wants it to end.
  using Sleep = std::function<bool(uint64_t ns)>;
  Follower(Open open, Sleep sleep) : open_(std::move(open)), sleep_(std::move(sleep)) {}

  // Waits until the file at `path` has more than `reader` showed, or is no longer being written.
  // `pass_ns` is how long the last pass took. Null: there will be no more.
  std::unique_ptr<RecordingReader> wait_for_more(const std::string& path, RecordingReader& reader,
                                                 uint64_t pass_ns);

 private:
  Open open_;
  Sleep sleep_;
};

// With the real file and clock; SIGINT and SIGTERM end the waiting.
Follower make_follower();
// One of these signals came.
bool follow_interrupted();

}  // namespace ctrace
