// A point in time as --since, --until and `time` in an expression take it:
//
//   2026-11-23 10:11:12.5      the recorder's local time; seconds and fraction may be left out, the
//                              time of day too; a T may stand for the space
//   2026-11-23T10:11:12Z       UTC; or an offset: +01:00
//   10:11:12.5, 10:11          local time, of that day which brings it between 6 hours before and
//                              18 hours after the recording's start
//   +1.5s, +200ms, +2m, +1h    after the recording's start; without a unit: seconds
#pragma once

#include <cstdint>
#include <string_view>

#include "format/base/result.h"
#include "format/model/recording.h"

namespace ctrace {

struct TimePoint {
  enum class From : uint8_t { kStart, kLocalMidnight, kLocalEpoch, kEpoch };
  From from = From::kStart;
  int64_t ns = 0;  // nanoseconds after `from`

  // As CLOCK_MONOTONIC of a recording, by the clocks of its header; 0 for what is before that.
  uint64_t monotonic_ns(const RecordingHeader& header) const;
};

// Fails with "'x' is no time (...)".
Result<TimePoint> parse_time_point(std::string_view text);

}  // namespace ctrace
