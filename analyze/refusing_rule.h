// Why a profile does not let a call through, in words.
#pragma once

#include <string>
#include <string_view>

#include "format/seccomp/seccomp_profile.h"

namespace ctrace {

// "not named"; "named for SCMP_ACT_ERRNO"; "only with arg0 & 0xffffffff = 0x2"; "no i386 table".
std::string refusing_rule(const SeccompProfile& profile, Abi abi, std::string_view call);

}  // namespace ctrace
