#include "analyze/denied_calls.h"

#include <cerrno>

#include "format/catalogue/catalogue.h"

namespace ctrace {
namespace {

constexpr uint32_t kFilterMode = 2;  // SECCOMP_MODE_FILTER

}  // namespace

Result<std::set<std::pair<uint16_t, Abi>>> find_denied(RecordingReader& reader,
                                                       const Chosen& chosen) {
  Chosen filtered;
  for (const uint32_t index : chosen.containers) {
    if (reader.containers().at(index).seccomp_mode == kFilterMode) {
      filtered.containers.insert(index);
    }
  }
  // Whoever made such a call with success, under a filter or not, shows that it is of use.
  std::set<std::pair<uint16_t, Abi>> denied, useful;
  for (const CallCount& row : reader.call_counts()) {
    if (row.count == 0 || !is_own(row, chosen)) continue;
    const bool failed = row.failed == row.count && is_own(row, filtered);
    (failed ? denied : useful).insert({row.event_id, row.abi});
  }
  for (const auto& key : useful) denied.erase(key);
  if (denied.empty()) return denied;
  Selection selection;
  selection.event_ids.resize(kForeignBase * 2);
  for (const auto& [id, abi] : denied) {
    if (id < selection.event_ids.size()) selection.event_ids[id] = true;
  }
  // Events may be missing (lost, filtered): without one there is no word of how the call ended.
  std::set<std::pair<uint16_t, Abi>> confirmed;
  auto read = reader.read(selection, [&](const Event& event) {
    if (!is_own(*event.task, filtered)) return true;
    const std::pair key(event.type->id, event.abi);
    const bool refused = event.result == -EPERM || event.result == -ENOSYS;
    if (!refused) denied.erase(key);
    if (refused && denied.contains(key)) confirmed.insert(key);
    return true;
  });
  if (!read) return unexpected(read.error());
  std::erase_if(denied, [&](const auto& key) { return !confirmed.contains(key); });
  return denied;
}

}  // namespace ctrace
