#include "analyze/scope.h"

#include "format/filter/container_word.h"

namespace ctrace {
namespace {

bool names(const std::string& wanted, const Container& container, bool exact) {
  if (exact) return container.name == wanted || container.id == wanted;
  return names_container(wanted, container);
}

}  // namespace

Chosen Scope::choose(RecordingReader& reader) {
  Chosen chosen;
  for (const auto& [index, container] : reader.containers()) {
    if (wanted_.empty()) chosen.containers.insert(index);
    for (const std::string& wanted : wanted_) {
      if (!names(wanted, container, exact_)) continue;
      chosen.containers.insert(index);
      found_.insert(wanted);
    }
  }
  chosen.host = wanted_.empty() && reader.header().command_mode && reader.containers().empty();
  return chosen;
}

Result<void> Scope::all_found() const {
  for (const std::string& wanted : wanted_) {
    if (!found_.contains(wanted)) {
      return unexpected(Error::Kind::kUsage, "no container '" + wanted + "' is in the recording");
    }
  }
  return {};
}

bool is_own(const CallCount& row, const Chosen& chosen) {
  if (row.container == 0) return chosen.host && row.phase == Phase::kHost;
  const bool own = row.phase == Phase::kOwn || row.phase == Phase::kEntered;
  return own && chosen.containers.contains(row.container);
}

bool is_own(const Task& task, const Chosen& chosen) {
  if (task.container == nullptr) return chosen.host && task.phase == Phase::kHost;
  const bool own = task.phase == Phase::kOwn || task.phase == Phase::kEntered;
  return own && chosen.containers.contains(task.container->index);
}

bool is_setup(const Task& task, const Chosen& chosen) {
  return task.container != nullptr && task.phase == Phase::kSetup &&
         chosen.containers.contains(task.container->index);
}

bool is_narrowed(const RecordingHeader& header) {
  // The word that keeps containers apart; all other filters leave out calls of the chosen ones.
  constexpr std::string_view kContainerFilter = "--container";
  for (size_t i = 0; i < header.filters.size(); i += 2) {
    if (header.filters[i] != kContainerFilter) return true;
  }
  return false;
}

std::string container_name(const Container* container) {
  if (container == nullptr) return "host";
  return container->name.empty() ? std::string(container->short_id()) : container->name;
}

Abi native_abi(const RecordingReader& reader) { return native_abi(reader.header().architecture); }

}  // namespace ctrace
