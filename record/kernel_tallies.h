// The kernel side's counters of calls and of losses, by container and phase.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "bpf/event.h"
#include "record/kernel_side.h"

namespace ctrace {

// Reads and hands out what lies in four maps of the kernel side (bpf/tally.bpf.h, bpf/ring.bpf.h).
class KernelTallies {
 public:
  struct Maps {  // descriptors, which somebody else owns
    int index = -1, free = -1, tallies = -1, drops = -1;
  };
  KernelTallies() = default;
  KernelTallies(const Maps& maps, uint32_t cpus) : maps_(maps), cpus_(cpus) {}

  // The kernel side takes an index from the queue when it needs one: called once.
  void hand_out();

  // Of those whose container's outermost cgroup is wanted.
  using Wanted = std::function<bool(uint64_t top_cgroup)>;
  std::vector<KernelSide::TallyRow> calls(const Wanted& wanted);
  std::vector<KernelSide::DropRow> drops(const Wanted& wanted);
  void free(uint64_t top_cgroup);

 private:
  template <typename Visit>
  void for_each(Visit visit);
  void read(uint32_t index);
  void clear(uint32_t index);

  Maps maps_;
  uint32_t cpus_ = 0;
  std::vector<wire::tally> per_cpu_;  // one tally's values
};

}  // namespace ctrace
