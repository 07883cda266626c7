#include "record/kernel_probe.h"

#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>

namespace ctrace {

KernelTypes::KernelTypes() : types_(btf__load_vmlinux_btf()) {}
void KernelTypes::Free::operator()(btf* types) const { btf__free(types); }

uint32_t KernelTypes::find(const std::string& name, uint32_t kind) const {
  const int id = types_ ? btf__find_by_name_kind(types_.get(), name.c_str(), kind) : 0;
  return id > 0 ? static_cast<uint32_t>(id) : 0;
}
bool KernelTypes::has_struct(const std::string& name) const {
  return find(name, BTF_KIND_STRUCT) != 0;
}
bool KernelTypes::has_function(const std::string& name) const {
  return find(name, BTF_KIND_FUNC) != 0;
}
bool KernelTypes::has_tracepoint(const std::string& name) const {
  return find("btf_trace_" + name, BTF_KIND_TYPEDEF) != 0;
}

// Asked of raw tracepoints: for tracing programs libbpf 1.1 asks with an fentry program, which does
// not load everywhere.
bool has_helper(bpf_func_id helper) {
  return libbpf_probe_bpf_helper(BPF_PROG_TYPE_RAW_TRACEPOINT, helper, nullptr) == 1;
}

bool programs_are_preempted(const KernelTypes& types) {
  utsname name;
  uname(&name);
  // Where libbpf looks for the number of a tracepoint.
  constexpr const char* kTracepoints[] = {
      "/sys/kernel/tracing/events/raw_syscalls/sys_exit/id",
      "/sys/kernel/debug/tracing/events/raw_syscalls/sys_exit/id"};
  const bool has_tracefs = std::any_of(std::begin(kTracepoints), std::end(kTracepoints),
                                       [](const char* path) { return access(path, R_OK) == 0; });
  return std::atoi(name.release) >= 7 && has_tracefs && types.has_function("bpf_preempt_disable");
}

}  // namespace ctrace
