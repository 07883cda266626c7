// What the running kernel gives to BPF programs.
#pragma once

#include <linux/bpf.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct btf;

namespace ctrace {

// The running kernel's types, as its BTF says. Some megabytes, read anew by each object: to be had
// while the programs are loaded, and not longer.
class KernelTypes {
 public:
  KernelTypes();

  const btf* get() const { return types_.get(); }  // null where the kernel tells nothing
  // The numbers of all types of this name, of any kind, in order.
  std::vector<uint32_t> named(std::string_view name) const;
  // By name and BTF_KIND_*; 0 when there is none.
  uint32_t find(const std::string& name, uint32_t kind) const;
  bool has_struct(const std::string& name) const;
  bool has_function(const std::string& name) const;
  bool has_tracepoint(const std::string& name) const;  // one that takes BTF-typed programs

 private:
  struct Free {
    void operator()(btf* types) const;
  };
  std::unique_ptr<btf, Free> types_;
  // By hash of the name: the first type; by type: the next one with the same hash. A search through
  // all types for each of some fifty names took a tenth of the time of a start.
  std::vector<uint32_t> first_, next_;
};

bool has_helper(bpf_func_id helper);
// bpf_rdonly_cast(), since 6.2. CTRACE_OLDER=1 says that there is none, so that a newer kernel runs
// what is for older ones.
bool has_casts(const KernelTypes& types);

// Whether programs at tracepoints may be preempted, and there is what it takes to prevent that
// (bpf/preempt.bpf.h): kernels from 7.0 on, with tracefs mounted.
bool programs_are_preempted(const KernelTypes& types);

}  // namespace ctrace
