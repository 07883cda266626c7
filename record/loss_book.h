// What was lost, as the recording tells it: the newest account of each CPU, and whose it was.
#pragma once

#include <cstdint>
#include <vector>

#include "format/model/drop_table.h"
#include "format/model/recording.h"
#include "record/kernel_side.h"
#include "record/ring_reader.h"

namespace ctrace {

class LossBook {
 public:
  explicit LossBook(size_t cpus) : cpus_(cpus) {}

  // A newer account of a CPU. One that does not add up is kept back until the next one: counters
  // that were read while they moved are right at the next look, a real mismatch stays.
  void put(uint16_t cpu, const RingAccount& account);
  // The accounts into `totals`.
  void fill(RecordingTotals& totals) const;
  uint64_t texts_not_read() const;

  // What a container lost that will lose no more. It is kept until take_closed() alone: a recording
  // may see any number of containers.
  void close(uint32_t container, const std::vector<KernelSide::DropRow>& rows);
  // What was closed since the last call.
  std::vector<DropRow> take_closed();

  // `rows` of what still runs, by container; index_of as in TallyBook.
  template <typename IndexOf>
  std::vector<DropRow> drops(const std::vector<KernelSide::DropRow>& rows, IndexOf index_of) const {
    DropTable all;
    for (const KernelSide::DropRow& row : rows) {
      if (const auto index = index_of(row.top_cgroup)) all.add(owned_by(*index, row));
    }
    return all.sorted();
  }
  // Adds what `totals` has and neither `rows` have nor what was ever closed, as nobody's: cgroups,
  // what no tally was left for, containers that are not recorded.
  void add_rest(const RecordingTotals& totals, std::vector<DropRow>& rows) const;

 private:
  struct Cpu {
    RingAccount account;
    int64_t suspect = 0;  // by how much the last account was wrong
  };
  static DropRow owned_by(uint32_t container, const KernelSide::DropRow& row);

  std::vector<Cpu> cpus_;
  DropTable closed_;
  DropCounts closed_sum_;  // of all that was ever closed
};

}  // namespace ctrace
