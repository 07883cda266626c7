#include "analyze/seccomp_profile.h"

#include <seccomp.h>

#include <algorithm>
#include <cerrno>
#include <iterator>

namespace ctrace {
namespace {

struct AbiRow {
  Abi abi;
  const char* oci;
  uint32_t token;
};
// In the order in which `architectures` lists them.
constexpr AbiRow kAbis[] = {
    {Abi::kX86_64, "SCMP_ARCH_X86_64", SCMP_ARCH_X86_64},
    {Abi::kI386, "SCMP_ARCH_X86", SCMP_ARCH_X86},
    {Abi::kX32, "SCMP_ARCH_X32", SCMP_ARCH_X32},
    {Abi::kArm64, "SCMP_ARCH_AARCH64", SCMP_ARCH_AARCH64},
    {Abi::kArm, "SCMP_ARCH_ARM", SCMP_ARCH_ARM},
};

struct ActionRow {
  std::string_view word;
  DefaultAction action;
  const char* oci;
};
constexpr ActionRow kActions[] = {
    {"errno", DefaultAction::kErrno, "SCMP_ACT_ERRNO"},
    {"kill", DefaultAction::kKill, "SCMP_ACT_KILL_PROCESS"},
};

struct TwinRow {
  const char* newer;
  const char* older[4];  // any of them
};
// Rows without effect on a set that has the newer call, or none of the older.
//
// A limit: runc itself answers ENOSYS for every number above the largest that the profile names,
// and the default action below it. Each high number here takes the calls between away from that
// rule; those that libc is known to try first are all in this table.
constexpr TwinRow kTwins[] = {
    {"clone3", {"clone"}},
    {"close_range", {"close"}},
    {"epoll_pwait2", {"epoll_pwait", "epoll_wait"}},
    {"faccessat2", {"faccessat", "access"}},
    {"fchmodat2", {"fchmodat"}},
    {"futex_waitv", {"futex"}},
    {"openat2", {"openat", "open"}},
    {"statx", {"newfstatat", "fstat", "stat", "lstat"}},
};

const char* action_name(DefaultAction action) {
  return std::find_if(std::begin(kActions), std::end(kActions),
                      [&](const ActionRow& row) { return row.action == action; })
      ->oci;
}

bool has_older(const SyscallSet& set, const TwinRow& row) {
  return std::any_of(std::begin(row.older), std::end(row.older),
                     [&](const char* name) { return name != nullptr && set.names.contains(name); });
}

}  // namespace

Result<DefaultAction> default_action_by_name(std::string_view name) {
  for (const ActionRow& row : kActions) {
    if (row.word == name) return row.action;
  }
  return unexpected(Error::Kind::kUsage,
                    "unknown default action '" + std::string(name) + "' (errno or kill)");
}

bool seccomp_knows(Abi abi, const std::string& name) {
  const auto* row = std::find_if(std::begin(kAbis), std::end(kAbis),
                                 [&](const AbiRow& r) { return r.abi == abi; });
  // Negative numbers other than the error are libseccomp's own for calls that a table reaches by
  // another way (socket by i386's socketcall); it makes the right rules of them.
  // A NUL (names may come from a file) would hide the rest from libseccomp.
  return row != std::end(kAbis) && name.find('\0') == std::string::npos &&
         seccomp_syscall_resolve_name_arch(row->token, name.c_str()) != __NR_SCMP_ERROR;
}

std::vector<std::string> newer_twins(const SyscallSet& set) {
  std::vector<std::string> twins;
  for (const TwinRow& row : kTwins) {
    const bool known = std::any_of(set.abis.begin(), set.abis.end(),
                                   [&](Abi abi) { return seccomp_knows(abi, row.newer); });
    if (known && !set.names.contains(row.newer) && has_older(set, row)) {
      twins.emplace_back(row.newer);
    }
  }
  return twins;
}

nlohmann::ordered_json seccomp_profile(const SyscallSet& set, DefaultAction action) {
  nlohmann::ordered_json profile;
  profile["defaultAction"] = action_name(action);
  if (action == DefaultAction::kErrno) profile["defaultErrnoRet"] = EPERM;
  profile["architectures"] = nlohmann::ordered_json::array();
  for (const AbiRow& row : kAbis) {
    if (set.abis.contains(row.abi)) profile["architectures"].push_back(row.oci);
  }
  profile["syscalls"] = nlohmann::ordered_json::array();
  profile["syscalls"].push_back({{"names", set.names}, {"action", "SCMP_ACT_ALLOW"}});
  if (const auto twins = newer_twins(set); !twins.empty()) {
    profile["syscalls"].push_back(
        {{"names", twins}, {"action", "SCMP_ACT_ERRNO"}, {"errnoRet", ENOSYS}});
  }
  return profile;
}

}  // namespace ctrace
