// The catalogue and the filter as the kernel side wants them: what to do at the exit of each
// system call.
#pragma once

#include <array>

#include "bpf/event.h"
#include "format/filter/filter.h"

namespace ctrace {

// Native and x32 numbers, then those of 32-bit programs (i386, or arm on arm64), then
// x32's own.
using PlanTable = std::array<wire::plan, wire::PLAN_ROWS>;
// Without `events` no call is recorded, whatever the filter says.
PlanTable make_plans(const Filter& filter, bool events);

// Whether calls are wanted that close descriptors, so that these must be remembered.
bool names_gone(const Filter& filter);

}  // namespace ctrace
