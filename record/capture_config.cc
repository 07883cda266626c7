#include "record/capture_config.h"

#include <linux/bpf.h>
#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <fstream>
#include <random>
#include <string>
#include <vector>

namespace ctrace {
namespace {

constexpr uint32_t kMaxSlots = 1u << 17;  // 8 MiB; tids beyond it share slots, `members` remembers

void copy_comms(const std::vector<std::string>& from, char (*to)[wire::COMM_SIZE], uint8_t& count) {
  count = static_cast<uint8_t>(from.size());
  for (size_t i = 0; i < from.size(); ++i) {
    std::memcpy(to[i], from[i].data(), std::min<size_t>(from[i].size(), wire::COMM_SIZE - 1));
  }
}

// A level begins where a record of the greatest length would reach into the share that is kept.
void set_marks(wire::capture_config& config, uint64_t ring_bytes) {
  constexpr uint64_t kSixteenths[wire::PRESSURE_LEVELS] = {12, 13, 14, 16};
  for (size_t i = 0; i < wire::PRESSURE_LEVELS; ++i)
    config.marks[i] = ring_bytes / 16 * kSixteenths[i] - wire::MAX_RECORD;
  config.round_shift = static_cast<wire::u32>(std::countr_zero(ring_bytes / 16));
}

// Without randomness they are what they always are, and two files could be given one identity.
void set_file_keys(wire::capture_config& config) {
  std::mt19937_64 always;
  for (wire::u64& key : config.file_keys) {
    uint64_t random = 0;
    if (getrandom(&random, sizeof random, GRND_NONBLOCK) != sizeof random) random = always();
    key = random | 1;
  }
}

}  // namespace

uint32_t slot_count() {
  uint32_t pid_max = 32768;
  std::ifstream("/proc/sys/kernel/pid_max") >> pid_max;
  return std::min(std::bit_ceil(pid_max), kMaxSlots);
}

void fill_config(const CaptureOptions& options, const KernelTypes& types, uint64_t ring_bytes,
                 uint32_t slots, wire::capture_config& config) {
  config.ring_mask = ring_bytes - 1;
  set_marks(config, ring_bytes);
  // Without randomness the hashes can be foreseen, nothing worse.
  if (getrandom(config.filter_secret, sizeof config.filter_secret, GRND_NONBLOCK) < 0)
    config.filter_secret[0] = static_cast<uint64_t>(getpid());
  set_file_keys(config);
  config.names_gone = options.names_gone;
  config.has_filefd = types.has_struct("epoll_filefd");
  config.slot_mask = slots - 1;
  config.recorder_tgid = static_cast<uint32_t>(getpid());
  if (options.cgroups.is_v1()) {
    config.hierarchy_id = options.cgroups.id;
    config.css_offset = css_set_offset(types, options.cgroups.controller);
  }
  config.has_task_btf = has_helper(BPF_FUNC_get_current_task_btf);
  config.has_task_regs = has_helper(BPF_FUNC_task_pt_regs);
  config.environment = options.depth.environment;
  config.payload = options.depth.payload_bytes;
  config.durations = options.durations;
  config.has_casts = has_casts(types);
  config.captures = options.captures;
  config.preempted = programs_are_preempted(types);
  copy_comms(options.comms, config.comm_include, config.comm_includes);
  copy_comms(options.exclude_comms, config.comm_exclude, config.comm_excludes);
}

}  // namespace ctrace
