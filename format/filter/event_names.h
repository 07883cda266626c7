// Names of events and sets on a command line or in an expression, and the events that they mean.
#pragma once

#include <bitset>
#include <string_view>

#include "format/base/result.h"

namespace ctrace {

inline constexpr size_t kEventIdLimit = 5120;
using EventMask = std::bitset<kEventIdLimit>;  // bit i: the event with id i

// Adds the events of this name, or of all names that a pattern (glob.h) matches: "openat",
// "open*", "syscall_470". Fails with one line when there is none.
Result<void> add_events(std::string_view name, EventMask& mask);

// Adds the members of this set, or of all sets that a pattern matches: "net", "%file", "fs_*".
// All numbers that a table of system calls may have, the catalogue's and those it does not know.
void add_syscalls(EventMask& mask);
Result<void> add_sets(std::string_view name, EventMask& mask);

}  // namespace ctrace
