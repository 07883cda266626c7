// The calls that a container runtime makes between loading the seccomp filter and the container's
// own execve. They are not the container's, but a profile without them does not start it.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "format/base/result.h"
#include "format/model/event.h"

namespace ctrace {

// What is known of how a container was started.
struct RuntimeFacts {
  std::string_view runtime =
      {};                        // one that has rows; all else: unknown, the union of runc and crun
  std::string_view engine = {};  // "docker"
  // False also when not known: the list for false contains the one for true.
  bool no_new_privs = false;
  bool existing = false;  // ran before the recording began
};

void add_runtime_baseline(const RuntimeFacts& facts, std::set<std::string>& names);

// Reading the clock, to a baseline that is not empty. Recordings rarely show it, but where user
// space cannot read the machine's clock (a VM whose clock source is hpet or acpi_pm) it is a call:
// a start by runc makes it there, and a profile from another machine must not end that.
void add_clock_calls(std::set<std::string>& names);

// Whose calls between the filter's load and the container's execve are added: those of the runtime
// that the recording names (all known ones when it names none), of one, of all, none.
enum class Baseline { kRecorded, kRunc, kCrun, kUnion, kNone };
Result<Baseline> baseline_by_name(std::string_view name);

// What `container` (null: a command without one, which kRecorded gives nothing) needs on a machine
// whose own table is `native`.
std::set<std::string> baseline_names(Baseline baseline, const Container* container, Abi native);

}  // namespace ctrace
