// What a recording says about itself: facts of its beginning (RecordingHeader), of its end
// (RecordingTotals) and its state.
#pragma once

#include <cstdint>
#include <iterator>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

#include "format/model/event.h"

namespace ctrace {

// How capability checks that succeeded are told of (event cap_capable); the numbers stand in files.
enum class CapabilityChecks : uint8_t {
  kNone = 0,     // not recorded: the kernel does not tell, or the events were filtered out
  kAll = 1,      // also those that the kernel makes by the way: audited is -1
  kAudited = 2,  // those apart: audited is 0
  kRefused = 3,  // not recorded: the kernel has them, but refused the program that would tell
};
constexpr bool are_recorded(CapabilityChecks checks) {
  return checks == CapabilityChecks::kAll || checks == CapabilityChecks::kAudited;
}

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
  CapabilityChecks capability_checks = CapabilityChecks::kNone;
  bool durations = false;              // how long calls took is recorded
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
  uint64_t denied = 0;  // certainly refused by a seccomp filter, is_refused(); may be more
};

// What went missing, by class: whole records, and parts of records that are there.
enum class DropClass : uint8_t {
  kCall = 0,        // a system call, or who makes it when that changed by one
  kLifecycle = 1,   // a fork, an execve, an exit, a cgroup, the first word of a task
  kReentered = 2,   // a record inside of another one
  kNotTakenIn = 3,  // a new cgroup for which the kernel side had no room
};
inline constexpr std::string_view kDropClassNames[] = {"calls", "lifecycle", "reentered",
                                                       "cgroups not taken in"};
enum class ShedClass : uint8_t { kPayload = 0, kText = 1 };
struct DropCounts {
  uint64_t dropped[std::size(kDropClassNames)] = {};  // records, by DropClass
  uint64_t shed[2] = {};                              // payloads and texts not read, by ShedClass

  uint64_t records() const { return std::accumulate(std::begin(dropped), std::end(dropped), 0ull); }
  bool any() const { return records() + shed[0] + shed[1] > 0; }
  void add(const DropCounts& other);
  bool operator==(const DropCounts&) const = default;
};

// Who lost what.
struct DropRow {
  uint32_t container = 0;  // index, 0: none that is recorded, or nobody
  Phase phase = Phase::kHost;
  DropCounts counts;
};

// One CPU's account.
struct CpuTotals {
  uint64_t produced = 0;  // sequence numbers given out by the kernel side
  uint64_t received = 0;
  uint64_t dropped = 0;     // produced == received + dropped, or the recorder says so
  DropCounts classes = {};  // of dropped
};

struct RecordingTotals {
  uint64_t events = 0;  // events in the file, losses not counted
  uint64_t lost = 0;    // records that were produced and could not be received
  uint64_t unreadable_texts = 0, cut_texts = 0, recursion_misses = 0;
  uint64_t untallied = 0;  // calls that the kernel side could not tally
  // Calls under a seccomp filter that failed or were killed without it being known whether the
  // filter refused them: they are not told as denied.
  uint64_t undecided_denials = 0;
  uint64_t undecided_dropped = 0;  // calls of cgroups that turned out to be no container
  uint64_t end_ns = 0;             // monotonic
  // How often a table of the kernel side had no room: for a task, a new cgroup, a tally.
  uint64_t full_members = 0, full_cgroups = 0, full_tallies = 0;
  // Records made on CPUs that came after the recording began and have no ring: lost, in no account.
  uint64_t ringless = 0;
  // When the counters of `cpus` were read, monotonic. 0: an older recorder, whose received and
  // dropped were no counters of their own.
  uint64_t accounted_ns = 0;
  uint64_t eased_blocks = 0;  // compressed less than asked for, to keep up
  // How often --lossless froze the containers, and for how long in all.
  uint64_t freezes = 0, frozen_ns = 0;
  std::vector<CpuTotals> cpus;

  DropCounts drops() const;  // of all CPUs
};

// The system call table of the machine that a recording was made on.
inline Abi native_abi(const std::string& architecture) {
  return architecture == "aarch64" || architecture == "arm64" ? Abi::kArm64 : Abi::kX86_64;
}

enum class RecordingState { kComplete, kCutShort, kBeingWritten };
const char* state_name(RecordingState state);  // "complete", "cut short", "being written"

}  // namespace ctrace
