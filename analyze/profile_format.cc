#include "analyze/profile_format.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <set>

#include "format/decode/decode.h"
#include "format/seccomp/profile_filter.h"

namespace ctrace {
namespace {

using nlohmann::ordered_json;

struct FormatRow {
  std::string_view name;
  ProfileFormat format;
  std::string_view extension;
};
constexpr FormatRow kFormats[] = {
    {"oci", ProfileFormat::kOci, ".json"},         {"docker", ProfileFormat::kDocker, ".json"},
    {"podman", ProfileFormat::kDocker, ".json"},   {"spo", ProfileFormat::kSpo, ".yaml"},
    {"systemd", ProfileFormat::kSystemd, ".conf"}, {"bpf", ProfileFormat::kBpf, ".bpf"},
    {"names", ProfileFormat::kNames, ".txt"},
};

struct SystemdArchRow {
  Abi abi;
  std::string_view name;
};
constexpr SystemdArchRow kSystemdArchs[] = {
    {Abi::kX86_64, "x86-64"}, {Abi::kI386, "x86"}, {Abi::kX32, "x32"},
    {Abi::kArm64, "arm64"},   {Abi::kArm, "arm"},
};

constexpr bool has_number(Action action) {
  return action == Action::kErrno || action == Action::kTrace;
}

ordered_json arg_json(const ArgRule& arg) {
  ordered_json json = {{"index", arg.index}, {"value", arg.value}};
  if (arg.compare == Compare::kMaskedEqual) json["valueTwo"] = arg.value_two;
  json["op"] = oci_compare(arg.compare);
  return json;
}

ordered_json rule_json(const ProfileRule& rule) {
  ordered_json json = {{"names", rule.names}, {"action", oci_action(rule.action.action)}};
  if (has_number(rule.action.action)) json["errnoRet"] = rule.action.errno_ret;
  for (const ArgRule& arg : rule.args) json["args"].push_back(arg_json(arg));
  return json;
}

// Everything but the architectures, which the dialects say differently; they stand at `archs`.
ordered_json profile_json(const SeccompProfile& profile, std::string_view key, ordered_json archs) {
  ordered_json json;
  json["defaultAction"] = oci_action(profile.default_action.action);
  if (has_number(profile.default_action.action)) {
    json["defaultErrnoRet"] = profile.default_action.errno_ret;
  }
  json[std::string(key)] = std::move(archs);
  if (!profile.flags.empty()) json["flags"] = profile.flags;
  json["syscalls"] = ordered_json::array();
  for (const ProfileRule& rule : profile.rules) json["syscalls"].push_back(rule_json(rule));
  return json;
}

std::string kubernetes_name(std::string_view name) {
  constexpr size_t kLongest = 63;
  std::string made;
  for (const char c : name.substr(0, kLongest)) {
    const bool is_upper = c >= 'A' && c <= 'Z';
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    made += is_upper ? static_cast<char>(c - 'A' + 'a') : is_plain ? c : '-';
  }
  while (made.starts_with('-')) made.erase(0, 1);
  while (made.ends_with('-')) made.pop_back();
  return made.empty() ? "profile" : made;
}

// YAML of what profiles consist of: objects, lists, strings, numbers. Names come from files, so
// strings are JSON's, which YAML reads too, unless they are words.
void append_yaml(const ordered_json& value, size_t indent, std::string& text);

bool is_word(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-' || c == '.';
  });
}

// YAML 1.1 takes these for something else.
bool is_reserved(std::string_view word) {
  static constexpr std::string_view kReserved[] = {"y",  "n",    "yes",   "no",   "on", "off",
                                                   "on", "true", "false", "null", "~"};
  return std::ranges::find(kReserved, word) != std::end(kReserved);
}

void append_scalar(const ordered_json& value, std::string& text) {
  const bool plain = value.is_string() && is_word(value.get_ref<const std::string&>()) &&
                     !is_reserved(value.get_ref<const std::string&>());
  text += plain ? value.get<std::string>() : value.dump();
  text += '\n';
}

void append_list(const ordered_json& list, size_t indent, std::string& text) {
  for (const ordered_json& item : list) {
    text.append(indent, ' ').append("- ");
    if (item.is_structured()) {
      const size_t start = text.size();
      append_yaml(item, indent + 2, text);
      text.erase(start, indent + 2);  // the first key stands behind the dash
    } else {
      append_scalar(item, text);
    }
  }
}

void append_yaml(const ordered_json& value, size_t indent, std::string& text) {
  if (value.is_array()) return append_list(value, indent, text);
  for (const auto& [key, item] : value.items()) {
    text.append(indent, ' ').append(key).append(":");
    if (item.is_structured()) {
      text += '\n';
      append_yaml(item, item.is_array() ? indent : indent + 2, text);
    } else {
      append_scalar(item, text += ' ');
    }
  }
}

// Lines of names behind `key`, so long that people still read them.
void append_filter_lines(std::string_view key, const std::vector<std::string>& names,
                         std::string& text) {
  constexpr size_t kWidth = 96;
  std::string line;
  for (const std::string& name : names) {
    if (!line.empty() && line.size() + 1 + name.size() > kWidth) {
      text.append(line).append("\n");
      line.clear();
    }
    line.append(line.empty() ? key : " ").append(name);
  }
  if (!line.empty()) text.append(line).append("\n");
}

