// Who lost what, added up: one row for each container and phase.
#pragma once

#include <cstddef>
#include <vector>

#include "format/base/flat_map.h"
#include "format/model/recording.h"

namespace ctrace {

class DropTable {
 public:
  void add(const DropRow& row);
  void add(const std::vector<DropRow>& rows);
  void add(const DropTable& other);
  size_t size() const { return rows_.size(); }
  // Sorted by container and phase: the same recording gives the same bytes.
  std::vector<DropRow> sorted() const;

 private:
  FlatMap<DropCounts> rows_;
};

}  // namespace ctrace
