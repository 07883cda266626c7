#include "format/seccomp/systemd_profile.h"

#include <algorithm>
#include <map>
#include <optional>
#include <sstream>

namespace ctrace {
namespace {

// systemd's @default: always allowed beside a list of what is allowed.
constexpr const char* kDefaultGroup =
    "arch_prctl brk cacheflush clock_getres clock_getres_time64 clock_gettime clock_gettime64 "
    "clock_nanosleep clock_nanosleep_time64 execve exit exit_group futex futex_time64 futex_waitv "
    "get_robust_list get_thread_area getegid getegid32 geteuid geteuid32 getgid getgid32 getgroups "
    "getgroups32 getpgid getpgrp getpid getppid getrandom getresgid getresgid32 getresuid "
    "getresuid32 getrlimit getsid gettid gettimeofday getuid getuid32 membarrier mmap mmap2 "
    "mprotect munmap nanosleep pause prlimit64 restart_syscall rseq rt_sigreturn sched_getaffinity "
    "sched_yield set_robust_list set_thread_area set_tid_address set_tls sigreturn time ugetrlimit";

struct ArchRow {
  std::string_view word;
  Abi abi;
};
constexpr ArchRow kArchs[] = {
    {"x86-64", Abi::kX86_64}, {"x86", Abi::kI386}, {"x32", Abi::kX32},
    {"arm64", Abi::kArm64},   {"arm", Abi::kArm},
};

std::vector<std::string> words_in(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

struct Unit {
  std::optional<bool> allows;  // the first SystemCallFilter= was a list of what is allowed
  std::map<std::string, std::optional<uint32_t>> names;  // with an error number of their own
  std::optional<std::set<std::string>> logged;           // SystemCallLog=~
  std::optional<uint32_t> error_number;
  std::set<Abi> abis;
};

Result<std::vector<std::string>> expand(const std::string& word) {
  if (word == "@default") return words_in(kDefaultGroup);
  if (word.starts_with('@')) {
    return unexpected("systemd's group " + word +
                      " is not expanded: list its calls (systemd-analyze syscall-filter " + word +
                      ")");
  }
  return std::vector<std::string>{word};
}

Result<void> take_word(const std::string& word, bool adds, Unit& unit) {
  std::optional<uint32_t> number;
  const size_t colon = word.find(':');
  if (colon != std::string::npos && word.substr(colon + 1) != "kill") {
    auto parsed = errno_by_name(word.substr(colon + 1));
    if (!parsed) return unexpected(parsed.error());
    number = *parsed;
  }
  auto names = expand(word.substr(0, colon));
  if (!names) return unexpected(names.error());
  for (const std::string& name : *names) {
    if (adds) {
      unit.names[name] = number;
    } else {
      unit.names.erase(name);
    }
  }
  return {};
}

Result<void> take_filter(std::string value, Unit& unit) {
  if (words_in(value).empty()) {  // an empty line takes back what came before
    unit.allows.reset();
    unit.names.clear();
    return {};
  }
  const bool inverted = value.starts_with('~');
  if (inverted) value.erase(0, 1);
  if (!unit.allows) {
    unit.allows = !inverted;
    if (*unit.allows) {
      if (auto taken = take_word("@default", true, unit); !taken) return taken;
    }
  }
  for (const std::string& word : words_in(value)) {
    if (auto taken = take_word(word, *unit.allows != inverted, unit); !taken) return taken;
  }
  return {};
}

Result<void> take_line(const std::string& key, const std::string& value, Abi native, Unit& unit) {
  if (key == "SystemCallFilter") return take_filter(value, unit);
  if (key == "SystemCallLog" && value.starts_with('~')) {
    if (!unit.logged) unit.logged.emplace();
    for (const std::string& word : words_in(value.substr(1))) unit.logged->insert(word);
  } else if (key == "SystemCallErrorNumber" && value != "kill") {
    auto number = errno_by_name(value);
    if (!number) return unexpected(number.error());
    unit.error_number = *number;
  } else if (key == "SystemCallArchitectures") {
    for (const std::string& word : words_in(value)) {
      if (word == "native") unit.abis.insert(native);
      const auto* row = std::ranges::find(kArchs, word, &ArchRow::word);
      if (row != std::end(kArchs)) unit.abis.insert(row->abi);
    }
  }
  return {};
}

// Lines with a backslash at the end go on in the next one.
std::vector<std::string> logical_lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  bool goes_on = false;
  for (std::string line; std::getline(stream, line);) {
    const bool more = line.ends_with('\\');
    if (more) line.back() = ' ';
    if (goes_on) {
      lines.back() += line;
    } else {
      lines.push_back(line);
    }
    goes_on = more;
  }
  return lines;
}

SeccompProfile profile_of(const Unit& unit, Abi native) {
  SeccompProfile profile;
  const ActionValue refused = unit.error_number ? ActionValue{Action::kErrno, *unit.error_number}
                                                : ActionValue{Action::kKillProcess, 0};
  const ActionValue allowed = {Action::kAllow, 0};
  std::set<Abi> abis = unit.abis;
  // Without SystemCallArchitectures= the filter is in force for all tables of the machine.
  for (const AbiRow& row : abi_rows()) {
    if (unit.abis.empty() && row.native == native) abis.insert(row.abi);
  }
  profile.abis.assign(abis.begin(), abis.end());
  if (!unit.allows) {
    profile.default_action = {Action::kLog, 0};
    profile.rules.push_back({{unit.logged->begin(), unit.logged->end()}, allowed});
    return profile;
  }
  profile.default_action = *unit.allows ? refused : allowed;
  for (const auto& [name, number] : unit.names) {
    const ActionValue own = number ? ActionValue{Action::kErrno, *number} : refused;
    profile.rules.push_back({{name}, *unit.allows ? allowed : own});
  }
  return profile;
}

}  // namespace

Result<SeccompProfile> parse_systemd_profile(const std::string& text, Abi native) {
  Unit unit;
  for (const std::string& line : logical_lines(text)) {
    const size_t equals = line.find('=');
    if (equals == std::string::npos || line.starts_with('#') || line.starts_with(';')) continue;
    const std::string key = line.substr(0, line.find_last_not_of(" \t", equals - 1) + 1);
    const size_t start = line.find_first_not_of(" \t", equals + 1);
    std::string value = start == std::string::npos ? "" : line.substr(start);
    while (value.ends_with(' ') || value.ends_with('\r')) value.pop_back();
    if (auto taken = take_line(key, value, native, unit); !taken) return unexpected(taken.error());
  }
  if (!unit.allows && !unit.logged) {
    return unexpected("no seccomp profile: neither JSON nor a SystemCallFilter= line");
  }
  return profile_of(unit, native);
}

}  // namespace ctrace
