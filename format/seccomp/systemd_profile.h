// The system call filter of a systemd unit: SystemCallFilter=, SystemCallLog=,
// SystemCallErrorNumber= and SystemCallArchitectures= among any other lines.
#pragma once

#include <string>

#include "format/seccomp/seccomp_profile.h"

namespace ctrace {

// As systemd 252 does it: the first SystemCallFilter= decides between a list of what is allowed
// (with systemd's @default added) and one of what is refused. Groups other than @default are not
// expanded: they are an error.
Result<SeccompProfile> parse_systemd_profile(const std::string& text, Abi native);

}  // namespace ctrace
