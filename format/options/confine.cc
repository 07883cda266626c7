#include "format/options/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <iterator>

#include "format/base/sanitized.h"
#include "format/catalogue/catalogue.h"

namespace ctrace {
namespace {

#if defined(__x86_64__)
constexpr uint32_t kArchitecture = AUDIT_ARCH_X86_64;
constexpr int16_t SyscallRow::*kNumber = &SyscallRow::x86_64;
#elif defined(__aarch64__)
constexpr uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
constexpr int16_t SyscallRow::*kNumber = &SyscallRow::arm64;
#else
#error "confine.cc does not know this architecture's system calls"
#endif

// What glibc and musl need though a recording rarely shows it. None of them reaches beyond the
// process itself and what it has open.
constexpr std::string_view kLibraryCalls[] = {
    // The end, wanted or not: exit, abort() with its message, assert.
    "exit", "exit_group", "gettid", "getpid", "tgkill", "rt_sigprocmask", "rt_sigaction",
    "rt_sigreturn", "restart_syscall", "sigaltstack", "write", "writev",
    // Memory: malloc's arenas, trimming, large blocks; hardened malloc's random numbers.
    "brk", "mmap", "munmap", "mprotect", "mremap", "madvise", "getrandom",
    // Threads: clone is for threads alone, see kArgRules.
    "clone", "futex", "set_robust_list", "rseq", "sched_yield", "sched_getaffinity", "getcpu",
    "prlimit64", "prctl", "membarrier",
    // Clocks, where the vDSO has none.
    "clock_gettime", "clock_getres", "gettimeofday", "time", "clock_nanosleep", "nanosleep",
    // Files that are open; and of others the older call where a newer one is answered ENOSYS.
    "close", "read", "readv", "lseek", "fcntl", "fstat", "newfstatat", "ioctl", "open", "openat",
    "stat", "lstat", "sysinfo", "uname", "poll", "ppoll"};

// Where the program writes files (ctrace-analyze apply, minset --each), and nowhere else.
constexpr std::string_view kFileChanges[] = {"fchmod",   "fchown",    "mkdir",  "mkdirat", "rename",
                                             "renameat", "renameat2", "unlink", "unlinkat"};

constexpr uint32_t kWrites = O_ACCMODE | O_CREAT | O_TRUNC | (O_TMPFILE & ~O_DIRECTORY);

// What a call's argument must be, where the name alone would allow too much.
struct ArgRule {
  std::string_view call;
  uint8_t arg;           // which argument; its low 32 bits count
  uint32_t mask, value;  // (arg & mask) == value; of several rules of a call one must hold
  bool reading = false;  // does not hold where the program writes files
};
constexpr ArgRule kArgRules[] = {
    // A thread, never a process.
    {"clone", 0, CLONE_THREAD | CLONE_VM, CLONE_THREAD | CLONE_VM},
    // No code comes in after the start.
    {"mmap", 2, PROT_EXEC, 0},
    {"mprotect", 2, PROT_EXEC, 0},
    // Is it a terminal, and how wide is it?
    {"ioctl", 1, ~0u, TCGETS},
    {"ioctl", 1, ~0u, TIOCGWINSZ},
    {"ioctl", 1, ~0u, FIONREAD},
    {"open", 1, kWrites, O_RDONLY, true},
    {"openat", 2, kWrites, O_RDONLY, true},
    {"prctl", 0, ~0u, PR_SET_NAME},
    {"prctl", 0, ~0u, PR_SET_VMA},  // glibc 2.37 and newer name malloc's areas
    // What is done with maps, links and programs that are there; nothing is loaded any more.
    {"bpf", 0, ~0u, BPF_MAP_LOOKUP_ELEM},
    {"bpf", 0, ~0u, BPF_MAP_UPDATE_ELEM},
    {"bpf", 0, ~0u, BPF_MAP_DELETE_ELEM},
    {"bpf", 0, ~0u, BPF_MAP_GET_NEXT_KEY},
    {"bpf", 0, ~0u, BPF_MAP_LOOKUP_AND_DELETE_ELEM},
    {"bpf", 0, ~0u, BPF_MAP_LOOKUP_BATCH},
    {"bpf", 0, ~0u, BPF_OBJ_GET_INFO_BY_FD},
    {"bpf", 0, ~0u, BPF_ITER_CREATE},
    {"bpf", 0, ~0u, BPF_LINK_CREATE},
    {"bpf", 0, ~0u, BPF_LINK_DETACH},
    {"bpf", 0, ~0u, BPF_RAW_TRACEPOINT_OPEN},
};

// Names -> numbers of this machine, each once. A name can have two rows: one has the number.
std::vector<const SyscallRow*> rows_of(const Confinement& what) {
  std::vector<const SyscallRow*> rows;
  const auto is_wanted = [&](std::string_view name) {
    if (std::ranges::find(kFileChanges, name) != std::end(kFileChanges)) return what.writes_files;
    return std::ranges::find(what.calls, name) != what.calls.end() ||
           std::ranges::find(kLibraryCalls, name) != std::end(kLibraryCalls);
  };
  for (const SyscallRow& row : syscall_rows()) {
    if (row.name == "kill" && !what.child) continue;  // 0 would be the process group
    if (row.*kNumber >= 0 && is_wanted(row.name)) rows.push_back(&row);
  }
  return rows;
}

std::vector<ArgRule> rules_of(std::string_view call, const Confinement& what) {
  std::vector<ArgRule> rules;
  for (const ArgRule& rule : kArgRules) {
    if (rule.call == call && !(rule.reading && what.writes_files)) rules.push_back(rule);
  }
  if (call == "openat" && what.writes_existing)
    rules.push_back({call, 2, kWrites, static_cast<uint32_t>(O_WRONLY)});
  if (call == "tgkill") rules.push_back({call, 0, ~0u, static_cast<uint32_t>(getpid())});
  if (call == "kill") rules.push_back({call, 0, ~0u, what.child});
  return rules;
}

constexpr uint32_t offset_of_argument(int arg) {
  // Both architectures are little-endian: the low half comes first.
  return static_cast<uint32_t>(offsetof(seccomp_data, args) + 8 * static_cast<size_t>(arg));
}

class FilterBuilder {
 public:
  explicit FilterBuilder(uint32_t denied) : denied_(denied) {
    load(offsetof(seccomp_data, arch));
    answer_unless(kArchitecture, denied_);
    load(offsetof(seccomp_data, nr));
  }

