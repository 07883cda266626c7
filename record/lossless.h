// --lossless: whenever a ring is too full, what is recorded is frozen until the rings are empty
// again.
//
// It decides in the thread that drains, so that nothing slow lies between a full ring and the
// freeze. Freezing takes hold when a task next returns to user space; what all CPUs make until
// then, and what a late drain thread lets pile up, must find room above kFullShare. Containers that
// start are found here too, by their records while these are still in the rings: whatever decides
// about them later may be waiting for a slow disk.
#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "record/drain.h"
#include "record/freezer.h"

namespace ctrace {

class LosslessHold : public RingWatcher {
 public:
  // Both must outlive it.
  LosslessHold(Freezer& freezer, uint64_t ring_bytes);

  void saw(const RingChunk& chunk) override;
  void look(const std::vector<Ring>& rings) override;
  // From here on nothing is frozen: call it as soon as nothing is captured any more.
  void end();

  // How often all was frozen, and for how long in all.
  struct Totals {
    uint64_t freezes = 0, frozen_ns = 0;
  };
  Totals totals() const;

 private:
  void saw_record(const RecordView& view);
  void freeze();
  void thaw();

  Freezer& freezer_;
  const uint64_t full_bytes_, empty_bytes_;
  std::vector<uint64_t> seen_;  // of each ring: looked ahead up to there
  // Cgroups that were made and have no recorded task yet.
  std::unordered_map<uint64_t, std::string> paths_;
  mutable std::mutex mutex_;  // for what follows
  bool frozen_ = false, ended_ = false;
  uint64_t since_ns_ = 0;
  Totals totals_;
};

// While it lives, this thread and those that it starts run before all others that have no such
// claim, if that is permitted: who decides when producers stop must not stand in line behind them.
class FirstInLine {
 public:
  explicit FirstInLine(bool wanted);
  ~FirstInLine();

 private:
  bool taken_ = false;
};

}  // namespace ctrace
