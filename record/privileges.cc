#include "record/privileges.h"

#include <linux/capability.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string_view>

#include "format/base/capabilities.h"

namespace ctrace {
namespace {

constexpr ino_t kInitialPidNamespace = 0xEFFFFFFC;  // PROC_PID_INIT_INO, include/linux/proc_ns.h

struct Needed {
  int capability;
  std::string_view name;
};
constexpr Needed kNeeded[] = {{CAP_BPF, "CAP_BPF"}, {CAP_PERFMON, "CAP_PERFMON"}};

std::optional<std::string> missing_capability() {
  const CapabilitySet have = effective_capabilities();
  if (have & capability_bit(CAP_SYS_ADMIN)) return std::nullopt;  // stands for both
  std::string lacking;
  for (const Needed& row : kNeeded) {
    if (have & capability_bit(row.capability)) continue;
    lacking += lacking.empty() ? "" : " and ";
    lacking += row.name;
  }
  if (lacking.empty()) return std::nullopt;
  return "not enough privileges to load BPF programs: " + lacking +
         " missing (run it as root, or with CAP_BPF, CAP_PERFMON and, for the names of others' "
         "containers, CAP_DAC_READ_SEARCH and CAP_SYS_PTRACE)";
}

}  // namespace

std::optional<std::string> missing_requirement() {
  if (auto lacking = missing_capability()) return lacking;
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
