#include "record/kernel_probe.h"

#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <string>

namespace ctrace {

// Asked of raw tracepoints: for tracing programs libbpf 1.1 asks with an fentry program, which does
// not load everywhere.
bool has_helper(bpf_func_id helper) {
  return libbpf_probe_bpf_helper(BPF_PROG_TYPE_RAW_TRACEPOINT, helper, nullptr) == 1;
}

namespace {

bool has_kernel_type(const std::string& name, uint32_t kind) {
  btf* kernel = btf__load_vmlinux_btf();
  if (!kernel) return false;
  const bool found = btf__find_by_name_kind(kernel, name.c_str(), kind) > 0;
  btf__free(kernel);
  return found;
}

}  // namespace

bool has_kernel_function(const char* name) { return has_kernel_type(name, BTF_KIND_FUNC); }

bool has_tracepoint(const char* name) {
  return has_kernel_type(std::string("btf_trace_") + name, BTF_KIND_TYPEDEF);
}

bool programs_are_preempted() {
  utsname name;
  uname(&name);
  // Where libbpf looks for the number of a tracepoint.
  constexpr const char* kTracepoints[] = {
      "/sys/kernel/tracing/events/raw_syscalls/sys_exit/id",
      "/sys/kernel/debug/tracing/events/raw_syscalls/sys_exit/id"};
  const bool has_tracefs = std::any_of(std::begin(kTracepoints), std::end(kTracepoints),
                                       [](const char* path) { return access(path, R_OK) == 0; });
  return std::atoi(name.release) >= 7 && has_tracefs && has_kernel_function("bpf_preempt_disable");
}

}  // namespace ctrace
