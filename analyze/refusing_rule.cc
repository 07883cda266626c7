#include "analyze/refusing_rule.h"

#include <algorithm>
#include <cstdio>
#include <vector>

namespace ctrace {
namespace {

constexpr size_t kFew = 3;  // conditions that are told

constexpr std::string_view kSigns[] = {"!=", "<", "<=", "=", ">=", ">"};

std::string hex(uint64_t value) {
  char text[24];
  std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(value));
  return text;
}

std::string condition(const ArgRule& rule) {
  const std::string arg = "arg" + std::to_string(rule.index);
  if (rule.compare == Compare::kMaskedEqual) {
    return arg + " & " + hex(rule.value) + " = " + hex(rule.value_two);
  }
  return arg + " " + std::string(kSigns[static_cast<size_t>(rule.compare)]) + " " + hex(rule.value);
}

std::string all_of(const std::vector<ArgRule>& rules) {
  std::string text;
  for (const ArgRule& rule : rules) text += (text.empty() ? "" : " and ") + condition(rule);
  return text;
}

}  // namespace

std::string refusing_rule(const SeccompProfile& profile, Abi abi, std::string_view call) {
  // The machine's own table is always in.
  const bool has_table = abi_row(abi).native == abi || profile.abis.empty() ||
                         std::ranges::find(profile.abis, abi) != profile.abis.end();
  if (!has_table) return "no " + std::string(abi_name(abi)) + " table";
  std::vector<std::string> conditions;
  for (const ProfileRule& rule : profile.rules) {
    if (std::ranges::find(rule.names, call) == rule.names.end()) continue;
    if (rule.action.action != Action::kAllow) {
      const std::string named = "named for " + std::string(oci_action(rule.action.action));
      return rule.args.empty() ? named : named + " with " + all_of(rule.args);
    }
    if (!rule.args.empty()) conditions.push_back(all_of(rule.args));
  }
  if (conditions.empty()) return "not named";
  std::string text = "only with ";
  for (size_t i = 0; i < std::min(conditions.size(), kFew); ++i) {
    text += (i == 0 ? "" : ", or ") + conditions[i];
  }
  if (conditions.size() > kFew) text += " (+" + std::to_string(conditions.size() - kFew) + ")";
  return text;
}

}  // namespace ctrace
