#include "format/seccomp/profile_reader.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <nlohmann/json.hpp>

#include "format/base/file.h"
#include "format/seccomp/systemd_profile.h"

namespace ctrace {
namespace {

using nlohmann::json;

constexpr size_t kMaxProfileBytes = 16 << 20;

unexpected bad(const std::string& what) { return unexpected("no seccomp profile: " + what); }

// The field's text; empty when it is absent or no string.
std::string text_of(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Result<uint64_t> number_of(const json& object, const char* key, uint64_t when_absent) {
  const auto found = object.find(key);
  if (found == object.end() || found->is_null()) return when_absent;
  if (!found->is_number_unsigned()) return bad(std::string(key) + " is no whole number");
  return found->get<uint64_t>();
}

// Objects of a list; an absent or null list is an empty one.
Result<std::vector<const json*>> list_of(const json& object, const char* key) {
  std::vector<const json*> items;
  const auto found = object.find(key);
  if (found == object.end() || found->is_null()) return items;
  if (!found->is_array()) return bad(std::string(key) + " is no list");
  for (const json& item : *found) items.push_back(&item);
  return items;
}

Result<std::vector<std::string>> texts_of(const json& object, const char* key) {
  auto items = list_of(object, key);
  if (!items) return unexpected(items.error());
  std::vector<std::string> texts;
  for (const json* item : *items) {
    if (!item->is_string()) return bad(std::string(key) + " holds what is no text");
    texts.push_back(item->get<std::string>());
  }
  return texts;
}

Result<ActionValue> action_of(const json& object, const char* action_key, const char* errno_key) {
  constexpr uint64_t kLargestErrno = 4095;
  const std::string name = text_of(object, action_key);
  const auto action = action_by_oci_name(name);
  if (!action) return bad("unknown action '" + name + "'");
  auto number = number_of(object, errno_key, EPERM);
  if (!number) return unexpected(number.error());
  if (*number > kLargestErrno) return bad("error number " + std::to_string(*number));
  const bool used = *action == Action::kErrno || *action == Action::kTrace;
  return ActionValue{*action, used ? static_cast<uint32_t>(*number) : 0};
}

Result<std::vector<ArgRule>> args_of(const json& rule) {
  auto items = list_of(rule, "args");
  if (!items) return unexpected(items.error());
  std::vector<ArgRule> args;
  for (const json* item : *items) {
    if (!item->is_object()) return bad("an argument rule is no object");
    const auto compare = compare_by_oci_name(text_of(*item, "op"));
    if (!compare) return bad("unknown comparison '" + text_of(*item, "op") + "'");
    auto index = number_of(*item, "index", 6);
    auto value = number_of(*item, "value", 0);
    auto value_two = number_of(*item, "valueTwo", 0);
    if (!index) return unexpected(index.error());
    if (!value) return unexpected(value.error());
    if (!value_two) return unexpected(value_two.error());
    if (*index > 5) return bad("an argument rule without index 0 to 5");
    args.push_back({static_cast<uint32_t>(*index), *compare, *value, *value_two});
  }
  return args;
}

// ---- Docker's conditions

// The Go words that Docker uses for machines.
std::string_view go_arch(Abi native) { return native == Abi::kArm64 ? "arm64" : "amd64"; }

// Major and minor of "4.8" or "6.1.0-37-amd64"; what is no version is 0.
std::pair<int, int> version_of(const std::string& text) {
  std::pair<int, int> version{0, 0};
  const char* const end = text.data() + text.size();
  const auto major = std::from_chars(text.data(), end, version.first);
  if (major.ec == std::errc() && major.ptr != end && *major.ptr == '.') {
    std::from_chars(major.ptr + 1, end, version.second);
  }
  return version;
}

bool has_all(const std::vector<std::string>& wanted, const std::set<std::string>& there) {
  return std::ranges::all_of(wanted, [&](const auto& w) { return there.contains(w); });
}
bool has_any(const std::vector<std::string>& wanted, const std::set<std::string>& there) {
  return std::ranges::any_of(wanted, [&](const auto& w) { return there.contains(w); });
}

// As dockerd decides it: all of `includes` hold, none of `excludes`.
Result<bool> applies(const json& rule, const ProfileSetting& setting) {
  static const json kNone = json::object();
  const auto part = [&](const char* key) -> const json& {
    const auto found = rule.find(key);
    return found != rule.end() && found->is_object() ? *found : kNone;
  };
  const json &includes = part("includes"), &excludes = part("excludes");
  const auto in_caps = texts_of(includes, "caps"), out_caps = texts_of(excludes, "caps");
  const auto in_arches = texts_of(includes, "arches"), out_arches = texts_of(excludes, "arches");
  for (const auto* list : {&in_caps, &out_caps, &in_arches, &out_arches}) {
    if (!*list) return unexpected(list->error());
  }
  const std::set<std::string> arch = {std::string(go_arch(setting.native))};
  const auto kernel_is_from = [&](const std::string& version) {
    return setting.kernel_release.empty() ||
           version_of(setting.kernel_release) >= version_of(version);
  };
  const std::string in_kernel = text_of(includes, "minKernel");
  const std::string out_kernel = text_of(excludes, "minKernel");
  return has_all(*in_caps, setting.capabilities) && !has_any(*out_caps, setting.capabilities) &&
         (in_arches->empty() || has_any(*in_arches, arch)) && !has_any(*out_arches, arch) &&
         (in_kernel.empty() || kernel_is_from(in_kernel)) &&
         (out_kernel.empty() || !kernel_is_from(out_kernel));
}

// ---- the parts

Result<void> read_rule(const json& item, const ProfileSetting& setting, SeccompProfile& profile) {
  if (!item.is_object()) return bad("a rule is no object");
  auto wanted = applies(item, setting);
  if (!wanted) return unexpected(wanted.error());
  if (!*wanted) return {};
  ProfileRule rule;
  auto names = texts_of(item, "names");
  if (!names) return unexpected(names.error());
  rule.names = std::move(*names);
  if (const std::string name = text_of(item, "name"); !name.empty()) rule.names.push_back(name);
  if (rule.names.empty()) return bad("a rule without names");
  auto action = action_of(item, "action", "errnoRet");
  if (!action) return unexpected(action.error());
  rule.action = *action;
  auto args = args_of(item);
  if (!args) return unexpected(args.error());
  rule.args = std::move(*args);
  profile.rules.push_back(std::move(rule));
  return {};
}

Result<void> read_archs(const json& object, const ProfileSetting& setting,
                        SeccompProfile& profile) {
  auto names = texts_of(object, "architectures");
  if (!names) return unexpected(names.error());
  auto map = list_of(object, "archMap");
  if (!map) return unexpected(map.error());
  for (const json* row : *map) {
    if (!row->is_object()) return bad("a row of archMap is no object");
    if (text_of(*row, "architecture") != abi_row(setting.native).oci) continue;
    auto others = texts_of(*row, "subArchitectures");
    if (!others) return unexpected(others.error());
    names->push_back(abi_row(setting.native).oci);
    names->insert(names->end(), others->begin(), others->end());
  }
  std::set<Abi> abis;
  for (const std::string& name : *names) {
    // Tables of other machines say nothing here.
    if (const auto abi = abi_by_oci_name(name); abi && abi_row(*abi).native == setting.native) {
      abis.insert(*abi);
    }
  }
  profile.abis.assign(abis.begin(), abis.end());
  return {};
}

Result<SeccompProfile> read_json(const std::string& text, const ProfileSetting& setting) {
  json document = json::parse(text, nullptr, false);
  if (document.is_discarded() || !document.is_object()) return bad("not JSON");
  // A config.json of a bundle has the profile inside.
  if (document.contains("linux") && document["linux"].is_object()) {
    json inner = document["linux"].value("seccomp", json());
    if (!inner.is_object()) return bad("the bundle's config.json has none");
    document = std::move(inner);
  }
  SeccompProfile profile;
  auto action = action_of(document, "defaultAction", "defaultErrnoRet");
  if (!action) return unexpected(action.error());
  profile.default_action = *action;
  if (auto archs = read_archs(document, setting, profile); !archs) return unexpected(archs.error());
  auto flags = texts_of(document, "flags");
  if (!flags) return unexpected(flags.error());
  profile.flags = std::move(*flags);
  auto rules = list_of(document, "syscalls");
  if (!rules) return unexpected(rules.error());
  for (const json* rule : *rules) {
    if (auto read = read_rule(*rule, setting, profile); !read) return unexpected(read.error());
  }
  return profile;
}

bool is_binary(const std::string& text) { return text.find('\0') != std::string::npos; }

Result<FilterProgram> read_filter(const std::string& bytes) {
  FilterProgram program(bytes.size() / sizeof(sock_filter));
  if (bytes.size() % sizeof(sock_filter) != 0) return bad("neither text nor a filter");
  std::memcpy(program.data(), bytes.data(), bytes.size());
  if (auto checked = check_filter(program); !checked) return unexpected(checked.error());
  return program;
}

char first_visible(const std::string& text) {
  const size_t at = text.find_first_not_of(" \t\r\n");
  return at == std::string::npos ? '\0' : text[at];
}

}  // namespace

ProfileSetting ProfileSetting::docker_default() {
  ProfileSetting setting;
  for (const char* name :
       {"AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD",
        "NET_BIND_SERVICE", "NET_RAW", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"}) {
    setting.capabilities.insert(std::string("CAP_") + name);
  }
#if defined(__aarch64__)
  setting.native = Abi::kArm64;
#endif
  return setting;
}

ProfileSetting ProfileSetting::of(const RecordingHeader& header) {
  ProfileSetting setting = docker_default();
  setting.native = native_abi(header.architecture);
  setting.kernel_release = header.kernel_release;
  return setting;
}

Result<std::string> read_text_file(const std::string& path, size_t limit_bytes) {
  // A pipe will do (`<(…)` of a shell), but nobody is waited for who may never open its other end.
  FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file) return unexpected(system_message("cannot open '" + path + "'", errno));
  if (fcntl(file.get(), F_SETFL, 0) != 0) {
    return unexpected(system_message("cannot read '" + path + "'", errno));
  }
  std::string text;
  char piece[65536];
  for (;;) {
    const ssize_t got = ::read(file.get(), piece, sizeof piece);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return unexpected(system_message("cannot read '" + path + "'", errno));
    if (got == 0) return text;
    text.append(piece, static_cast<size_t>(got));
    if (text.size() > limit_bytes) return unexpected("'" + path + "' is too large");
  }
}

void leave_out_unknown(LoadedProfile& loaded) {
  if (!loaded.profile) return;
  for (ProfileRule& rule : loaded.profile->rules) {
    std::erase_if(rule.names, [&](const std::string& name) {
      return std::ranges::find(loaded.unknown_names, name) != loaded.unknown_names.end();
    });
  }
  std::erase_if(loaded.profile->rules, [](const ProfileRule& r) { return r.names.empty(); });
}

Result<SeccompProfile> parse_profile(const std::string& text, const ProfileSetting& setting) {
  return first_visible(text) == '{' ? read_json(text, setting)
                                    : parse_systemd_profile(text, setting.native);
}

Result<LoadedProfile> load_profile(const std::string& path, const ProfileSetting& setting) {
  auto text = read_text_file(path, kMaxProfileBytes);
  if (!text) return unexpected(text.error());
  const auto named = [&](const Error& error) {
    return unexpected(error.kind, "'" + path + "': " + error.message);
  };
  LoadedProfile loaded;
  if (is_binary(*text)) {
    auto filter = read_filter(*text);
    if (!filter) return named(filter.error());
    loaded.filter = std::move(*filter);
    return loaded;
  }
  auto profile = parse_profile(*text, setting);
  if (!profile) return named(profile.error());
  auto filter = compile_filter(*profile, &loaded.unknown_names);
  if (!filter) return named(filter.error());
  loaded.profile = std::move(*profile);
  loaded.filter = std::move(*filter);
  return loaded;
}

bool looks_like_profile(const std::string& text) {
  if (first_visible(text) == '{') {
    return text.find("\"defaultAction\"") != std::string::npos ||
           text.find("\"ociVersion\"") != std::string::npos;
  }
  return text.find("SystemCallFilter=") != std::string::npos;
}

}  // namespace ctrace
