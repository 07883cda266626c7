// Which of the kernel's capability checks that a recording has (cap_capable) tell of a use.
//
//   CapabilityUses checks;                   // one a recording
//   for each of the chosen ones' own events: checks.see(event);
//       if (auto use = checks.use_of(event)) ...
//
// Counted are those against the user namespace in which the container began: in one that it made
// itself it has all capabilities whatever it was given. Checks that the kernel makes by the way do
// not count, but of seccomp filters, which it refuses without a word.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "format/model/event.h"

namespace ctrace {

class CapabilityUses {
 public:
  struct Use {
    int capability = 0;
    std::string call;  // empty: outside of one (a page fault)
  };

  void see(const Event& event);
  std::optional<Use> use_of(const Event& event);
  // Is the task of an event that was seen in the user namespace in which its container began?
  bool is_at_home(const Event& event) const;
  bool is_unsure() const { return is_unsure_; }  // checks by the way may be among the uses

 private:
  std::map<uint32_t, uint32_t> user_ns_;  // by container index
  bool is_unsure_ = false;
};

}  // namespace ctrace
