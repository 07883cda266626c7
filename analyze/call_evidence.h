// Who needed a call, when, how often and with what: gathered from a recording's events, call by
// call, for every rule to be traced back to them.
//
//   CallEvidence evidence(scope of time);
//   evidence.add(file's reader, chosen);     // any number of recordings: they add up
//   for (auto& [key, use] : evidence.calls()) ...
//
// Memory is bounded whatever the recording holds: of names and values the first kMaxNames are kept
// apart, the rest is counted together.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "analyze/scope.h"
#include "format/base/result.h"
#include "format/file/recording_reader.h"

namespace ctrace {

struct CallKey {
  std::string name;
  Abi abi = Abi::kX86_64;
  auto operator<=>(const CallKey&) const = default;
};

// Values with how often each was seen.
template <typename Value>
struct Tally {
  static constexpr size_t kMaxNames = 64;
  std::map<Value, uint64_t> counts;
  uint64_t others = 0;  // occurrences of values that found no room

  void add(const Value& value) {
    if (const auto found = counts.find(value); found != counts.end()) {
      ++found->second;
    } else if (counts.size() < kMaxNames) {
      counts.emplace(value, 1);
    } else {
      ++others;
    }
  }
};

struct CallUse {
  uint64_t count = 0, failed = 0;
  uint64_t startup = 0;                // of `count`, made while the container started
  uint64_t first_ns = 0, last_ns = 0;  // since the beginning of its recording
  uint64_t runs = 0;                   // recordings that have it
  Tally<std::string> comms;
  Tally<std::string> programs;  // by the paths of their execve; empty: not known
  Tally<int> errnos;
  // Of the argument that call_facts.h has for this call, masked.
  Tally<uint64_t> values;
  // The argument is not where it is expected (another table's registers): no rule can be made.
  bool values_unknown = false;
};

class CallEvidence {
 public:
  // A container starts until its first call that waits for work (accept, epoll_wait, poll, select
  // and their kind) has returned, or for `startup_ns` after its first own call, whichever is first.
  explicit CallEvidence(uint64_t startup_ns) : startup_ns_(startup_ns) {}

  Result<void> add(RecordingReader& reader, const Chosen& chosen);

  const std::map<CallKey, CallUse>& calls() const { return calls_; }
  // By call: values of the same argument in the runtime's set-up of the chosen containers.
  const std::map<std::string, Tally<uint64_t>>& setup_values() const { return setup_values_; }
  uint64_t recordings() const { return recordings_; }

 private:
  struct Start {
    uint64_t first_ns = 0;
    bool over = false;
  };
  void add_own(const Event& event, const std::string& program, uint64_t begin_ns);
  bool is_starting(const Event& event);

  uint64_t startup_ns_;
  uint64_t recordings_ = 0;
  std::map<CallKey, CallUse> calls_;
  std::map<std::string, Tally<uint64_t>> setup_values_;
  std::map<uint32_t, Start> starts_;                    // by container index, of one recording
  std::map<std::pair<uint16_t, Abi>, CallUse*> known_;  // by event id, of one recording
};

// Is `result` of a failed call? Gives its errno, else 0.
int errno_of(int64_t result);

}  // namespace ctrace
