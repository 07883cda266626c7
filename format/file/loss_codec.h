// What a recording lost, from and to the model's structs (FORMAT.md 2.6).
#pragma once

#include <vector>

#include "format/base/result.h"
#include "format/file/part.h"
#include "format/model/drop_table.h"
#include "format/model/recording.h"

namespace ctrace {

// `with_owners`: rows by container and phase; without, a row a CPU.
flatbuffers::Offset<disk::Drops> pack_drops(Builder& builder, const std::vector<DropRow>& rows,
                                            bool with_owners);
Result<std::vector<DropRow>> unpack_drops(const disk::Drops& table, bool with_owners);

// Who lost what as the Containers frames tell it, in their order: the newest `drops`, and all
// `ended_drops`.
class DropGatherer {
 public:
  // Fails at rows that make no sense, and at more than a reader takes.
  Result<void> take(const disk::Containers& table);
  // Sorted by container and phase, one row for each pair.
  std::vector<DropRow> rows() const;

 private:
  std::vector<DropRow> newest_;
  DropTable ended_;
};

// What does not add up in `totals`, or nothing: for every CPU produced = received + dropped, and
// its classes are what was dropped. Totals without an account have no classes.
std::string imbalance(const RecordingTotals& totals);

}  // namespace ctrace
