// The least set of system calls that recorded containers need.
//
//   Minset minset({.containers = {"web"}});   // by name or id; empty: all of each recording
//   minset.add("a.ctr", *reader);             // any number of recordings
//   auto set = minset.finish();   // what they made, and what their runtimes need to start them
//
// Taken from the recordings' call counts: no event is decoded unless argument rules or evidence are
// asked for. What may make the set too small, and what in it is
// worth a look, is told by warnings().
//
// Limits, which no set of names can mend: seccomp cannot look behind pointers (clone3's flags,
// socketcall), and does not see what is done through io_uring.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "analyze/call_evidence.h"
#include "analyze/runtime_baseline.h"
#include "analyze/scope.h"
#include "format/base/result.h"
#include "format/file/recording_reader.h"
#include "format/seccomp/seccomp_profile.h"

namespace ctrace {

struct MinsetChoice {
  std::vector<std::string> containers = {};
  bool exact = false;  // `containers` are whole names and ids
  Baseline baseline = Baseline::kRecorded;
  bool include_denied = false;  // calls that a filter refused while it was recorded
  bool args = false;            // rules for arguments with few values (call_facts.h)
  bool evidence = false;        // gather evidence()
  uint64_t startup_ns = 10'000'000'000;
};

class Minset {
 public:
  explicit Minset(MinsetChoice choice);

  Result<void> add(const std::string& file, RecordingReader& reader);
  // Fails when no call was found, or a wanted container in none of the recordings.
  Result<SyscallSet> finish();
  // One line each, in the order of add(); complete after finish(). With names as they stand in the
  // recording: escape them.
  const std::vector<std::string>& warnings() const { return warnings_; }

  const CallEvidence& evidence() const { return evidence_; }
  // Those that the runtime needs, seen or not.
  const std::set<std::string>& baseline() const { return baseline_; }
  // Calls that a filter refused each time while they were recorded, and that are not in the set for
  // that reason (--include-denied).
  const std::set<std::string>& denied() const { return denied_; }

 private:
  bool add_calls(RecordingReader& reader, const Chosen& chosen);
  void add_call(Abi abi, const EventType& type);
  void add_baseline(const RecordingReader& reader, const Container* container);
  void add_arg_rules();
  bool find_arg_rule(const std::string& name, std::vector<ArgRule>& rules);
  void warn_of_recording(const std::string& file, RecordingReader& reader);
  void warn_of_container(const Container& container);
  void warn_of_set();

  MinsetChoice choice_;
  Scope scope_;
  SyscallSet set_;
  std::map<CallKey, uint64_t> counted_;  // by the recordings' counters, events or not
  std::set<std::string> baseline_;
  std::set<std::string> unresolved_;  // "name (abi)"
  std::set<std::string> denied_;
  bool start_unseen_ = false;  // a container ran before its recording began
  bool any_container_ = false;
  CallEvidence evidence_;
  std::vector<std::string> warnings_;
};

}  // namespace ctrace
