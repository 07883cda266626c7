#include "record/kernel_tallies.h"

#include <bpf/bpf.h>

namespace ctrace {

template <typename Visit>
void KernelTallies::for_each(Visit visit) {
  wire::tally_key key, previous;
  for (const wire::tally_key* at = nullptr; bpf_map_get_next_key(maps_.index, at, &key) == 0;) {
    uint32_t index;
    if (bpf_map_lookup_elem(maps_.index, &key, &index) == 0) visit(key, index);
    previous = key;
    at = &previous;
  }
}

void KernelTallies::read(uint32_t index) {
  per_cpu_.assign(cpus_, {});
  for (uint32_t cpu = 0; cpu < cpus_; ++cpu) {
    const uint32_t at = cpu * wire::MAX_TALLIES + index;
    bpf_map_lookup_elem(maps_.tallies, &at, &per_cpu_[cpu]);
  }
}

void KernelTallies::clear(uint32_t index) {
  const wire::tally nothing = {};
  const wire::drop_row no_drops = {};
  for (uint32_t cpu = 0; cpu < cpus_; ++cpu) {
    const uint32_t at = cpu * wire::MAX_TALLIES + index;
    bpf_map_update_elem(maps_.tallies, &at, &nothing, BPF_ANY);
    bpf_map_update_elem(maps_.drops, &at, &no_drops, BPF_ANY);
  }
}

void KernelTallies::hand_out() {
  for (uint32_t index = 0; index < wire::MAX_TALLIES; ++index)
    bpf_map_update_elem(maps_.free, nullptr, &index, BPF_ANY);
}

std::vector<KernelSide::TallyRow> KernelTallies::calls(const Wanted& wanted) {
  std::vector<KernelSide::TallyRow> rows;
  for_each([&](const wire::tally_key& key, uint32_t index) {
    if (!wanted(key.top_cgroup)) return;
    read(index);
    for (uint16_t nr = 0; nr < wire::TALLY_CALLS; ++nr) {
      constexpr int kOwn = wire::X32_OWN, kFirstOwn = int{wire::TALLY_CALLS} - kOwn;
      const bool own = key.abi == wire::ABI_X32 && nr >= kFirstOwn;
      const auto number = static_cast<uint16_t>(own ? nr + kOwn : nr);
      KernelSide::TallyRow row = {key.top_cgroup, key.phase, key.abi, number, 0, 0};
      for (const wire::tally& tally : per_cpu_) {
        row.calls += tally.calls[nr];
        row.failed += tally.failed[nr];
      }
      if (row.calls) rows.push_back(row);
    }
  });
  return rows;
}

std::vector<KernelSide::DropRow> KernelTallies::drops(const Wanted& wanted) {
  std::vector<KernelSide::DropRow> rows;
  for_each([&](const wire::tally_key& key, uint32_t index) {
    if (!wanted(key.top_cgroup)) return;
    KernelSide::DropRow row = {key.top_cgroup, key.phase, {}};
    uint64_t any = 0;
    for (uint32_t cpu = 0; cpu < cpus_; ++cpu) {
      wire::drop_row drops = {};
      const uint32_t at = cpu * wire::MAX_TALLIES + index;
      bpf_map_lookup_elem(maps_.drops, &at, &drops);
      for (size_t i = 0; i < wire::DROP_CLASSES; ++i)
        any |= row.counts.dropped[i] += drops.lost.dropped[i];
      for (size_t i = 0; i < wire::SHED_CLASSES; ++i)
        any |= row.counts.shed[i] += drops.lost.shed[i];
    }
    if (any) rows.push_back(row);
  });
  return rows;
}

void KernelTallies::free(uint64_t top_cgroup) {
  std::vector<std::pair<wire::tally_key, uint32_t>> gone;
  for_each([&](const wire::tally_key& key, uint32_t index) {
    if (key.top_cgroup == top_cgroup) gone.emplace_back(key, index);
  });
  for (const auto& [key, index] : gone) {
    bpf_map_delete_elem(maps_.index, &key);
    clear(index);
    bpf_map_update_elem(maps_.free, nullptr, &index, BPF_ANY);
  }
}

}  // namespace ctrace
