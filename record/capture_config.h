// What the kernel side is told once, before it is loaded (struct capture_config in bpf/plan.h).
#pragma once

#include <cstdint>

#include "bpf/plan.h"
#include "record/kernel_probe.h"
#include "record/kernel_side.h"

namespace ctrace {

// Entries of the kernel side's table of tasks, a power of two: as many as there may be tasks, up to
// a limit.
uint32_t slot_count();

// All but what is known of io_uring.
void fill_config(const CaptureOptions& options, const KernelTypes& types, uint64_t ring_bytes,
                 uint32_t slots, wire::capture_config& config);

}  // namespace ctrace
