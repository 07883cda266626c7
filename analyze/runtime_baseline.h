// The calls that a container runtime makes between loading the seccomp filter and the container's
// own execve. They are not the container's, but a profile without them does not start it.
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace ctrace {

// What is known of how a container was started.
struct RuntimeFacts {
  std::string_view runtime = {};  // "runc", "crun"; all else: unknown, the union of the runtimes
  std::string_view engine = {};   // "docker"
  // False also when not known: the list for false contains the one for true.
  bool no_new_privs = false;
  bool existing = false;  // ran before the recording began
};

void add_runtime_baseline(const RuntimeFacts& facts, std::set<std::string>& names);

}  // namespace ctrace
