// The catalogue and the filter as the kernel side wants them: what to do at the exit of each
// system call.
#pragma once

#include <array>

#include "bpf/plan.h"
#include "format/catalogue/catalogue.h"
#include "format/filter/filter.h"

namespace ctrace {

using Pointees = std::array<wire::pointee, wire::MAX_POINTEES>;
struct Plans {
  // Native and x32 numbers, then those of 32-bit programs (i386, or arm on arm64), then x32's own.
  std::array<wire::plan, wire::PLAN_ROWS> calls;
  Pointees pointees;  // that their blobs name
};
// How deep it is read.
struct Depth {
  uint16_t payload_bytes = 0;  // of what buffers hold, at most wire::MAX_BYTES
  bool environment = false;    // of execve
  Extras extras() const { return {payload_bytes > 0, environment}; }
};

// Without `events` no call is recorded, whatever the filter says.
Plans make_plans(const Filter& filter, bool events, const Depth& depth = {});

// Whether calls are wanted that close descriptors, so that these must be remembered.
bool names_gone(const Filter& filter);

}  // namespace ctrace
