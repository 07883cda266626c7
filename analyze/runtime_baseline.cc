#include "analyze/runtime_baseline.h"

#include <algorithm>
#include <utility>

#include "format/seccomp/abi_table.h"

namespace ctrace {
namespace {

// Which facts a row's names are needed for.
enum class When {
  kAlways,
  kPrivsMayGrow,    // noNewPrivileges is false: the filter is loaded before the privileges are
                    // dropped
  kExistingDocker,  // started before the recording began, so docker-init (if any) was not seen
  kNamed            // the recording names the runtime: no part of the union of all
};

struct BaselineRow {
  std::string_view runtime;  // empty: any
  When when;
  std::string_view names[20];  // ends with the first empty one
};

// Measured (strace between the filter's load and the execve) with runc 1.1.5, crun 1.8.1 and
// bubblewrap 0.8.0. The rows of one runtime add up.
constexpr BaselineRow kRows[] = {
    {"runc",
     When::kAlways,
     {"close", "epoll_ctl", "execve", "fstatfs", "futex", "getdents64", "getpid", "openat",
      "rt_sigreturn", "write"}},
    // fchown is made for users other than root alone; which user it will be is not known here.
    {"runc",
     When::kPrivsMayGrow,
     {"capget", "capset", "chdir", "faccessat2", "fchown", "fcntl", "fstat", "getcwd", "getppid",
      "newfstatat", "prctl", "read", "setgid", "setgroups", "setuid"}},
    // What Go's runtime (scheduler, garbage collector, preemption) makes now and then: without
    // them one start in some hundreds fails.
    {"runc",
     When::kAlways,
     {"clone", "epoll_pwait", "madvise", "mmap", "munmap", "nanosleep", "rt_sigprocmask",
      "sched_yield", "sigaltstack", "tgkill"}},
    {"crun", When::kAlways, {"close", "execve"}},
    // pselect6: `crun create` and `crun start` apart.
    {"crun",
     When::kPrivsMayGrow,
     {"capset", "prctl", "pselect6", "rt_sigaction", "rt_sigprocmask", "setresgid", "setresuid",
      "write"}},
    // bwrap's own process stays in there, under the same filter, until the program has ended.
    {"bwrap", When::kNamed, {"execve", "exit_group", "wait4", "write"}},
    // It loads no filter: whoever does executes a program.
    {"unshare", When::kNamed, {"execve"}},
    // docker-init (tini) runs inside as the container's own first program: a recording that saw
    // the start has its calls already.
    {"",
     When::kExistingDocker,
     {"arch_prctl",
      "brk",
      "clone",
      "execve",
      "exit_group",
      "getpgrp",
      "getpid",
      "getrandom",
      "ioctl",
      "mprotect",
      "prlimit64",
      "readlink",
      "rseq",
      "rt_sigaction",
      "rt_sigprocmask",
      "rt_sigtimedwait",
      "set_robust_list",
      "set_tid_address",
      "setpgid",
      "wait4"}},
};

// Calls that the vDSO spares a program where user space can read the machine's clock.
constexpr std::string_view kClockCalls[] = {"clock_gettime", "gettimeofday"};

struct ChoiceRow {
  std::string_view name;
  Baseline baseline;
  std::string_view runtime;
};
constexpr ChoiceRow kChoices[] = {
    {"recorded", Baseline::kRecorded, ""}, {"runc", Baseline::kRunc, "runc"},
    {"crun", Baseline::kCrun, "crun"},     {"union", Baseline::kUnion, ""},
    {"none", Baseline::kNone, ""},
};

// Where a table has no such call, its libc makes the other one; names without a row are not missed.
constexpr std::pair<std::string_view, std::string_view> kTwins[] = {
    {"getpgrp", "getpgid"},
    {"readlink", "readlinkat"},
};

// The rows were measured on x86_64; the same for a machine whose table has not all of the names.
std::set<std::string> on_machine(Abi native, std::set<std::string> names) {
  std::set<std::string> there;
  for (const std::string& name : names) {
    // libseccomp numbers the calls of other tables below 0.
    if (seccomp_number(native, name).value_or(-1) >= 0) {
      there.insert(name);
      continue;
    }
    const auto* twin =
        std::ranges::find(kTwins, name, &std::pair<std::string_view, std::string_view>::first);
    if (twin != std::end(kTwins)) there.emplace(twin->second);
  }
  return there;
}

bool known_runtime(std::string_view name) {
  return !name.empty() && std::ranges::find(kRows, name, &BaselineRow::runtime) != std::end(kRows);
}

bool applies(const BaselineRow& row, const RuntimeFacts& facts) {
  if (!row.runtime.empty() && known_runtime(facts.runtime) && row.runtime != facts.runtime) {
    return false;
  }
  switch (row.when) {
    case When::kAlways:
      return true;
    case When::kPrivsMayGrow:
      return !facts.no_new_privs;
    case When::kExistingDocker:
      return facts.existing && facts.engine == "docker";
    case When::kNamed:
      return row.runtime == facts.runtime;
  }
  return true;
}

}  // namespace

void add_runtime_baseline(const RuntimeFacts& facts, std::set<std::string>& names) {
  for (const BaselineRow& row : kRows) {
    if (!applies(row, facts)) continue;
    for (const std::string_view name : row.names) {
      if (!name.empty()) names.emplace(name);
    }
  }
}

void add_clock_calls(std::set<std::string>& names) {
  if (!names.empty()) names.insert(std::begin(kClockCalls), std::end(kClockCalls));
}

Result<Baseline> baseline_by_name(std::string_view name) {
  const auto* row = std::ranges::find(kChoices, name, &ChoiceRow::name);
  if (row != std::end(kChoices)) return row->baseline;
  return unexpected(Error::Kind::kUsage, "unknown runtime baseline '" + std::string(name) +
                                             "' (recorded, runc, crun, union or none)");
}

std::set<std::string> baseline_names(Baseline baseline, const Container* container, Abi native) {
  std::set<std::string> names;
  const bool recorded = baseline == Baseline::kRecorded;
  if (baseline == Baseline::kNone || (recorded && container == nullptr)) return names;
  RuntimeFacts facts;
  if (container != nullptr) {
    facts = {.runtime = container->runtime,
             .engine = container->engine,
             .no_new_privs = container->no_new_privs,
             .existing = container->existing};
  }
  if (!recorded) {
    facts.runtime = std::ranges::find(kChoices, baseline, &ChoiceRow::baseline)->runtime;
  }
  add_runtime_baseline(facts, names);
  return on_machine(native, std::move(names));
}

}  // namespace ctrace
