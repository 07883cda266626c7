#include "format/filter/time_point.h"

#include <gtest/gtest.h>

#include "tests/unit/printer_samples.h"

namespace ctrace {
namespace {

constexpr int64_t kSecondNs = 1'000'000'000;

// Seconds after the recording's start (2026-11-23 11:11:17 local time); -5 is the clock's 0, and
// what is before that too.
int64_t after_start_ns(std::string_view text, RecordingHeader header = sample_header()) {
  const auto point = parse_time_point(text);
  EXPECT_TRUE(point.has_value()) << text;
  if (!point) return 0;
  return static_cast<int64_t>(point->monotonic_ns(header) - header.monotonic_ns);
}

TEST(TimePoint, Forms) {
  EXPECT_EQ(after_start_ns("+0"), 0);
  EXPECT_EQ(after_start_ns("+1.5s"), 1'500'000'000);
  EXPECT_EQ(after_start_ns("+1.5"), 1'500'000'000);
  EXPECT_EQ(after_start_ns("+200ms"), 200'000'000);
  EXPECT_EQ(after_start_ns("+2m"), 120 * kSecondNs);
  EXPECT_EQ(after_start_ns("+1h"), 3600 * kSecondNs);
  EXPECT_EQ(after_start_ns("+3ns"), 3);
  EXPECT_EQ(after_start_ns("11:11:17"), 0);
  EXPECT_EQ(after_start_ns("11:11:17.000000001"), 1);
  EXPECT_EQ(after_start_ns("11:12"), 43 * kSecondNs);
  EXPECT_EQ(after_start_ns("2026-11-23 11:11:18"), kSecondNs);
  EXPECT_EQ(after_start_ns("2026-11-23T11:11:18.25"), 1'250'000'000);
  EXPECT_EQ(after_start_ns("2026-11-23T10:11:18Z"), kSecondNs);
  EXPECT_EQ(after_start_ns("2026-11-23T12:11:18+02:00"), kSecondNs);
  EXPECT_EQ(after_start_ns("2026-11-23T05:11:18-05:00"), kSecondNs);
  EXPECT_EQ(after_start_ns("2026-11-24"), (12 * 3600 + 48 * 60 + 43) * kSecondNs);
  EXPECT_EQ(after_start_ns("2000-01-01"), -5 * kSecondNs);
}

TEST(TimePoint, TimesOfDayNearTheStart) {
  EXPECT_EQ(after_start_ns("05:12"), -5 * kSecondNs);
  EXPECT_EQ(after_start_ns("05:11"), (17 * 3600 + 59 * 60 + 43) * kSecondNs);
  RecordingHeader header = sample_header();
  header.utc_offset_s = (13 * 3600 + 48 * 60 + 42) - 60;  // the start is 23:59:00 - 1 s... local
  const int64_t midnight = after_start_ns("00:00", header);
  EXPECT_GT(midnight, 0);
  EXPECT_LT(midnight, 120 * kSecondNs);
}

TEST(TimePoint, WhatIsNone) {
  for (const char* text : {"",
                           "noon",
                           "1",
                           "10",
                           "10:",
                           "10:1",
                           "24:00",
                           "10:60",
                           "10:11:61",
                           "10:11:12.",
                           "10:11:12x",
                           "+",
                           "+x",
                           "+1x",
                           "+1.s",
                           "+1..2",
                           "+99999999999999d",
                           "-1s",
                           "2026-13-01",
                           "2026-02-30",
                           "2026-11-23 ",
                           "2026-11-23T10:11:12z",
                           "2026-11-23T10:11:12+1",
                           "2026-11-23X10:11"}) {
    EXPECT_FALSE(parse_time_point(text).has_value()) << text;
  }
  EXPECT_EQ(parse_time_point("noon").error().message,
            "'noon' is no time such as 10:11:12.5, 2026-11-23T10:11:12Z or +1.5s");
}

TEST(TimePoint, NonsenseClocksDoNoHarm) {
  RecordingHeader header;
  header.utc_offset_s = INT32_MIN;
  header.realtime_ns = UINT64_MAX;
  header.monotonic_ns = UINT64_MAX;
  for (const char* text : {"+1s", "10:11", "2026-11-23", "2026-11-23T10:11:12Z"}) {
    (void)parse_time_point(text)->monotonic_ns(header);
  }
}

}  // namespace
}  // namespace ctrace
