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
  auto read = reader.read(selection, [&](const Event& event) {
    if (is_own(*event.task, filtered) && event.result != -EPERM && event.result != -ENOSYS) {
      denied.erase({event.type->id, event.abi});
    }
    return true;
  });
  if (!read) return unexpected(read.error());
  return denied;
}

}  // namespace ctrace
