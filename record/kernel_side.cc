#include "record/kernel_side.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "record/privileges.h"

// The generated skeleton speaks of the wire's structures by their C names.
using namespace ctrace::wire;  // NOLINT(build/namespaces)
#include "bpf/capture.skel.h"

namespace ctrace {
namespace {

constexpr uint32_t kMaxSlots = 1u << 17;  // 6 MiB; tids beyond it share slots, `members` remembers

int print_libbpf(libbpf_print_level level, const char* format, va_list args) {
  static const bool debug = getenv("CTRACE_DEBUG") != nullptr;
  if (!debug || level == LIBBPF_DEBUG) return 0;
  return vfprintf(stderr, format, args);
}

uint32_t slot_count() {
  uint32_t pid_max = 32768;
  std::ifstream("/proc/sys/kernel/pid_max") >> pid_max;
  return std::min(std::bit_ceil(pid_max), kMaxSlots);
}

void copy_comms(const std::vector<std::string>& from, char (*to)[wire::COMM_SIZE], uint8_t& count) {
  count = static_cast<uint8_t>(from.size());
  for (size_t i = 0; i < from.size(); ++i) {
    std::memcpy(to[i], from[i].data(), std::min<size_t>(from[i].size(), wire::COMM_SIZE - 1));
  }
}

class LoadedKernelSide : public KernelSide {
 public:
  ~LoadedKernelSide() override {
    if (mapping_ != MAP_FAILED) munmap(mapping_, mapping_bytes_);
    capture::destroy(skeleton_);
  }

  Result<void> load(const CaptureOptions& options) {
    skeleton_ = capture::open();
    if (!skeleton_) return unexpected(system_message("cannot open the BPF programs", errno));
    configure(options);
    int error = capture::load(skeleton_);
    // Kernels before 5.19 refuse map values above 4 MiB.
    if (error == -E2BIG && ring_bytes_ > kOldKernelRing) {
      capture::destroy(skeleton_);
      skeleton_ = capture::open();
      if (!skeleton_) return unexpected(system_message("cannot open the BPF programs", errno));
      CaptureOptions smaller = options;
      smaller.ring_bytes = kOldKernelRing;
      configure(smaller);
      error = capture::load(skeleton_);
    }
    if (error) return unexpected(load_failure(-error));
    return map_rings();
  }

  Result<void> attach() override {
    const int error = capture::attach(skeleton_);
    if (error) return unexpected(system_message("cannot attach the BPF programs", -error));
    return {};
  }

  void detach() override { capture::detach(skeleton_); }

  std::vector<Ring>& rings() override { return rings_; }
  uint64_t ring_bytes() const override { return ring_bytes_; }

  void add_cgroup(uint64_t id, uint64_t top, bool started) override {
    wire::cgroup_entry entry = {.top = top, .started = started, .unused = 0};
    bpf_map_update_elem(bpf_map__fd(skeleton_->maps.cgroups), &id, &entry, BPF_ANY);
  }

  void forget_cgroup(uint64_t id) override {
    bpf_map_delete_elem(bpf_map__fd(skeleton_->maps.cgroups), &id);
  }

  void raise_epoch() override { __atomic_add_fetch(&skeleton_->data->epoch, 1, __ATOMIC_RELAXED); }

  void add_tree_root(uint32_t tid) override {
    struct {  // as struct member of the kernel side; start 0: whoever has the tid
      uint64_t start_ns;
      uint8_t phase, tree, unused[6];
    } member = {0, wire::PHASE_HOST, 1, {}};
    bpf_map_update_elem(bpf_map__fd(skeleton_->maps.members), &tid, &member, BPF_ANY);
    raise_epoch();
  }

  uint64_t recursion_misses() const override {
    uint64_t misses = 0;
    bpf_program* program;
    bpf_object__for_each_program(program, skeleton_->obj) {
      bpf_prog_info info = {};
      uint32_t size = sizeof info;
      if (bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &size) == 0)
        misses += info.recursion_misses;
    }
    return misses;
  }

 private:
  static constexpr uint64_t kOldKernelRing = 2u << 20;

  void configure(const CaptureOptions& options) {
    ring_bytes_ = options.ring_bytes;
    auto& config = *reinterpret_cast<wire::capture_config*>(&skeleton_->rodata->config);
    config.ring_mask = ring_bytes_ - 1;
    config.slot_mask = slot_count() - 1;
    config.recorder_tgid = static_cast<uint32_t>(getpid());
    config.command_mode = options.command_mode;
    copy_comms(options.comms, config.comm_include, config.comm_includes);
    copy_comms(options.exclude_comms, config.comm_exclude, config.comm_excludes);
    std::memcpy(&skeleton_->rodata->plans, options.plans.data(), sizeof options.plans);
    bpf_map__set_max_entries(skeleton_->maps.slots, slot_count());
    bpf_map__set_max_entries(skeleton_->maps.rings, cpus());
    bpf_map__set_value_size(skeleton_->maps.rings, static_cast<uint32_t>(value_bytes()));
  }

  static uint32_t cpus() { return static_cast<uint32_t>(libbpf_num_possible_cpus()); }
  uint64_t value_bytes() const { return sizeof(wire::ring_head) + ring_bytes_ + wire::MAX_RECORD; }

  static Error load_failure(int number) {
    if (auto missing = missing_requirement()) return Error(*missing);
    return Error(system_message("cannot load the BPF programs", number) +
                 " (CTRACE_DEBUG=1 shows the kernel's reasons)");
  }

  Result<void> map_rings() {
    mapping_bytes_ = value_bytes() * cpus();
    mapping_ = mmap(nullptr, mapping_bytes_, PROT_READ | PROT_WRITE, MAP_SHARED,
                    bpf_map__fd(skeleton_->maps.rings), 0);
    if (mapping_ == MAP_FAILED) return unexpected(system_message("cannot map the rings", errno));
    for (uint32_t cpu = 0; cpu < cpus(); ++cpu) {
      auto* base = static_cast<uint8_t*>(mapping_) + value_bytes() * cpu;
      rings_.emplace_back(static_cast<uint16_t>(cpu), reinterpret_cast<wire::ring_head*>(base),
                          base + sizeof(wire::ring_head), ring_bytes_);
    }
    return {};
  }

  capture* skeleton_ = nullptr;
  uint64_t ring_bytes_ = 0;
  void* mapping_ = MAP_FAILED;
  size_t mapping_bytes_ = 0;
  std::vector<Ring> rings_;
};

}  // namespace

Result<std::unique_ptr<KernelSide>> KernelSide::load(const CaptureOptions& options) {
  libbpf_set_print(print_libbpf);
  if (auto missing = missing_requirement()) return unexpected(*missing);
  auto loaded = std::make_unique<LoadedKernelSide>();
  if (auto result = loaded->load(options); !result) return unexpected(result.error());
  return std::unique_ptr<KernelSide>(std::move(loaded));
}

}  // namespace ctrace
