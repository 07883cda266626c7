// Event times (CLOCK_MONOTONIC) as times of the day, by the recorder's clocks.
#pragma once

#include <cstdint>

#include "format/model/recording.h"

namespace ctrace {

// Keeps the text of the current second, since successive events mostly share it.
class WallClock {
 public:
  static constexpr unsigned kLocalSize = 15;  // "10:11:12.123456"
  static constexpr unsigned kUtcSize = 30;    // "2026-11-23T10:11:12.123456789Z"

  explicit WallClock(const RecordingHeader& header);

  // The recorder's local time of the day, kLocalSize bytes.
  void put_local(uint64_t time_ns, char* to);
  // ISO 8601, kUtcSize bytes.
  void put_utc(uint64_t time_ns, char* to);

 private:
  // Makes the texts fit `time_ns`; gives the nanoseconds within the second.
  uint32_t enter_second(uint64_t time_ns);

  uint64_t offset_ns_;  // real time - monotonic time; may have wrapped, and wraps back
  int32_t utc_offset_s_;
  uint64_t second_start_ns_ = UINT64_MAX;  // real time; the texts below are of this second
  char local_[9];                          // "10:11:12."
  char utc_[20];                           // "2026-11-23T10:11:12."
};

}  // namespace ctrace
