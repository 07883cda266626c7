// The capabilities of the calling thread, as capget(2) and capset(2) know them. They belong to
// threads: a thread that is started later begins with its starter's, one that runs already keeps
// what it has.
#pragma once

#include <cstdint>

#include "format/base/result.h"

namespace ctrace {

using CapabilitySet = uint64_t;  // bit CAP_X (linux/capability.h)
constexpr CapabilitySet capability_bit(int capability) { return CapabilitySet{1} << capability; }

// Empty when they cannot be read.
CapabilitySet effective_capabilities();
CapabilitySet permitted_capabilities();

// Which of the permitted ones are in effect; the others can be taken up again by the same means.
// What is not permitted is left out.
Result<void> use_capabilities(CapabilitySet wanted);
// Gives up all others for good, in every set that can be given up without a capability: permitted,
// effective, inheritable, and with these the ambient ones.
Result<void> keep_capabilities(CapabilitySet kept);

}  // namespace ctrace
