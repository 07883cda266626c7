// By which cgroup hierarchy containers are told apart.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "record/kernel_probe.h"

namespace ctrace {

// cgroup v2 wherever it is mounted, since every runtime uses it then. A machine that has v1 alone
// puts all tasks into v2's root; there a controller's own hierarchy tells, as runtimes make their
// cgroups in all of them.
struct CgroupHierarchy {
  std::string mount;       // "/sys/fs/cgroup/pids", without the host root; empty: none is mounted
  std::string controller;  // v1: "pids"; empty: v2
  uint32_t id = 0;         // as the first field of /proc/PID/cgroup; 0: v2

  bool is_v1() const { return !controller.empty(); }
};

// From /proc/self/mounts and /proc/self/cgroup below `host_root`.
CgroupHierarchy find_cgroup_hierarchy(const std::string& host_root);

// The cgroup of a process in it: its path from the mount, and its id; 0 and "" where it has none.
struct CgroupPlace {
  uint64_t id = 0;
  std::string path;
};
CgroupPlace cgroup_of_process(const std::string& host_root, pid_t pid);

// Where the running kernel's struct css_set keeps a task's cgroup of a v1 controller's hierarchy,
// in bytes from its begin, by the kernel's BTF; 0 when the kernel has no such controller.
uint32_t css_set_offset(const KernelTypes& types, const std::string& controller);

}  // namespace ctrace
