#include "format/file/loss_check.h"

#include <algorithm>

#include "format/catalogue/catalogue.h"
#include "format/file/loss_codec.h"

namespace ctrace {

void LossCheck::event(const Event& event) {
  if (event.type->id == kLost && event.type->args.size() >= 2)
    gaps_[event.args[0]] += event.args[1];
}

// Counters only grow; totals that are no account (accounted_ns 0) say nothing of when they were
// read.
std::string LossCheck::backwards(const RecordingTotals& totals) {
  for (size_t i = 0; i < std::min(totals.cpus.size(), last_.cpus.size()); ++i) {
    const CpuTotals &now = totals.cpus[i], &before = last_.cpus[i];
    if (now.produced < before.produced || now.received < before.received ||
        now.dropped < before.dropped) {
      return "cpu " + std::to_string(i) + ": its account is smaller than one before";
    }
  }
  return {};
}

std::string LossCheck::block(const RecordingTotals& totals) {
  std::string wrong = imbalance(totals);
  if (totals.accounted_ns == 0) return wrong;
  if (wrong.empty()) wrong = backwards(totals);
  last_ = totals;
  return wrong;
}

std::vector<std::string> LossCheck::end(const RecordingTotals& totals,
                                        const std::vector<DropRow>* drops) {
  std::vector<std::string> wrong;
  if (std::string text = imbalance(totals); !text.empty()) wrong.push_back(std::move(text));
  if (totals.accounted_ns == 0) return wrong;
  if (std::string text = backwards(totals); !text.empty()) wrong.push_back(std::move(text));
  uint64_t gaps = 0;
  for (size_t cpu = 0; all_read_ && cpu < totals.cpus.size(); ++cpu) {
    const uint64_t gap = gaps_[cpu], dropped = totals.cpus[cpu].dropped;
    gaps += gap;
    if (gap == dropped) continue;
    wrong.push_back("cpu " + std::to_string(cpu) + ": " + std::to_string(dropped) +
                    " records dropped, its gaps in the stream are " + std::to_string(gap));
  }
  if (all_read_ && gaps != totals.lost) {
    wrong.push_back("the totals say " + std::to_string(totals.lost) +
                    " records lost, the gaps in the stream are " + std::to_string(gaps));
  }
  if (!drops) return wrong;
  DropCounts owned;
  for (const DropRow& row : *drops) owned.add(row.counts);
  if (!(owned == totals.drops())) {
    wrong.push_back(
        "what containers lost is not what CPUs lost: " + std::to_string(owned.records()) + " and " +
        std::to_string(totals.drops().records()) + " records");
  }
  return wrong;
}

}  // namespace ctrace
