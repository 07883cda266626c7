// What else a container can be denied, beside system calls and capabilities: a root that is
// writable, programs that gain privileges, the root user, the network, namespaces.
//
//   HintFinder finder;
//   finder.add("a.ctr", reader, chosen);     // any number of recordings: they add up
//   for (const Hint& hint : finder.finish().hints) ...
//
// A hint is given only when it follows from what was seen; where it would need what the recordings
// do not have, it is untold, with the reason. As with all that is gathered from runs: work that was
// never recorded may need more.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "analyze/caps.h"
#include "analyze/network_use.h"
#include "analyze/process_paths.h"
#include "analyze/scope.h"
#include "analyze/written_paths.h"
#include "format/base/result.h"
#include "format/print/output_buffer.h"

namespace ctrace {

// Texts as they stand in the recording: escape them.
struct Hint {
  std::string name;      // "read-only-root"
  std::string value;     // "possible", "/tmp", "8080/tcp"
  std::string option;    // of docker run and podman run; empty: there is none
  std::string evidence;  // what it follows from
};
struct Untold {
  std::string name, why;
};
struct Hints {
  std::vector<Hint> hints;
  std::vector<Untold> untold;
};

class HintFinder {
 public:
  // `file` is how messages name the recording.
  Result<void> add(const std::string& file, RecordingReader& reader, const Chosen& chosen);
  Hints finish() const;
  uint64_t calls() const { return calls_; }  // of the chosen ones that were looked at

 private:
  void find_gaps(const std::string& file, RecordingReader& reader, const Chosen& chosen);
  void add_own(const Event& event);
  void add_exec(const Event& event);
  void add_namespaces(const Event& event);
  std::string gap() const { return gaps_.empty() ? std::string() : gaps_.front(); }
  std::string gap_of_calls() const;  // the same, and what is no call

  void tell_files(Hints& hints) const;
  void tell_privileges(Hints& hints) const;
  void tell_user(Hints& hints) const;
  void tell_network(Hints& hints) const;
  void tell_namespaces(Hints& hints) const;

  // Of one recording.
  ProcessPaths paths_;
  std::map<uint32_t, std::vector<uint32_t>> first_namespaces_;  // by container
  uint64_t last_serial_ = 0;

  // Of all.
  std::vector<std::string> gaps_;  // why what was not seen may have been all the same
  WrittenPaths written_;
  NetworkUse network_;
  CapabilityNeeds needs_;
  uint64_t calls_ = 0, opened_ = 0, containers_ = 0, read_only_roots_ = 0, no_new_privs_ = 0;
  uint64_t execs_ = 0, blind_execs_ = 0;  // blind: of recordings that tell nothing of privileges
  Counts privileged_;                     // programs that gained some
  Counts capsets_, io_uring_, namespace_makers_, ipc_;  // by process; ipc_ by call
  std::set<uint32_t> users_;
};

nlohmann::ordered_json hints_json(const Hints& hints);
void print_hints(const Hints& hints, OutputBuffer& out);  // the hints alone

}  // namespace ctrace