  // On arm64 and x86_64 alike every step is short enough for the 8 bits of a jump.
  void allow(const SyscallRow& row, const Confinement& what) {
    std::vector<sock_filter> checks;
    const std::vector<ArgRule> rules = rules_of(row.name, what);
    for (const ArgRule& rule : rules) {
      checks.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset_of_argument(rule.arg)));
      if (rule.mask != ~0u) checks.push_back(BPF_STMT(BPF_ALU | BPF_AND | BPF_K, rule.mask));
      checks.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, rule.value, 0, 1));
      checks.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
    }
    checks.push_back(BPF_STMT(BPF_RET | BPF_K, rules.empty() ? SECCOMP_RET_ALLOW : denied_));
    const auto number = static_cast<uint32_t>(row.*kNumber);
    filter_.push_back(
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, static_cast<uint8_t>(checks.size())));
    filter_.insert(filter_.end(), checks.begin(), checks.end());
  }

  std::vector<sock_filter> finish() {
    answer(denied_);
    return std::move(filter_);
  }

 private:
  void load(uint32_t offset) { filter_.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset)); }
  void answer(uint32_t action) { filter_.push_back(BPF_STMT(BPF_RET | BPF_K, action)); }
  void answer_unless(uint32_t value, uint32_t action) {
    filter_.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 1, 0));
    answer(action);
  }

  const uint32_t denied_;
  std::vector<sock_filter> filter_;
};

// All threads get the filter. Without SPEC_ALLOW kernels before 5.16 would slow the whole process
// down against Spectre v4, which one process that trusts itself has no use for.
Result<void> install(const std::vector<sock_filter>& filter) {
  const sock_fprog program = {static_cast<unsigned short>(filter.size()),
                              const_cast<sock_filter*>(filter.data())};
  for (unsigned flags :
       {SECCOMP_FILTER_FLAG_TSYNC | SECCOMP_FILTER_FLAG_SPEC_ALLOW, SECCOMP_FILTER_FLAG_TSYNC}) {
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program) == 0) return {};
    if (errno == ENOSYS) return {};  // a kernel (or an emulation of one) without
  }
  if (errno == EINVAL && prctl(PR_GET_SECCOMP) < 0) return {};  // built without
  return unexpected(
      system_message("cannot confine itself by seccomp (CTRACE_CONFINE=off: "
                     "without)",
                     errno));
}

std::string_view asked_mode() {
  const char* const setting = secure_getenv("CTRACE_CONFINE");
  return setting ? setting : "";
}

}  // namespace

std::vector<sock_filter> confine_filter(const Confinement& what, uint32_t denied) {
  FilterBuilder builder(denied);
  for (const SyscallRow* row : rows_of(what)) builder.allow(*row, what);
  return builder.finish();
}

// Sanitizers make calls of their own, at their end too.
bool confinement_wanted() { return !kSanitized && asked_mode() != "off"; }

Result<void> confine(const Confinement& what) {
  const std::string_view mode = asked_mode();
  if (!mode.empty() && mode != "off" && mode != "log") {
    return unexpected(Error::Kind::kUsage, "CTRACE_CONFINE is 'off' or 'log'");
  }
  if (!confinement_wanted()) return {};
  if (auto kept = keep_capabilities(what.capabilities); !kept) return kept;
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
    return unexpected(system_message("cannot set no_new_privs", errno));
  }
  const uint32_t denied = mode == "log" ? SECCOMP_RET_LOG : SECCOMP_RET_ERRNO | ENOSYS;
  return install(confine_filter(what, denied));
}

}  // namespace ctrace
