// A program under a seccomp profile, as a container runtime would put it there.
#pragma once

#include <string>
#include <vector>

#include "format/base/result.h"
#include "format/seccomp/profile_reader.h"

namespace ctrace {

// Loads the profile's filter and becomes the command, looked for in PATH: returns only when that
// failed. Without CAP_SYS_ADMIN, or when asked to, sets no_new_privs before.
//
// The last call before the filter is in force is seccomp(2), the first one after it execve(2):
// a profile that does not allow that starts nothing.
Error become_under(const LoadedProfile& profile, const std::vector<std::string>& words,
                   bool no_new_privs);

}  // namespace ctrace
