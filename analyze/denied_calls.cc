#include "analyze/denied_calls.h"

namespace ctrace {

std::set<std::pair<uint16_t, Abi>> find_denied(RecordingReader& reader, const Chosen& chosen) {
  // Whoever made such a call that was let through shows that it is of use.
  std::set<std::pair<uint16_t, Abi>> denied, useful;
  for (const CallCount& row : reader.call_counts()) {
    if (row.count == 0 || !is_own(row, chosen)) continue;
    (row.denied == row.count ? denied : useful).insert({row.event_id, row.abi});
  }
  for (const auto& key : useful) denied.erase(key);
  return denied;
}

}  // namespace ctrace
