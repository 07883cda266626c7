// A set of system calls as an OCI seccomp profile (linux.seccomp of the runtime specification),
// the one dialect that runc, crun, containerd, CRI-O, podman and docker all read.
#pragma once

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "format/base/result.h"
#include "format/model/event.h"

namespace ctrace {

enum class DefaultAction { kErrno, kKill };
Result<DefaultAction> default_action_by_name(std::string_view name);

// Names are in OCI's one list for all ABIs: a name allows the call in each of `abis` that has it.
struct SyscallSet {
  std::set<Abi> abis;
  std::set<std::string> names;
};

// Whether libseccomp (so the runtime) knows `name` in table `abi`; a profile with other names is
// refused by some runtimes.
bool seccomp_knows(Abi abi, const std::string& name);

// Newer calls that `set` lacks while it has their older twin. libc falls back to the twin when the
// newer call says ENOSYS, not when it says EPERM, so these must be answered with ENOSYS.
std::vector<std::string> newer_twins(const SyscallSet& set);

nlohmann::ordered_json seccomp_profile(const SyscallSet& set, DefaultAction action);

}  // namespace ctrace
