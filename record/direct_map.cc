#include "record/direct_map.h"

#include <bpf/bpf.h>
#include <sys/random.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "bpf/plan.h"

namespace ctrace {
namespace {

// Whose tables say where a page is in the host's memory, which is not where it is in the map.
bool is_paravirtual() {
  std::string type;
  std::ifstream("/sys/hypervisor/guest_type") >> type;
  return type == "PV";
}

}  // namespace

std::optional<DirectMap> find_direct_map(uint64_t inside, uint64_t memory_bytes,
                                         const TryDirectMap& holds) {
  constexpr uint64_t kGiB = 1ull << 30;
  // What devices take of the addresses, and holes between the memories of several processors.
  const uint64_t reach = 2 * memory_bytes + 64 * kGiB;
  const uint64_t last = inside & ~(kGiB - 1);
  for (uint64_t below = 0; below <= reach && below < last; below += kGiB) {
    for (bool five_levels : {false, true}) {
      const DirectMap map = {last - below, five_levels};
      if (holds(map)) return map;
    }
  }
  return {};
}

std::optional<DirectMap> find_direct_map(int program) {
  if (is_paravirtual()) return {};
  uint64_t word = 0, task = 0;
  if (getrandom(&word, sizeof word, GRND_NONBLOCK) != sizeof word) return {};
  const auto holds = [&](const DirectMap& map) {
    wire::direct_map_query query = {};
    query.address = reinterpret_cast<uint64_t>(&word);
    query.word = word;
    query.map = {map.base, map.five_levels, 0};
    bpf_test_run_opts run = {};
    run.sz = sizeof run;
    run.ctx_in = &query;
    run.ctx_size_in = sizeof query;
    const bool ran = bpf_prog_test_run_opts(program, &run) == 0;
    task = query.task;
    return ran && run.retval == 1;
  };
  // The first answer is of interest for where it comes from: the task is memory of the map.
  if (holds({}) || !task) return {};
  const auto pages = static_cast<uint64_t>(sysconf(_SC_PHYS_PAGES));
  return find_direct_map(task, pages * static_cast<uint64_t>(sysconf(_SC_PAGESIZE)), holds);
}

}  // namespace ctrace
