// What the running kernel gives to BPF programs.
#pragma once

#include <linux/bpf.h>

namespace ctrace {

bool has_helper(bpf_func_id helper);
bool has_kernel_function(const char* name);  // as its BTF says
bool has_tracepoint(const char* name);       // one that takes BTF-typed programs

// Whether programs at tracepoints may be preempted, and there is what it takes to prevent that
// (bpf/preempt.bpf.h): kernels from 7.0 on, with tracefs mounted.
bool programs_are_preempted();

}  // namespace ctrace
