// What a recording lost, from and to the model's structs (FORMAT.md 2.5).
#pragma once

#include <vector>

#include "format/base/result.h"
#include "format/file/part.h"
#include "format/model/recording.h"

namespace ctrace {

// `with_owners`: rows by container and phase; without, a row a CPU.
flatbuffers::Offset<disk::Drops> pack_drops(Builder& builder, const std::vector<DropRow>& rows,
                                            bool with_owners);
Result<std::vector<DropRow>> unpack_drops(const disk::Drops& table, bool with_owners);

// What does not add up in `totals`, or nothing: for every CPU produced = received + dropped, and
// its classes are what was dropped. Totals without an account have no classes.
std::string imbalance(const RecordingTotals& totals);

}  // namespace ctrace
