// Processes: how they are made, scheduled, ended, and what they may.
#include <sys/wait.h>

#include <algorithm>

#include "format/decode/decode.h"
#include "format/decode/structure.h"

namespace ctrace::structs {
namespace {

using enum Unit;

void append_hex(const Decoding& decoding, uint64_t value) { decoding.out.hex(value); }
void append_pointer(const Decoding& decoding, uint64_t value) { decoding.out.pointer(value); }

// A status of wait(2), as strace has it.
void append_plain_status(int status, ValueWriter& to) {
  OutputBuffer& out = to.begin_value();
  const auto signal = [&](std::string_view before, int number) {
    out.append(before);
    if (!append_decoded(Kind::signal, static_cast<uint64_t>(number), out)) {
      out.append_decimal(number);
    }
  };
  out.append("[{");
  if (WIFEXITED(status)) {
    out.append("WIFEXITED(s) && WEXITSTATUS(s) == ");
    out.append_decimal(WEXITSTATUS(status));
  } else if (WIFSTOPPED(status)) {
    signal("WIFSTOPPED(s) && WSTOPSIG(s) == ", WSTOPSIG(status) & 0x7f);
    if ((WSTOPSIG(status) & 0x80) != 0) out.append(" | 0x80");
  } else if (WIFCONTINUED(status)) {
    out.append("WIFCONTINUED(s)");
  } else {
    signal("WIFSIGNALED(s) && WTERMSIG(s) == ", WTERMSIG(status));
    if (WCOREDUMP(status)) out.append(" && WCOREDUMP(s)");
  }
  out.append("}]");
}

void append_status(const Decoding& decoding, uint64_t value) {
  ValueWriter& out = decoding.out;
  const auto status = static_cast<int>(value);
  if (!out.json()) return append_plain_status(status, out);
  const auto signal = [&](std::string_view name, int number) {
    out.key(name);
    out.words(decoding.event.abi, Kind::signal, static_cast<uint64_t>(number), true);
  };
  out.open('{');
  out.key("status");
  out.number(int64_t{status});
  if (WIFEXITED(status)) {
    out.key("exit_code");
    out.number(int64_t{WEXITSTATUS(status)});
  } else if (WIFSTOPPED(status)) {
    signal("stopped_by", WSTOPSIG(status) & 0x7f);
  } else if (!WIFCONTINUED(status)) {
    signal("killed_by", WTERMSIG(status));
  }
  out.close('}');
}

// clang-format off
constexpr Member kStatusMembers[] = {{"status", kS32, Kind::kUnknown, append_status}};
constexpr Structure kStatus{.members = kStatusMembers, .is_bare = true};

constexpr Member kCloneMembers[] = {
    {"flags", kU64, Kind::clone3_flags},
    {.name = "pidfd", .unit = kU64, .append = append_hex, .silent_zero = true},
    {"child_tid", kU64, Kind::kUnknown, append_pointer},
    {"parent_tid", kU64, Kind::kUnknown, append_pointer},
    {"exit_signal", kU64, Kind::signal},
    {"stack", kU64, Kind::kUnknown, append_pointer}, {"stack_size", kU64, Kind::kUnknown, append_hex},
    {"tls", kU64, Kind::kUnknown, append_pointer},
    {.name = "set_tid", .unit = kU64, .append = append_hex, .silent_zero = true},
    {.name = "set_tid_size", .unit = kU64, .silent_zero = true},
    {.name = "cgroup", .unit = kU64, .silent_zero = true}};
constexpr Structure kClone{.members = kCloneMembers, .grows = true};

constexpr Member kSchedParamMembers[] = {{"sched_priority", kS32}};
constexpr Structure kSchedParam{.members = kSchedParamMembers, .is_bare = true, .brackets = true};

constexpr Member kSchedAttrMembers[] = {
    {"size", kU32}, {"sched_policy", kU32, Kind::sched_policy},
    {"sched_flags", kU64, Kind::sched_flags}, {"sched_nice", kS32}, {"sched_priority", kU32},
    {"sched_runtime", kU64}, {"sched_deadline", kU64}, {"sched_period", kU64},
    {"sched_util_min", kU32}, {"sched_util_max", kU32}};
constexpr Structure kSchedAttr{.members = kSchedAttrMembers, .grows = true};

constexpr Member kCapHeaderMembers[] = {
    {"version", kU32, Kind::cap_version}, {"pid", kS32}};
constexpr Structure kCapHeader{kCapHeaderMembers};

// What capget gives of 32 capabilities; since version 2 there are two.
constexpr Member kCapDataMembers[] = {{"effective", kU32}, {"permitted", kU32},
                                      {"inheritable", kU32}};
constexpr Structure kCapData{kCapDataMembers};

constexpr Member kSockFprogMembers[] = {{"len", kU16}, {"filter", kPointer}};
constexpr Structure kSockFprog{kSockFprogMembers};

constexpr Member kLandlockMembers[] = {
    {"handled_access_fs", kU64, Kind::landlock_fs},
    {.name = "handled_access_net", .unit = kU64, .words = Kind::landlock_net, .silent_zero = true},
    {.name = "scoped", .unit = kU64, .words = Kind::landlock_scope, .silent_zero = true}};
constexpr Structure kLandlock{.members = kLandlockMembers, .grows = true};

constexpr Member kLandlockPathMembers[] = {
    {"allowed_access", kU64, Kind::landlock_fs}, {"parent_fd", kS32}};
constexpr Structure kLandlockPath{.members = kLandlockPathMembers};
constexpr Member kLandlockPortMembers[] = {
    {"allowed_access", kU64, Kind::landlock_net}, {"port", kU64}};
constexpr Structure kLandlockPort{.members = kLandlockPortMembers};
// clang-format on

// All words with strace's 1<< in front; JSON has the names alone.
void append_capabilities(uint64_t set, const Decoding& decoding) {
  ValueWriter& out = decoding.out;
  OutputBuffer words(-1);
  for (unsigned i = 0; i < 64; ++i) {
    if ((set >> i & 1) == 0) continue;
    if (words.size() > 0) words.append('|');
    if (!out.json()) words.append("1<<");
    if (!append_decoded(Kind::capability, i, words)) words.append_decimal(i);
  }
  out.word(words.size() > 0 ? words.since(0) : "0");
}

bool append_cap_data(std::string_view bytes, const Decoding& decoding) {
  ValueWriter& out = decoding.out;
  const size_t size = size_of(kCapData, decoding.layout);
  // Version 1 has one part. Its header is another argument.
  const auto& args = decoding.event.type->args;
  for (size_t i = 0; i < args.size(); ++i) {
    constexpr uint64_t kVersion1 = 0x19980330;
    if (args[i].kind == Kind::cap_header &&
        number_at(decoding.event.texts[i].bytes, 0, 4) == kVersion1) {
      bytes = bytes.substr(0, size);
    }
  }
  out.open('{');
  for (size_t i = 0; i < std::size(kCapDataMembers); ++i) {
    if (bytes.size() < 4 * (i + 1)) break;
    out.key(kCapDataMembers[i].name);
    append_capabilities(number_at(bytes, 4 * i, 4) | number_at(bytes, size + 4 * i, 4) << 32,
                        decoding);
  }
  out.close('}');
  return bytes.size() >= size;
}

// How much of it there is it says itself; 0 is as much as its first version has.
bool append_sched_attr(std::string_view bytes, const Decoding& decoding) {
  constexpr uint64_t kFirstVersion = 48;
  if (bytes.size() < 4) return append_structure(kSchedAttr, bytes, decoding);
  const uint64_t size = std::max(number_at(bytes, 0, 4), kFirstVersion);
  return append_structure(kSchedAttr, bytes.substr(0, size), decoding);
}

bool append_landlock_rule(std::string_view bytes, const Decoding& decoding) {
  constexpr uint64_t kPort = 2;  // LANDLOCK_RULE_NET_PORT
  const uint64_t* rule = argument(decoding.event, Kind::landlock_rule);
  return append_structure(rule && *rule == kPort ? kLandlockPort : kLandlockPath, bytes, decoding);
}

// clang-format off
constexpr Pointee kPointees[] = {
    {Kind::wait_status, &kStatus},
    {Kind::clone_args, &kClone},
    {Kind::sched_param_in, &kSchedParam},
    {Kind::sched_param_out, &kSchedParam},
    {.kind = Kind::sched_attr_in, .native = &kSchedAttr, .append = append_sched_attr},
    {.kind = Kind::sched_attr_out, .native = &kSchedAttr, .append = append_sched_attr},
    {Kind::cap_header, &kCapHeader},
    {.kind = Kind::cap_data_in, .native = &kCapData, .elements = 2, .append = append_cap_data},
    {.kind = Kind::cap_data_out, .native = &kCapData, .elements = 2, .append = append_cap_data},
    {Kind::seccomp_arg, &kSockFprog},
    {Kind::landlock_ruleset, &kLandlock},
    {.kind = Kind::landlock_rule_attr, .native = &kLandlockPort, .append = append_landlock_rule},
};
// clang-format on

}  // namespace

std::span<const Pointee> process_pointees() { return kPointees; }

}  // namespace ctrace::structs
