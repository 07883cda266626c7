#include "format/seccomp/seccomp_profile.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <iterator>

#include "format/decode/decode.h"

namespace ctrace {
namespace {

struct ActionRow {
  std::string_view oci;
  Action action;
  std::string_view word;  // of --default-action; empty: not offered
};
// Of several names for one action the first is written.
constexpr ActionRow kActions[] = {
    {"SCMP_ACT_ERRNO", Action::kErrno, "errno"},
    {"SCMP_ACT_KILL_PROCESS", Action::kKillProcess, "kill"},
    {"SCMP_ACT_LOG", Action::kLog, "log"},
    {"SCMP_ACT_TRAP", Action::kTrap, "trap"},
    {"SCMP_ACT_ALLOW", Action::kAllow, ""},
    {"SCMP_ACT_KILL_THREAD", Action::kKillThread, ""},
    {"SCMP_ACT_KILL", Action::kKillThread, ""},
    {"SCMP_ACT_TRACE", Action::kTrace, ""},
    {"SCMP_ACT_NOTIFY", Action::kNotify, ""},
};

struct CompareRow {
  std::string_view oci;
  Compare compare;
};
constexpr CompareRow kCompares[] = {
    {"SCMP_CMP_NE", Compare::kNotEqual},           {"SCMP_CMP_LT", Compare::kLess},
    {"SCMP_CMP_LE", Compare::kLessEqual},          {"SCMP_CMP_EQ", Compare::kEqual},
    {"SCMP_CMP_GE", Compare::kGreaterEqual},       {"SCMP_CMP_GT", Compare::kGreater},
    {"SCMP_CMP_MASKED_EQ", Compare::kMaskedEqual},
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
    {"preadv2", {"preadv"}},
    {"pwritev2", {"pwritev"}},
    {"renameat2", {"renameat", "rename"}},
    {"statx", {"newfstatat", "fstat", "fstatat64", "stat"}},
    // Tables of 32 bits: the calls with 64-bit times, which libc tries first.
    {"clock_gettime64", {"clock_gettime"}},
    {"clock_nanosleep_time64", {"clock_nanosleep", "nanosleep"}},
    {"futex_time64", {"futex"}},
    {"ppoll_time64", {"ppoll", "poll"}},
    {"pselect6_time64", {"pselect6", "_newselect"}},
    {"rt_sigtimedwait_time64", {"rt_sigtimedwait"}},
    {"timer_settime64", {"timer_settime"}},
    {"utimensat_time64", {"utimensat"}},
};

bool has_older(const SyscallSet& set, const TwinRow& row) {
  return std::any_of(std::begin(row.older), std::end(row.older),
                     [&](const char* name) { return name != nullptr && set.names.contains(name); });
}

// libseccomp gives negative numbers to names that only other tables have.
bool is_in_a_table(const std::set<Abi>& abis, const std::string& name) {
  return std::any_of(abis.begin(), abis.end(),
                     [&](Abi abi) { return seccomp_number(abi, name).value_or(-1) >= 0; });
}

std::vector<Abi> in_order(const std::set<Abi>& abis) {
  std::vector<Abi> list;
  for (const AbiRow& row : abi_rows()) {
    if (abis.contains(row.abi)) list.push_back(row.abi);
  }
  return list;
}

// One rule for all names without conditions, then one for each condition: runtimes do not agree
// what several conditions on one argument inside one rule mean.
void add_allowed(const SyscallSet& set, std::vector<ProfileRule>& rules) {
  ProfileRule plain;
  for (const std::string& name : set.names) {
    if (!set.args.contains(name)) plain.names.push_back(name);
  }
  if (!plain.names.empty()) rules.push_back(std::move(plain));
  for (const auto& [name, conditions] : set.args) {
    for (const ArgRule& condition : conditions) {
      rules.push_back({{name}, {Action::kAllow, 0}, {condition}});
    }
  }
}

void remove_names(const std::set<std::string>& names, std::vector<ProfileRule>& rules) {
  for (ProfileRule& rule : rules) {
    std::erase_if(rule.names, [&](const std::string& name) { return names.contains(name); });
  }
  std::erase_if(rules, [](const ProfileRule& rule) { return rule.names.empty(); });
}

}  // namespace

std::string_view oci_action(Action action) {
  return std::ranges::find(kActions, action, &ActionRow::action)->oci;
}

std::optional<Action> action_by_oci_name(std::string_view name) {
  const auto* row = std::ranges::find(kActions, name, &ActionRow::oci);
  if (row == std::end(kActions)) return {};
  return row->action;
}

std::string_view oci_compare(Compare compare) {
  return std::ranges::find(kCompares, compare, &CompareRow::compare)->oci;
}

std::optional<Compare> compare_by_oci_name(std::string_view name) {
  const auto* row = std::ranges::find(kCompares, name, &CompareRow::oci);
  if (row == std::end(kCompares)) return {};
  return row->compare;
}

Result<Action> default_action_by_name(std::string_view name) {
  for (const ActionRow& row : kActions) {
    if (!name.empty() && row.word == name) return row.action;
  }
  return unexpected(Error::Kind::kUsage, "unknown default action '" + std::string(name) +
                                             "' (errno, kill, log or trap)");
}

Result<uint32_t> errno_by_name(std::string_view name) {
  constexpr uint32_t kLargest = 4095;
  uint32_t number = 0;
  const auto parsed = std::from_chars(name.data(), name.data() + name.size(), number);
  const bool is_number = parsed.ec == std::errc() && parsed.ptr == name.data() + name.size();
  for (uint32_t i = 1; !is_number && number == 0 && i <= kLargest; ++i) {
    if (!name.empty() && errno_name(static_cast<int>(i)) == name) number = i;
  }
  if (number == 0 || number > kLargest) {
    return unexpected(Error::Kind::kUsage,
                      "unknown error number '" + std::string(name) + "' (a name or 1 to 4095)");
  }
  return number;
}

std::vector<std::string> newer_twins(const SyscallSet& set) {
  std::vector<std::string> twins;
  for (const TwinRow& row : kTwins) {
    if (!set.names.contains(row.newer) && has_older(set, row) &&
        is_in_a_table(set.abis, row.newer)) {
      twins.emplace_back(row.newer);
    }
  }
  return twins;
}

SeccompProfile make_profile(const SyscallSet& set, ActionValue default_action) {
  SeccompProfile profile{default_action, in_order(set.abis), {}, {}};
  add_allowed(set, profile.rules);
  if (default_action.action == Action::kLog) return profile;
  if (auto twins = newer_twins(set); !twins.empty()) {
    profile.rules.push_back({std::move(twins), {Action::kErrno, ENOSYS}});
  }
  return profile;
}

SeccompProfile extend_profile(SeccompProfile base, const SyscallSet& set) {
  std::set<std::string> allowed;
  for (const ProfileRule& rule : base.rules) {
    if (rule.action.action != Action::kAllow || !rule.args.empty()) continue;
    allowed.insert(rule.names.begin(), rule.names.end());
  }
  SyscallSet missing;
  for (const std::string& name : set.names) {
    if (allowed.contains(name)) continue;
    missing.names.insert(name);
    if (const auto row = set.args.find(name); row != set.args.end()) missing.args.insert(*row);
  }
  std::vector<ProfileRule> refusing, allowing;
  for (ProfileRule& rule : base.rules) {
    (rule.action.action == Action::kAllow ? allowing : refusing).push_back(std::move(rule));
  }
  remove_names(missing.names, refusing);
  std::set<std::string> open;  // allowed now whatever the arguments are
  for (const std::string& name : missing.names) {
    if (!missing.args.contains(name)) open.insert(name);
  }
  remove_names(open, allowing);
  base.rules = std::move(allowing);
  base.rules.insert(base.rules.end(), refusing.begin(), refusing.end());
  add_allowed(missing, base.rules);
  std::set<Abi> abis(base.abis.begin(), base.abis.end());
  abis.insert(set.abis.begin(), set.abis.end());
  base.abis = in_order(abis);
  return base;
}

}  // namespace ctrace
