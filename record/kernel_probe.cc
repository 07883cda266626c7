#include "record/kernel_probe.h"

#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <iterator>

namespace ctrace {

namespace {

constexpr size_t kHashes = 1u << 15;

size_t hash_of(std::string_view name) { return std::hash<std::string_view>()(name) % kHashes; }

}  // namespace

KernelTypes::KernelTypes() : types_(btf__load_vmlinux_btf()) {
  if (!types_) return;
  const uint32_t count = btf__type_cnt(types_.get());
  first_.assign(kHashes, 0);
  next_.assign(count, 0);
  for (uint32_t id = count - 1; id > 0; --id) {
    const uint32_t name = btf__type_by_id(types_.get(), id)->name_off;
    if (!name) continue;
    uint32_t& first = first_[hash_of(btf__name_by_offset(types_.get(), name))];
    next_[id] = first;
    first = id;
  }
}
void KernelTypes::Free::operator()(btf* types) const { btf__free(types); }

std::vector<uint32_t> KernelTypes::named(std::string_view name) const {
  std::vector<uint32_t> ids;
  for (uint32_t id = types_ ? first_[hash_of(name)] : 0; id != 0; id = next_[id]) {
    if (name == btf__name_by_offset(types_.get(), btf__type_by_id(types_.get(), id)->name_off))
      ids.push_back(id);
  }
  return ids;
}

uint32_t KernelTypes::find(const std::string& name, uint32_t kind) const {
  for (uint32_t id : named(name))
    if (btf_kind(btf__type_by_id(types_.get(), id)) == kind) return id;
  return 0;
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

bool has_casts(const KernelTypes& types) {
  return !getenv("CTRACE_OLDER") && types.has_function("bpf_rdonly_cast");
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
