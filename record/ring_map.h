// The map that holds the rings of all CPUs, made and mapped before there is an object that uses it:
// clearing and mapping its megabytes takes a tenth of a start, which goes on meanwhile.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "record/ring_reader.h"

namespace ctrace {

class RingMap {
 public:
  // `ring_bytes`: of each CPU, a power of two. Before 5.19 kernels refuse values above 4 MiB: rings
  // are smaller there. Of one that could not be made trouble() is the errno.
  explicit RingMap(uint64_t ring_bytes);
  ~RingMap();
  RingMap(const RingMap&) = delete;
  RingMap& operator=(const RingMap&) = delete;

  int trouble() const { return trouble_; }
  int fd() const { return fd_; }
  uint64_t ring_bytes() const { return ring_bytes_; }
  std::vector<Ring>& rings() { return rings_; }

  // Up to the last CPU that is online: hosts that could be given a hundred more would pay a ring
  // for each. What happens on one that comes later is counted (FullTables::rings).
  static uint32_t cpus();

 private:
  size_t value_bytes() const;
  bool make();

  uint64_t ring_bytes_;
  int fd_ = -1, trouble_ = 0;
  void* mapping_ = nullptr;
  std::vector<Ring> rings_;
};

}  // namespace ctrace
