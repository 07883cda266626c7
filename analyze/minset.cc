#include "analyze/minset.h"

#include <algorithm>

#include "analyze/runtime_baseline.h"
#include "format/catalogue/catalogue.h"

namespace ctrace {
namespace {

// Every program needs these to end and to return from a signal's handler, seen or not.
constexpr const char* kAlways[] = {"exit", "exit_group", "restart_syscall", "rt_sigreturn"};

// The word that keeps containers apart; all other filters leave out calls of the chosen ones.
constexpr std::string_view kContainerFilter = "--container";

bool filters_narrow(const std::vector<std::string>& filters) {
  for (size_t i = 0; i < filters.size(); i += 2) {
    if (filters[i] != kContainerFilter) return true;
  }
  return false;
}

bool names(const std::string& wanted, const Container& container) {
  return container.name == wanted || (!wanted.empty() && container.id.starts_with(wanted));
}

// For messages.
std::string shown(const Container& container) {
  return "container '" +
         std::string(container.name.empty() ? container.short_id() : container.name) + "'";
}

std::string joined(const std::set<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

// The file's own schema comes first: it says what its ids mean.
std::map<uint16_t, const EventType*> schema_of(const RecordingReader& reader) {
  std::map<uint16_t, const EventType*> types;
  for (const EventType& type : reader.header().event_types) types.emplace(type.id, &type);
  return types;
}

const EventType* type_of(const std::map<uint16_t, const EventType*>& schema, uint16_t id) {
  if (const auto row = schema.find(id); row != schema.end()) return row->second;
  if (const EventType* type = find_event(id)) return type;
  return unknown_syscall_event(id);
}

Abi native_abi(const RecordingReader& reader) {
  const std::string& machine = reader.header().architecture;
  return machine == "aarch64" || machine == "arm64" ? Abi::kArm64 : Abi::kX86_64;
}

}  // namespace

void Minset::add(const std::string& file, RecordingReader& reader) {
  const std::set<uint32_t> chosen = choose_containers(reader);
  // A command that was recorded outside of any container stands for one.
  const bool host = wanted_.empty() && reader.header().command_mode && reader.containers().empty();
  if (!add_calls(reader, chosen, host)) return;
  for (const uint32_t index : chosen) {
    const Container& container = reader.containers().at(index);
    add_baseline(reader, container);
    warn_of_container(container);
  }
  warn_of_recording(file, reader);
}

std::set<uint32_t> Minset::choose_containers(RecordingReader& reader) {
  std::set<uint32_t> chosen;
  for (const auto& [index, container] : reader.containers()) {
    if (wanted_.empty()) chosen.insert(index);
    for (const std::string& wanted : wanted_) {
      if (!names(wanted, container)) continue;
      chosen.insert(index);
      found_.insert(wanted);
    }
  }
  return chosen;
}

// Of the phases, those after the container's own execve alone: before it the runtime sets up the
// container with calls (mount, pivot_root, keyctl) that an attacker would like best.
bool Minset::add_calls(RecordingReader& reader, const std::set<uint32_t>& containers, bool host) {
  const auto schema = schema_of(reader);
  bool any = false;
  for (const CallCount& row : reader.call_counts()) {
    const bool own = row.phase == Phase::kOwn || row.phase == Phase::kEntered;
    const bool counts = row.container == 0 ? host && row.phase == Phase::kHost
                                           : own && containers.contains(row.container);
    const EventType* type = counts && row.count != 0 ? type_of(schema, row.event_id) : nullptr;
    if (type == nullptr || !type->is_syscall) continue;
    add_call(row.abi, *type);
    any = true;
  }
  return any;
}

void Minset::add_call(Abi abi, const EventType& type) {
  if (!seccomp_knows(abi, type.name)) {
    unresolved_.insert(type.name + " (" + std::string(abi_name(abi)) + ")");
    return;
  }
  set_.abis.insert(abi);
  set_.names.insert(type.name);
}

void Minset::add_baseline(const RecordingReader& reader, const Container& container) {
  add_runtime_baseline({.runtime = container.runtime,
                        .engine = container.engine,
                        .no_new_privs = container.no_new_privs,
                        .existing = container.existing},
                       baseline_);
  // The runtime is a program of the machine's own kind, whatever runs in the container.
  set_.abis.insert(native_abi(reader));
}

void Minset::warn_of_recording(const std::string& file, RecordingReader& reader) {
  if (filters_narrow(reader.header().filters)) {
    warnings_.push_back(
        "'" + file +
        "' was recorded with filters: calls that they left out are missing from the set");
  }
  if (const uint64_t lost = reader.totals().lost; lost != 0) {
    warnings_.push_back("'" + file + "' lost " + std::to_string(lost) +
                        " events: calls that were made only then may be missing from the set");
  }
}

void Minset::warn_of_container(const Container& container) {
  if (container.seccomp_mode != 0) {
    warnings_.push_back(shown(container) +
                        " ran under a seccomp filter: the set may hold calls that it denied, and "
                        "lack those that would have followed");
  }
  if (container.existing) {
    warnings_.push_back(shown(container) +
                        " ran before the recording began: the calls of its start may be missing");
  }
}

Result<SyscallSet> Minset::finish() {
  for (const std::string& wanted : wanted_) {
    if (!found_.contains(wanted)) {
      return unexpected(Error::Kind::kUsage, "no container '" + wanted + "' is in the recording");
    }
  }
  if (!unresolved_.empty()) {
    warnings_.push_back("left out, libseccomp does not know them: " + joined(unresolved_));
  }
  if (set_.names.empty()) {
    return unexpected(
        "the set would be empty: no container made a system call of its own in the recording");
  }
  set_.names.merge(baseline_);
  set_.names.insert(std::begin(kAlways), std::end(kAlways));
  return set_;
}

}  // namespace ctrace
