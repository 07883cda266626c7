#include "analyze/trial.h"

#include <algorithm>
#include <cerrno>

#include "analyze/profile_format.h"
#include "analyze/subcommand.h"

namespace ctrace {
namespace {

constexpr ActionValue kNoSuchCall = {Action::kErrno, ENOSYS};

std::set<std::string> answered_enosys(const LoadedProfile& loaded) {
  std::set<std::string> names;
  if (!loaded.profile) return names;
  for (const ProfileRule& rule : loaded.profile->rules) {
    if (rule.action == kNoSuchCall) {
      names.insert(rule.names.begin(), rule.names.end());
    }
  }
  return names;
}

}  // namespace

TrialResult trial_result(const ProfileCheck& check, const LoadedProfile& profile) {
  TrialResult result;
  result.calls = check.calls();
  result.refused_by_others = check.refused_by_others();
  const std::set<std::string> enosys = answered_enosys(profile);
  for (const auto& row : check.refused()) {
    (enosys.contains(row.first.name) ? result.on_purpose : result.refused).insert(row);
  }
  return result;
}

SeccompProfile logging_profile(SeccompProfile profile) {
  profile.default_action = {Action::kLog, 0};
  std::erase_if(profile.rules, [](const ProfileRule& rule) {
    return rule.action.action != Action::kAllow && !(rule.action == kNoSuchCall);
  });
  return profile;
}

RefusedCalls made_by(bool runtime, const RefusedCalls& refused) {
  RefusedCalls rows;
  for (const auto& row : refused) {
    if (row.first.comm.empty() == runtime) rows.insert(row);
  }
  return rows;
}

NextProfile with_runtime(const SeccompProfile& profile, const TrialResult& result) {
  const RefusedCalls refused = made_by(true, result.refused);
  const auto allowed = allowed_names(profile);
  NextProfile next;
  SyscallSet set;
  for (const std::string& name : result.baseline) {
    if (!std::ranges::binary_search(allowed, name)) set.names.insert(name);
  }
  if (refused.empty() || set.names.empty()) return next_profile(profile, refused);
  for (const auto& [key, use] : refused) set.abis.insert(key.abi);
  next.added = set.names;
  next.profile = extend_profile(profile, set);
  return next;
}

NextProfile next_profile(const SeccompProfile& profile, const RefusedCalls& refused) {
  NextProfile next;
  SyscallSet set;
  for (const auto& [key, use] : refused) {
    if (!seccomp_knows(key.abi, key.name)) {
      next.hopeless.insert(key.name);
      continue;
    }
    set.names.insert(key.name);
    set.abis.insert(key.abi);
  }
  next.added = set.names;
  next.profile = extend_profile(profile, set);
  return next;
}

nlohmann::ordered_json trial_json(const TrialResult& result) {
  return {{"calls", result.calls},
          {"refused", refused_json(result.refused)},
          {"answered_enosys", refused_json(result.on_purpose)},
          {"refused_by_other_filters", result.refused_by_others}};
}

void print_trial(const TrialResult& result, OutputBuffer& out) {
  print_refused(result.refused, out);
  std::set<std::string> names;
  for (const auto& [key, use] : result.on_purpose) names.insert(escaped(key.name));
  std::string text;
  for (const std::string& name : names) text += " " + name;
  if (!text.empty()) {
    out.append((result.refused.empty() ? "" : "\n") +
               ("answered ENOSYS, as the profile says, so that libc falls back:" + text + "\n"));
  }
}

}  // namespace ctrace
