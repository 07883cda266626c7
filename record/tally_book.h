// The kernel side's counters as the recording has them: by container index, phase, ABI and event.
// Takes over what containers did that are gone, so that the kernel side's table can be used again.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <tuple>
#include <vector>

#include "format/model/recording.h"
#include "record/kernel_side.h"

namespace ctrace {

// A call that never ended, as a row of its own.
KernelSide::TallyRow tally_of(const wire::in_flight_record& call);

class TallyBook {
 public:
  // Whether each call of this row was certainly refused by a seccomp filter.
  using Refused = std::function<bool(uint32_t container, const KernelSide::TallyRow& row)>;
  explicit TallyBook(Refused refused) : refused_(std::move(refused)) {}

  // What a container did that will do no more.
  void close(uint32_t container, const std::vector<KernelSide::TallyRow>& rows);

  // What was closed since the last call.
  std::vector<CallCount> take_closed();

  // `rows` of what still runs. `index_of` gives the container's index for a top cgroup, or nothing
  // for one that is not recorded.
  template <typename IndexOf>
  std::vector<CallCount> counts(const std::vector<KernelSide::TallyRow>& rows,
                                IndexOf index_of) const {
    Counts all;
    for (const KernelSide::TallyRow& row : rows) {
      if (const auto index = index_of(row.top_cgroup)) add(all, *index, row);
    }
    return sorted(all);
  }

 private:
  using Key = std::tuple<uint32_t, uint8_t, uint8_t, uint16_t>;  // container, phase, ABI, event
  struct Count {
    uint64_t calls = 0, failed = 0, denied = 0;
  };
  using Counts = std::map<Key, Count>;
  void add(Counts& to, uint32_t container, const KernelSide::TallyRow& row) const;
  static std::vector<CallCount> sorted(const Counts& counts);

  Refused refused_;
  Counts closed_;
};

}  // namespace ctrace
