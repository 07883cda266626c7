// What the recorder must know of io_uring: how the running kernel's tracepoints tell of it, and the
// names of its operations.
#pragma once

#include <cstdint>
#include <string>

#include "bpf/plan.h"
#include "record/kernel_probe.h"

namespace ctrace {

// The arguments of the two tracepoints, by the kernel's BTF; IO_SUBMIT_NONE and IO_COMPLETE_NONE
// where the kernel has none that are known.
struct IoUringTracepoints {
  const char* submit_name = nullptr;
  wire::io_submit submit = wire::IO_SUBMIT_NONE;
  wire::io_complete complete = wire::IO_COMPLETE_NONE;
};
IoUringTracepoints find_io_uring_tracepoints(const KernelTypes& types);

// "IORING_OP_OPENAT" for 18, "IORING_OP_200" for one without a name here.
std::string io_uring_opcode_name(uint64_t opcode);

}  // namespace ctrace
