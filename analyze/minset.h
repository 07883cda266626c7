// The least set of system calls that recorded containers need.
//
//   Minset minset({"web"});           // containers by name or id; empty: all of each recording
//   minset.add("a.ctr", *reader);     // any number of recordings
//   auto set = minset.finish();       // what they made, and what their runtimes need to start them
//
// Taken from the recordings' call counts: no event is decoded, and an event that was dropped after
// it was counted is not missing. What may make the set too small is told by warnings().
//
// Limits, which no set of names can mend: seccomp cannot look behind pointers (clone3's flags,
// socketcall), and does not see what is done through io_uring. restart_syscall, which the kernel
// makes for a process that is stopped and continued inside a sleep, is there only when it was seen.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "analyze/seccomp_profile.h"
#include "format/base/result.h"
#include "format/file/recording_reader.h"

namespace ctrace {

class Minset {
 public:
  explicit Minset(std::vector<std::string> containers) : wanted_(std::move(containers)) {}

  void add(const std::string& file, RecordingReader& reader);
  // Fails when no call was found, or a wanted container in none of the recordings.
  Result<SyscallSet> finish();
  // One line each, in the order of add(); complete after finish(). With names as they stand in the
  // recording: escape them.
  const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  std::set<uint32_t> choose_containers(RecordingReader& reader);
  bool add_calls(RecordingReader& reader, const std::set<uint32_t>& containers, bool host);
  void add_call(Abi abi, const EventType& type);
  void add_baseline(const RecordingReader& reader, const Container& container);
  void warn_of_recording(const std::string& file, RecordingReader& reader);
  void warn_of_container(const Container& container);

  std::vector<std::string> wanted_;
  std::set<std::string> found_;  // of wanted_
  SyscallSet set_;
  std::set<std::string> baseline_;
  std::set<std::string> unresolved_;  // "name (abi)"
  std::vector<std::string> warnings_;
};

}  // namespace ctrace
