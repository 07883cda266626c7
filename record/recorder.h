// The recorder: loads the capture, lets events through tracker, gate and filter to the file and
// the terminal, and ends when told.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "format/base/result.h"
#include "format/filter/filter.h"
#include "format/options/program.h"
#include "format/print/printer.h"
#include "record/plan.h"

namespace ctrace {

struct RecordOptions {
  std::string output;    // file; empty: live only
  bool print = false;    // live too while writing a file
  bool summary = false;  // no events: the kernel side's tallies and the containers alone
  bool force = false;
  bool lossless = false;   // freeze what is recorded while the rings are full
  bool durations = false;  // how long each call takes
  Depth depth;             // what buffers hold, and environments
  PrintOptions show;
  OutputPaths paths;
  int out_fd = 1;  // where the events go that are shown
  FilterSpec filter;
  bool until_exit = false;   // ends when the containers that are recorded have ended
  uint64_t duration_ns = 0;  // 0: until a signal, or the command's end
  uint64_t ring_bytes = 16u << 20;
  std::string host_root;                 // "" is /
  std::vector<std::string> api_sockets;  // of engines, beside the usual ones; "none": none at all
  // A container whose runtime waits for the recorder: its first process, 0 for none. Recorded as
  // one that was just made; the recording ends with it, also when it never began.
  pid_t newborn_pid = 0;
  std::function<void()> attached;  // called once, when from now on nothing is missed
  std::vector<std::string> command;
  std::vector<std::string> command_line;  // all of the recorder's own, for the header
};

// Runs to the end. The value is the exit status: the command's, else 0. An error is the
// recorder's own.
Result<int> record(const RecordOptions& options);

}  // namespace ctrace
