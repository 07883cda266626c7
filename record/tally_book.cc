#include "record/tally_book.h"

#include <utility>

#include "format/catalogue/catalogue.h"

namespace ctrace {

KernelSide::TallyRow tally_of(const wire::in_flight_record& call) {
  // As find_tally() of the kernel side has it.
  uint8_t phase = call.task.phase;
  if (phase == wire::PHASE_ENTERING) phase = wire::PHASE_SETUP;
  return {call.task.top_cgroup, phase, call.abi, static_cast<uint16_t>(call.nr), 1, 0};
}

void TallyBook::close(uint32_t container, const std::vector<KernelSide::TallyRow>& rows) {
  for (const KernelSide::TallyRow& row : rows) add(closed_, container, row);
}

std::vector<CallCount> TallyBook::take_closed() {
  const Counts closed = std::exchange(closed_, {});
  return sorted(closed);
}

void TallyBook::add(Counts& to, uint32_t container, const KernelSide::TallyRow& row) const {
  const uint16_t event = syscall_event(static_cast<Abi>(row.abi), row.nr).id;
  Count& count = to[{container, row.phase, row.abi, event}];
  count.calls += row.calls;
  count.failed += row.failed;
  if (refused_(container, row)) count.denied += row.calls;
}

std::vector<CallCount> TallyBook::sorted(const Counts& counts) {
  std::vector<CallCount> rows;
  for (const auto& [key, count] : counts) {
    const auto& [container, phase, abi, event] = key;
    rows.push_back({container, static_cast<Phase>(phase), static_cast<Abi>(abi), event, count.calls,
                    count.failed, count.denied});
  }
  return rows;
}

}  // namespace ctrace
