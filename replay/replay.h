// Prints recordings: reader -> filter -> printer, and what is to be said about each file.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "format/file/recording_reader.h"
#include "format/filter/filter.h"
#include "format/print/printer.h"
#include "replay/follow.h"

namespace ctrace {

struct ReplayOptions {
  std::vector<std::string> files;
  FilterSpec filter;
  PrintOptions print;
  uint64_t limit = UINT64_MAX;  // print no more events than this, losses not counted
  std::string per_container;    // folder: each container's events into a file of its own
  std::string profile;          // file: events that this seccomp profile would refuse are marked
  bool follow = false;          // wait for more while a file is being written, see follow.h
};

// Takes one line for stderr, without program name and newline.
using Teller = std::function<void(std::string_view)>;

// Prints the wanted events of all files, one file after the other, and gives the exit code:
//   0  all were complete, are still being written or were cut short (a line tells the last two);
//      also when nobody reads the output any more (`| head`): then it ends at once and quietly
//   2  anything else: a file that cannot be read or is no recording (the other files are printed
//      all the same), damage (what is whole is printed), a container that is in none of the files
//      (nothing is printed), an output that cannot be written
// With per_container nothing goes to `out`. The table's heading is printed once. What a line says
// of a file comes after the file's events.
int replay(const ReplayOptions& options, const Filter& filter, OutputBuffer& out,
           const Teller& tell);

// A recording and its name, open.
struct OpenRecording {
  std::string path;
  std::unique_ptr<RecordingReader> reader;
};

// The part of replay() after opening, for readers of any make. `follower` may be null: no waiting.
int replay_recordings(const ReplayOptions& options, const Filter& filter,
                      const std::vector<OpenRecording>& recordings, OutputBuffer& out,
                      const Teller& tell, Follower* follower = nullptr);

}  // namespace ctrace
