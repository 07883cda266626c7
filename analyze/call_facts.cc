#include "analyze/call_facts.h"

#include <algorithm>
#include <iterator>

#include "format/decode/decode.h"

namespace ctrace {
namespace {

struct RiskRow {
  std::string_view call;
  Risk risk;
};
constexpr RiskRow kRisks[] = {
    // The container's borders: mounts, roots, namespaces, handles past the root.
    {"mount", Risk::kEscape},
    {"umount", Risk::kEscape},
    {"umount2", Risk::kEscape},
    {"pivot_root", Risk::kEscape},
    {"chroot", Risk::kEscape},
    {"setns", Risk::kEscape},
    {"unshare", Risk::kEscape},
    {"open_by_handle_at", Risk::kEscape},
    {"open_tree", Risk::kEscape},
    {"open_tree_attr", Risk::kEscape},
    {"move_mount", Risk::kEscape},
    {"mount_setattr", Risk::kEscape},
    {"fsopen", Risk::kEscape},
    {"fsconfig", Risk::kEscape},
    {"fsmount", Risk::kEscape},
    {"fspick", Risk::kEscape},
    {"mknod", Risk::kEscape},
    {"mknodat", Risk::kEscape},
    {"keyctl", Risk::kEscape},
    {"add_key", Risk::kEscape},
    {"request_key", Risk::kEscape},
    // The kernel itself, and code of it that is large, young or known for holes.
    {"bpf", Risk::kKernel},
    {"userfaultfd", Risk::kKernel},
    {"io_uring_setup", Risk::kKernel},
    {"io_uring_enter", Risk::kKernel},
    {"io_uring_register", Risk::kKernel},
    {"init_module", Risk::kKernel},
    {"finit_module", Risk::kKernel},
    {"delete_module", Risk::kKernel},
    {"kexec_load", Risk::kKernel},
    {"kexec_file_load", Risk::kKernel},
    {"reboot", Risk::kKernel},
    {"swapon", Risk::kKernel},
    {"swapoff", Risk::kKernel},
    {"iopl", Risk::kKernel},
    {"ioperm", Risk::kKernel},
    {"modify_ldt", Risk::kKernel},
    {"vm86", Risk::kKernel},
    {"vm86old", Risk::kKernel},
    {"settimeofday", Risk::kKernel},
    {"clock_settime", Risk::kKernel},
    {"clock_settime64", Risk::kKernel},
    {"clock_adjtime", Risk::kKernel},
    {"clock_adjtime64", Risk::kKernel},
    {"adjtimex", Risk::kKernel},
    {"sethostname", Risk::kKernel},
    {"setdomainname", Risk::kKernel},
    {"acct", Risk::kKernel},
    {"quotactl", Risk::kKernel},
    {"quotactl_fd", Risk::kKernel},
    {"_sysctl", Risk::kKernel},
    {"uselib", Risk::kKernel},
    {"personality", Risk::kKernel},
    {"move_pages", Risk::kKernel},
    {"migrate_pages", Risk::kKernel},
    {"mbind", Risk::kKernel},
    {"set_mempolicy", Risk::kKernel},
    {"memfd_secret", Risk::kKernel},
    {"vmsplice", Risk::kKernel},
    // Identity and rights.
    {"setuid", Risk::kPrivilege},
    {"setgid", Risk::kPrivilege},
    {"setreuid", Risk::kPrivilege},
    {"setregid", Risk::kPrivilege},
    {"setresuid", Risk::kPrivilege},
    {"setresgid", Risk::kPrivilege},
    {"setgroups", Risk::kPrivilege},
    {"setfsuid", Risk::kPrivilege},
    {"setfsgid", Risk::kPrivilege},
    {"capset", Risk::kPrivilege},
    {"chown", Risk::kPrivilege},
    {"fchown", Risk::kPrivilege},
    {"lchown", Risk::kPrivilege},
    {"fchownat", Risk::kPrivilege},
    {"seccomp", Risk::kPrivilege},
    {"prctl", Risk::kPrivilege},
    // Other processes and the machine.
    {"ptrace", Risk::kObserve},
    {"process_vm_readv", Risk::kObserve},
    {"process_vm_writev", Risk::kObserve},
    {"process_madvise", Risk::kObserve},
    {"pidfd_getfd", Risk::kObserve},
    {"kcmp", Risk::kObserve},
    {"perf_event_open", Risk::kObserve},
    {"fanotify_init", Risk::kObserve},
    {"lookup_dcookie", Risk::kObserve},
    {"syslog", Risk::kObserve},
    {"name_to_handle_at", Risk::kObserve},
    {"listmount", Risk::kObserve},
    {"statmount", Risk::kObserve},
};

constexpr std::string_view kRiskNames[] = {"ordinary", "observe", "kernel", "privilege", "escape"};

// The calls that Docker's documentation names as refused by its default profile, and those that its
// profile lets through only with a capability that a container has not by default.
constexpr std::string_view kDockerDenies[] = {
    "acct",
    "add_key",
    "afs_syscall",
    "_sysctl",
    "bpf",
    "clock_adjtime",
    "clock_adjtime64",
    "clock_settime",
    "clock_settime64",
    "clone3",
    "create_module",
    "delete_module",
    "fanotify_init",
    "finit_module",
    "fsconfig",
    "fsmount",
    "fsopen",
    "fspick",
    "get_kernel_syms",
    "get_mempolicy",
    "getpmsg",
    "init_module",
    "io_uring_enter",
    "io_uring_register",
    "io_uring_setup",
    "ioperm",
    "iopl",
    "kcmp",
    "kexec_file_load",
    "kexec_load",
    "keyctl",
    "lookup_dcookie",
    "mbind",
    "mount",
    "mount_setattr",
    "move_mount",
    "move_pages",
    "migrate_pages",
    "nfsservctl",
    "open_by_handle_at",
    "open_tree",
    "perf_event_open",
    "pidfd_getfd",
    "pivot_root",
    "process_madvise",
    "putpmsg",
    "query_module",
    "quotactl",
    "quotactl_fd",
    "reboot",
    "request_key",
    "security",
    "set_mempolicy",
    "set_mempolicy_home_node",
    "setdomainname",
    "sethostname",
    "setns",
    "settimeofday",
    "stime",
    "swapoff",
    "swapon",
    "sysfs",
    "syslog",
    "tuxcall",
    "umount",
    "umount2",
    "unshare",
    "uselib",
    "userfaultfd",
    "ustat",
    "vhangup",
    "vm86",
    "vm86old",
    "vserver",
};
constexpr std::string_view kDockerSome[] = {"clone", "personality", "socket"};

constexpr uint32_t kAll = 0xffffffff;
// The flags that make namespaces (CLONE_NEW*; CLONE_NEWTIME cannot be clone's, whose exit signal
// has its bit).
constexpr uint32_t kNamespaces = 0x7e020000;
constexpr uint32_t kExec = 0x4;  // PROT_EXEC

// call, argument, its kind, bits, limit, the runtimes' value
constexpr CheckedArg kCheckedArgs[] = {
    {"bpf", 0, Kind::bpf_cmd, kAll, 8, 0},
    {"clone", 0, Kind::clone_flags, kNamespaces, 4, 0},
    {"fcntl", 1, Kind::fcntl_cmd, kAll, 16, 0},
    {"ioctl", 1, Kind::ioctl_request, kAll, 16, 0},
    {"keyctl", 0, Kind::keyctl_op, kAll, 8, 0},
    {"mmap", 2, Kind::prot, kExec, 1, 0},
    {"mprotect", 2, Kind::prot, kExec, 1, 0},
    {"personality", 0, Kind::personality_flags, kAll, 4, 0},
    {"pkey_mprotect", 2, Kind::prot, kExec, 1, 0},
    {"prctl", 0, Kind::prctl_option, kAll, 12, 0},
    {"setns", 1, Kind::namespace_flags, kAll, 4, 0},
    {"socket", 0, Kind::socket_family, kAll, 6, 0},
    {"socketpair", 0, Kind::socket_family, kAll, 6, 0},
    {"unshare", 0, Kind::namespace_flags, kAll, 4, 0},
};

constexpr std::string_view kWaits[] = {
    "accept",         "accept4",         "epoll_pwait", "epoll_pwait2", "epoll_wait",
    "epoll_wait_old", "io_getevents",    "poll",        "ppoll",        "ppoll_time64",
    "pselect6",       "pselect6_time64", "select",      "_newselect",
};

}  // namespace

Risk risk_of(std::string_view call) {
  const auto* row = std::ranges::find(kRisks, call, &RiskRow::call);
  return row == std::end(kRisks) ? Risk::kOrdinary : row->risk;
}

std::string_view risk_name(Risk risk) { return kRiskNames[static_cast<size_t>(risk)]; }

DockerDefault docker_default(std::string_view call) {
  if (std::ranges::find(kDockerDenies, call) != std::end(kDockerDenies)) {
    return DockerDefault::kDenied;
  }
  return std::ranges::find(kDockerSome, call) != std::end(kDockerSome) ? DockerDefault::kByArguments
                                                                       : DockerDefault::kAllowed;
}

std::string_view docker_word(DockerDefault allowed) {
  static constexpr std::string_view kWords[] = {"yes", "some", "no"};
  return kWords[static_cast<size_t>(allowed)];
}

std::span<const CheckedArg> checked_args() { return kCheckedArgs; }

const CheckedArg* find_checked_arg(std::string_view call) {
  const auto* row = std::ranges::find(kCheckedArgs, call, &CheckedArg::call);
  return row == std::end(kCheckedArgs) ? nullptr : row;
}

std::string checked_value(const CheckedArg& arg, uint64_t value) {
  OutputBuffer out(-1);
  if (value == 0 && !arg.is_whole()) return "none of the bits";
  if (!append_decoded(arg.kind, value, out)) out.append_hex(value);
  return out.text();
}

bool waits_for_work(std::string_view call) {
  return std::ranges::find(kWaits, call) != std::end(kWaits);
}

}  // namespace ctrace
