// What a recording says about itself: facts of its beginning (RecordingHeader), of its end
// (RecordingTotals) and its state.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "format/model/event.h"

namespace ctrace {

struct RecordingHeader {
  std::string tool_version;
  std::string host_name, kernel_release, architecture, boot_id;
  std::vector<std::string> command_line;
  // The recorder's clocks, read together at the start; event times are monotonic.
  uint64_t monotonic_ns = 0, realtime_ns = 0, boottime_ns = 0;
  int32_t utc_offset_s = 0;  // the recorder's local time, so that replay prints the same hours
  uint32_t cpu_count = 0;
  // The filters in force as command line words ({"--set", "net"}); empty: everything of every
  // container, or of the command's process tree when command_mode is set.
  std::vector<std::string> filters;
  bool command_mode = false;
  std::vector<EventType> event_types;  // the schema: what the events of this file mean
};

// How often a container made a call.
struct CallCount {
  uint32_t container = 0;  // index, 0: host
  Phase phase = Phase::kHost;
  Abi abi = Abi::kX86_64;
  uint16_t event_id = 0;
  uint64_t count = 0;
  uint64_t failed = 0;  // result in [-4095, -1]
};

struct CpuTotals {
  uint64_t produced = 0;  // sequence numbers given out by the kernel side
  uint64_t received = 0;
  uint64_t dropped = 0;  // produced == received + dropped, or the recorder says so
};

struct RecordingTotals {
  uint64_t events = 0;  // events in the file, losses not counted
  uint64_t lost = 0;    // records that were produced and could not be received
  uint64_t unreadable_texts = 0, cut_texts = 0, recursion_misses = 0;
  uint64_t untallied = 0;          // calls that the kernel side could not tally
  uint64_t undecided_dropped = 0;  // calls of cgroups that turned out to be no container
  uint64_t end_ns = 0;             // monotonic
  std::vector<CpuTotals> cpus;
};

enum class RecordingState { kComplete, kCutShort, kBeingWritten };
const char* state_name(RecordingState state);  // "complete", "cut short", "being written"

}  // namespace ctrace
