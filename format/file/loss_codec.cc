#include "format/file/loss_codec.h"

#include <string>
#include <utility>

namespace ctrace {
namespace {

using flatbuffers::Offset;

// More CPUs or containers with losses than any recording has is an attack on memory.
constexpr size_t kMaxRows = 1 << 20;

}  // namespace

Offset<disk::Drops> pack_drops(Builder& builder, const std::vector<DropRow>& rows,
                               bool with_owners) {
  std::vector<uint32_t> container;
  std::vector<uint8_t> phase;
  std::vector<uint64_t> columns[6];
  for (const DropRow& row : rows) {
    container.push_back(row.container);
    phase.push_back(static_cast<uint8_t>(row.phase));
    for (size_t i = 0; i < 4; ++i) columns[i].push_back(row.counts.dropped[i]);
    for (size_t i = 0; i < 2; ++i) columns[4 + i].push_back(row.counts.shed[i]);
  }
  return disk::CreateDropsDirect(builder, with_owners ? &container : nullptr,
                                 with_owners ? &phase : nullptr, &columns[0], &columns[1],
                                 &columns[2], &columns[3], &columns[4], &columns[5]);
}

Result<std::vector<DropRow>> unpack_drops(const disk::Drops& table, bool with_owners) {
  const flatbuffers::Vector<uint64_t>* columns[] = {table.calls(),     table.lifecycle(),
                                                    table.reentered(), table.not_taken_in(),
                                                    table.payloads(),  table.texts()};
  const auto size = [](const auto* column) { return column ? column->size() : 0; };
  const uint32_t n = size(columns[0]);
  bool same = n <= kMaxRows;
  for (const auto* column : columns) same = same && size(column) == n && is_aligned(column);
  const uint32_t owners = with_owners ? n : 0;
  if (!same || size(table.container()) != owners || size(table.phase()) != owners) {
    return unexpected("the columns of losses have different lengths");
  }
  std::vector<DropRow> rows(n);
  for (uint32_t i = 0; i < n; ++i) {
    if (with_owners) {
      rows[i].container = table.container()->Get(i);
      if (table.phase()->Get(i) > static_cast<uint8_t>(Phase::kEntered)) {
        return unexpected("a row of losses makes no sense");
      }
      rows[i].phase = static_cast<Phase>(table.phase()->Get(i));
    }
    for (size_t k = 0; k < 4; ++k) rows[i].counts.dropped[k] = columns[k]->Get(i);
    for (size_t k = 0; k < 2; ++k) rows[i].counts.shed[k] = columns[4 + k]->Get(i);
  }
  return rows;
}

Result<void> DropGatherer::take(const disk::Containers& table) {
  if (table.drops()) {
    auto drops = unpack_drops(*table.drops(), /*with_owners=*/true);
    if (!drops) return unexpected(drops.error());
    newest_ = std::move(*drops);
  }
  if (table.ended_drops()) {
    const auto ended = unpack_drops(*table.ended_drops(), /*with_owners=*/true);
    if (!ended) return unexpected(ended.error());
    if (ended_.size() + ended->size() > kMaxRows)
      return unexpected("more rows of losses than a reader takes");
    ended_.add(*ended);
  }
  return {};
}

std::vector<DropRow> DropGatherer::rows() const {
  DropTable all = ended_;
  all.add(newest_);
  return all.sorted();
}

std::string imbalance(const RecordingTotals& totals) {
  for (size_t i = 0; i < totals.cpus.size(); ++i) {
    const CpuTotals& cpu = totals.cpus[i];
    const std::string name = "cpu " + std::to_string(i) + ": ";
    if (cpu.produced != cpu.received + cpu.dropped) {
      return name + std::to_string(cpu.produced) + " records produced, " +
             std::to_string(cpu.received) + " received and " + std::to_string(cpu.dropped) +
             " dropped";
    }
    if (totals.accounted_ns != 0 && cpu.classes.records() != cpu.dropped) {
      return name + std::to_string(cpu.dropped) + " records dropped, by class " +
             std::to_string(cpu.classes.records());
    }
  }
  return {};
}

}  // namespace ctrace
