// A seccomp profile as ctrace holds it, whatever dialect it came from or goes to: made of a set of
// system calls (make_profile), read from a file (profile_reader.h), written in a dialect
// (profile_format.h), compiled to the filter that the kernel runs (profile_filter.h).
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "format/base/result.h"
#include "format/seccomp/abi_table.h"

namespace ctrace {

enum class Action { kKillProcess, kKillThread, kTrap, kErrno, kTrace, kLog, kAllow, kNotify };

struct ActionValue {
  Action action = Action::kErrno;
  uint32_t errno_ret = 1;  // EPERM; of kErrno and kTrace alone
  bool operator==(const ActionValue&) const = default;
};
std::string_view oci_action(Action action);  // "SCMP_ACT_ERRNO"
// Empty for what OCI does not know; SCMP_ACT_KILL is kKillThread.
std::optional<Action> action_by_oci_name(std::string_view name);

// One comparison of an argument; kMaskedEqual: (argument & value) == value_two.
enum class Compare { kNotEqual, kLess, kLessEqual, kEqual, kGreaterEqual, kGreater, kMaskedEqual };
std::string_view oci_compare(Compare compare);  // "SCMP_CMP_MASKED_EQ"
std::optional<Compare> compare_by_oci_name(std::string_view name);

struct ArgRule {
  uint32_t index = 0;
  Compare compare = Compare::kEqual;
  uint64_t value = 0, value_two = 0;
  auto operator<=>(const ArgRule&) const = default;
};

struct ProfileRule {
  std::vector<std::string> names;
  ActionValue action = {Action::kAllow, 0};
  std::vector<ArgRule> args = {};  // all of them must hold
};

struct SeccompProfile {
  ActionValue default_action;
  std::vector<Abi> abis;  // in the order of abi_rows()
  std::vector<std::string> flags;
  std::vector<ProfileRule> rules;
};

// Names are in OCI's one list for all ABIs: a name allows the call in each of `abis` that has it.
struct SyscallSet {
  std::set<Abi> abis;
  std::set<std::string> names;
  // For some of `names`: the call is allowed only when one of these holds.
  std::map<std::string, std::vector<ArgRule>> args;
};

// "errno", "kill", "log", "trap".
Result<Action> default_action_by_name(std::string_view name);
// "EPERM" or "1", to 4095.
Result<uint32_t> errno_by_name(std::string_view name);

// Newer calls that `set` lacks while it has their older twin. libc falls back to the twin when the
// newer call says ENOSYS, not when it says EPERM, so these must be answered with ENOSYS.
std::vector<std::string> newer_twins(const SyscallSet& set);

// What the set has not gets `default_action`, newer twins ENOSYS. With kLog nothing is refused,
// twins neither: it is the profile of a trial, which shows what the others would refuse.
SeccompProfile make_profile(const SyscallSet& set, ActionValue default_action);

// `base` with what `set` has and it lacks. What `base` allows stays allowed, its default action
// stays; a rule that refuses a call of the set gives way.
SeccompProfile extend_profile(SeccompProfile base, const SyscallSet& set);

}  // namespace ctrace
