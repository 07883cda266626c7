#include "record/privileges.h"

#include <linux/capability.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <fstream>

namespace ctrace {
namespace {

uint64_t effective_capabilities() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.rfind("CapEff:", 0) == 0) return std::stoull(line.substr(7), nullptr, 16);
  }
  return 0;
}

constexpr ino_t kInitialPidNamespace = 0xEFFFFFFC;  // PROC_PID_INIT_INO, include/linux/proc_ns.h

constexpr uint64_t bit(int capability) { return uint64_t{1} << capability; }

}  // namespace

std::optional<std::string> missing_requirement() {
  const uint64_t have = effective_capabilities();
  const uint64_t needed = bit(CAP_BPF) | bit(CAP_PERFMON);
  if (!(have & bit(CAP_SYS_ADMIN)) && (have & needed) != needed)
    return "not enough privileges to load BPF programs: run it as root (or with CAP_BPF and "
           "CAP_PERFMON)";
  if (access("/sys/kernel/btf/vmlinux", R_OK) != 0)
    return "this kernel has no BTF (/sys/kernel/btf/vmlinux): it needs CONFIG_DEBUG_INFO_BTF, as "
           "the distributions' kernels since 5.10 have it";
  struct stat own = {};
  if (stat("/proc/self/ns/pid", &own) == 0 && own.st_ino != kInitialPidNamespace)
    return "it runs in a pid namespace of its own, where process numbers are not the kernel's: "
           "start it in the host's (docker run --pid=host)";
  return std::nullopt;
}

}  // namespace ctrace
