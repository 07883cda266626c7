// Whether a recording's accounts of what was lost hold: between each other, and with the gaps that
// stand in the stream.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "format/model/event.h"
#include "format/model/recording.h"

namespace ctrace {

class LossCheck {
 public:
  // An event of the stream, in order; all but `lost` are ignored.
  void event(const Event& event);
  // The running totals of a block, in order. What is wrong with them, or nothing.
  std::string block(const RecordingTotals& totals);
  // A block could not be read: what its events told is not known.
  void unreadable_block() { all_read_ = false; }
  // The final totals and who lost what, null where that could not be read; one text for each thing
  // that is wrong.
  std::vector<std::string> end(const RecordingTotals& totals, const std::vector<DropRow>* drops);

 private:
  std::string backwards(const RecordingTotals& totals);

  std::map<uint64_t, uint64_t> gaps_;  // records missing in the stream, by CPU
  RecordingTotals last_;
  bool all_read_ = true;
};

}  // namespace ctrace