std::vector<std::string> names_answered(const SeccompProfile& profile, Action action) {
  std::set<std::string> names;
  for (const ProfileRule& rule : profile.rules) {
    if (rule.action.action == action) names.insert(rule.names.begin(), rule.names.end());
  }
  return {names.begin(), names.end()};
}

bool has_args(const SeccompProfile& profile) {
  return std::ranges::any_of(profile.rules, [](const ProfileRule& r) { return !r.args.empty(); });
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::vector<std::string> systemd_losses(const SeccompProfile& profile) {
  std::vector<std::string> losses;
  const auto refused = names_answered(profile, Action::kErrno);
  if (!refused.empty() && profile.default_action != ActionValue{Action::kErrno, ENOSYS}) {
    losses.push_back("systemd answers all refused calls alike: libc will not fall back from " +
                     joined(refused) + " to older calls (--errno ENOSYS would make it)");
  }
  if (has_args(profile)) losses.push_back("systemd knows no argument rules: they are left out");
  return losses;
}

}  // namespace

Result<ProfileFormat> profile_format_by_name(std::string_view name) {
  const auto* row = std::ranges::find(kFormats, name, &FormatRow::name);
  if (row != std::end(kFormats)) return row->format;
  return unexpected(Error::Kind::kUsage, "unknown format '" + std::string(name) +
                                             "' (oci, docker, podman, spo, systemd, bpf or names)");
}

std::string_view file_extension(ProfileFormat format) {
  return std::ranges::find(kFormats, format, &FormatRow::format)->extension;
}

ordered_json oci_profile(const SeccompProfile& profile) {
  ordered_json archs = ordered_json::array();
  for (const Abi abi : profile.abis) archs.push_back(abi_row(abi).oci);
  return profile_json(profile, "architectures", std::move(archs));
}

ordered_json docker_profile(const SeccompProfile& profile) {
  // One row a machine: its own table first, the others that its kernels have beneath.
  ordered_json map = ordered_json::array();
  for (const Abi native : {Abi::kX86_64, Abi::kArm64}) {
    ordered_json others = ordered_json::array();
    bool any = false;
    for (const Abi abi : profile.abis) {
      if (abi_row(abi).native != native) continue;
      any = true;
      if (abi != native) others.push_back(abi_row(abi).oci);
    }
    if (any) {
      map.push_back({{"architecture", abi_row(native).oci}, {"subArchitectures", others}});
    }
  }
  return profile_json(profile, "archMap", std::move(map));
}

std::string spo_profile(const SeccompProfile& profile, std::string_view name) {
  ordered_json spec = oci_profile(profile);
  spec.erase("defaultErrnoRet");
  const ordered_json document = {{"apiVersion", "security-profiles-operator.x-k8s.io/v1beta1"},
                                 {"kind", "SeccompProfile"},
                                 {"metadata", {{"name", kubernetes_name(name)}}},
                                 {"spec", spec}};
  std::string text;
  append_yaml(document, 0, text);
  return text;
}

std::string systemd_lines(const SeccompProfile& profile) {
  std::string text;
  std::vector<std::string> archs;
  for (const SystemdArchRow& row : kSystemdArchs) {
    if (std::ranges::find(profile.abis, row.abi) != profile.abis.end())
      archs.emplace_back(row.name);
  }
  append_filter_lines("SystemCallArchitectures=", archs, text);
  const bool logs = profile.default_action.action == Action::kLog;
  if (profile.default_action.action == Action::kErrno) {
    const std::string_view name = errno_name(static_cast<int>(profile.default_action.errno_ret));
    text += "SystemCallErrorNumber=" +
            (name.empty() ? std::to_string(profile.default_action.errno_ret) : std::string(name)) +
            '\n';
  }
  // "~" means "but these": for a trial all others are logged, none is refused.
  append_filter_lines(logs ? "SystemCallLog=~" : "SystemCallFilter=", allowed_names(profile), text);
  return text;
}

std::vector<std::string> allowed_names(const SeccompProfile& profile) {
  return names_answered(profile, Action::kAllow);
}

Result<std::string> format_profile(const SeccompProfile& profile, ProfileFormat format,
                                   std::string_view name) {
  switch (format) {
    case ProfileFormat::kOci:
      return oci_profile(profile).dump(2) + '\n';
    case ProfileFormat::kDocker:
      return docker_profile(profile).dump(2) + '\n';
    case ProfileFormat::kSpo:
      return spo_profile(profile, name);
    case ProfileFormat::kSystemd:
      return systemd_lines(profile);
    case ProfileFormat::kNames: {
      std::string text;
      for (const std::string& allowed : allowed_names(profile)) text += allowed + '\n';
      return text;
    }
    case ProfileFormat::kBpf:
      break;
  }
  auto filter = compile_filter(profile);
  if (!filter) return unexpected(filter.error());
  return std::string(reinterpret_cast<const char*>(filter->data()),
                     filter->size() * sizeof(filter->front()));
}

std::vector<std::string> format_losses(const SeccompProfile& profile, ProfileFormat format) {
  if (format == ProfileFormat::kSystemd) return systemd_losses(profile);
  const ActionValue& value = profile.default_action;
  if (format == ProfileFormat::kSpo && value.action == Action::kErrno && value.errno_ret != EPERM) {
    return {"the Security Profiles Operator has no default error number: it will be EPERM"};
  }
  if (format == ProfileFormat::kNames && has_args(profile)) {
    return {"a list of names has no argument rules: they are left out"};
  }
  return {};
}

}  // namespace ctrace
