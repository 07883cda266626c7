// Calls that a seccomp filter refused while they were recorded.
#pragma once

#include <set>
#include <utility>

#include "analyze/scope.h"
#include "format/base/result.h"

namespace ctrace {

// Seccomp decides before the recorder's enter, and what it refuses looks like a call that failed.
// So: of the chosen containers that ran under a filter, the calls (event id, ABI) each one of which
// ended with EPERM or ENOSYS. A call that failed so for other reasons (no capability) is among
// them: it did not do the container any good either.
Result<std::set<std::pair<uint16_t, Abi>>> find_denied(RecordingReader& reader,
                                                       const Chosen& chosen);

}  // namespace ctrace
