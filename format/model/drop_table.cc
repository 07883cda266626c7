#include "format/model/drop_table.h"

#include <algorithm>
#include <cstdint>
#include <tuple>

namespace ctrace {
namespace {

uint64_t key_of(const DropRow& row) {
  return uint64_t{row.container} << 8 | static_cast<uint8_t>(row.phase);
}

}  // namespace

void DropTable::add(const DropRow& row) { rows_[key_of(row)].add(row.counts); }

void DropTable::add(const std::vector<DropRow>& rows) {
  for (const DropRow& row : rows) add(row);
}

void DropTable::add(const DropTable& other) {
  for (const auto& [key, counts] : other.rows_.items()) rows_[key].add(counts);
}

std::vector<DropRow> DropTable::sorted() const {
  std::vector<DropRow> rows;
  rows.reserve(size());
  for (const auto& [key, counts] : rows_.items())
    rows.push_back({static_cast<uint32_t>(key >> 8), static_cast<Phase>(key & 0xff), counts});
  std::sort(rows.begin(), rows.end(), [](const DropRow& a, const DropRow& b) {
    return std::tie(a.container, a.phase) < std::tie(b.container, b.phase);
  });
  return rows;
}

}  // namespace ctrace
