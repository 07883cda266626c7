#include "record/ring_map.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <string>

namespace ctrace {
namespace {

constexpr uint64_t kOldKernelRing = 2u << 20;

}  // namespace

uint32_t RingMap::cpus() {
  static const uint32_t count = [] {
    const int possible = libbpf_num_possible_cpus();
    std::string online;
    std::ifstream("/sys/devices/system/cpu/online") >> online;  // "0-3,6": ids in order
    const size_t last = online.find_last_of("-,");
    const int count = 1 + std::atoi(online.c_str() + (last == std::string::npos ? 0 : last + 1));
    return static_cast<uint32_t>(online.empty() ? possible : std::min(possible, count));
  }();
  return count;
}

size_t RingMap::value_bytes() const {
  return sizeof(wire::ring_head) + ring_bytes_ + wire::MAX_RECORD;
}

bool RingMap::make() {
  bpf_map_create_opts how = {};
  how.sz = sizeof how;
  how.map_flags = BPF_F_MMAPABLE;
  fd_ = bpf_map_create(BPF_MAP_TYPE_ARRAY, "rings", sizeof(uint32_t),
                       static_cast<uint32_t>(value_bytes()), cpus(), &how);
  trouble_ = fd_ < 0 ? errno : 0;
  return fd_ >= 0;
}

RingMap::RingMap(uint64_t ring_bytes) : ring_bytes_(ring_bytes) {
  if (!make() && trouble_ == E2BIG && ring_bytes_ > kOldKernelRing) {
    ring_bytes_ = kOldKernelRing;
    make();
  }
  if (fd_ < 0) return;
  void* mapping = mmap(nullptr, value_bytes() * cpus(), PROT_READ | PROT_WRITE, MAP_SHARED, fd_, 0);
  if (mapping == MAP_FAILED) {
    trouble_ = errno;
    return;
  }
  mapping_ = mapping;
  // No child needs them: a fork would copy an entry for each page.
  madvise(mapping, value_bytes() * cpus(), MADV_DONTFORK);
  for (uint32_t cpu = 0; cpu < cpus(); ++cpu) {
    auto* base = static_cast<uint8_t*>(mapping_) + value_bytes() * cpu;
    rings_.emplace_back(static_cast<uint16_t>(cpu), reinterpret_cast<wire::ring_head*>(base),
                        base + sizeof(wire::ring_head), ring_bytes_);
  }
}

RingMap::~RingMap() {
  if (mapping_) munmap(mapping_, value_bytes() * cpus());
  if (fd_ >= 0) close(fd_);
}

}  // namespace ctrace
