#include "record/lossless.h"

#include <sched.h>

#include <algorithm>
#include <cstddef>

#include "record/container_rules.h"

namespace ctrace {
namespace {

// Shares of a ring. One that waits for more than the drain thread could take in one pass is being
// filled faster than its reader can follow.
constexpr uint64_t kFullShare = 8, kEmptyShare = 64;

}  // namespace

LosslessHold::LosslessHold(Freezer& freezer, uint64_t ring_bytes)
    : freezer_(freezer),
      full_bytes_(ring_bytes / kFullShare),
      empty_bytes_(ring_bytes / kEmptyShare) {}

// A cgroup is frozen as soon as one of its tasks is recorded, before it is known for certain
// whether it is a wanted container: ContainerTable then decides and lets go of those that are not.
void LosslessHold::saw_record(const RecordView& view) {
  const wire::record& record = *view.record;
  if (record.type == wire::REC_CGROUP_MKDIR && record.args >= 3) {
    const uint64_t id = view.args[0], top = view.args[2];
    size_t offset = 0;
    BlobView path;
    if (top != id || !next_blob(view, offset, path)) return;
    std::string text(path.data, path.size);
    if (facts_of_path(text).verdict != CgroupVerdict::kNoContainer) paths_[id] = std::move(text);
  } else if (record.type == wire::REC_CGROUP_RMDIR && record.args >= 1) {
    paths_.erase(view.args[0]);
  } else if (record.type == wire::REC_TASK && record.args >= sizeof(wire::task_record) / 8) {
    const auto* task = reinterpret_cast<const wire::task_record*>(view.args);
    const auto found = paths_.find(task->top_cgroup);
    if (found == paths_.end()) return;
    freezer_.add(found->first, found->second, /*certain=*/false);
    paths_.erase(found);
  }
}

void LosslessHold::saw(const RingChunk& chunk) {
  RecordView view;
  for (size_t at = 0; next_record(chunk, at, view);) {
    if (view.record->type != wire::REC_SYSCALL) saw_record(view);
  }
}

void LosslessHold::look(const std::vector<Ring>& rings) {
  seen_.resize(rings.size());
  uint64_t waiting = 0;
  for (size_t i = 0; i < rings.size(); ++i) {
    waiting = std::max(waiting, rings[i].waiting_bytes());
    RecordView view;
    while (rings[i].look_ahead(seen_[i], view)) {
      if (view.record->type != wire::REC_SYSCALL) saw_record(view);
    }
  }
  std::lock_guard lock(mutex_);
  if (ended_) return;
  if (frozen_ && (waiting <= empty_bytes_ || !freezer_.look())) thaw();
  if (!frozen_ && waiting >= full_bytes_) freeze();
}

void LosslessHold::freeze() {
  if (!freezer_.freeze()) return;
  frozen_ = true;
  ++totals_.freezes;
  since_ns_ = monotonic_ns();
}

void LosslessHold::thaw() {
  if (!frozen_) return;
  freezer_.thaw();
  frozen_ = false;
  totals_.frozen_ns += monotonic_ns() - since_ns_;
}

void LosslessHold::end() {
  std::lock_guard lock(mutex_);
  ended_ = true;
  thaw();
}

LosslessHold::Totals LosslessHold::totals() const {
  std::lock_guard lock(mutex_);
  Totals totals = totals_;
  if (frozen_) totals.frozen_ns += monotonic_ns() - since_ns_;
  return totals;
}

FirstInLine::FirstInLine(bool wanted) {
  sched_param lowest = {};
  lowest.sched_priority = sched_get_priority_min(SCHED_FIFO);
  taken_ = wanted && sched_setscheduler(0, SCHED_FIFO, &lowest) == 0;
}

FirstInLine::~FirstInLine() {
  const sched_param none = {};
  if (taken_) sched_setscheduler(0, SCHED_OTHER, &none);
}

}  // namespace ctrace
