// What was lost, as the recording tells it: the newest account of each CPU, and whose it was.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

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

  // What a container lost that will lose no more.
  void close(uint32_t container, const std::vector<KernelSide::DropRow>& rows);
  // By container: what was closed, and `rows` of what still runs; index_of as in TallyBook.
  template <typename IndexOf>
  std::vector<DropRow> drops(const std::vector<KernelSide::DropRow>& rows, IndexOf index_of) const {
    Rows all = closed_;
    for (const KernelSide::DropRow& row : rows) {
      if (const auto index = index_of(row.top_cgroup)) add(all, *index, row);
    }
    return sorted(all);
  }
  // Adds what `totals` has and `rows` have not, as nobody's: cgroups, what no tally was left for,
  // containers that are not recorded.
  static void add_rest(const RecordingTotals& totals, std::vector<DropRow>& rows);

 private:
  using Rows = std::map<std::pair<uint32_t, uint8_t>, DropCounts>;  // by container and phase
  struct Cpu {
    RingAccount account;
    int64_t suspect = 0;  // by how much the last account was wrong
  };
  static void add(Rows& to, uint32_t container, const KernelSide::DropRow& row);
  static std::vector<DropRow> sorted(const Rows& rows);

  std::vector<Cpu> cpus_;
  Rows closed_;
};

}  // namespace ctrace
