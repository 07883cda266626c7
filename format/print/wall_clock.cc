#include "format/print/wall_clock.h"

#include <array>
#include <chrono>
#include <cstring>

namespace ctrace {
namespace {

constexpr uint64_t kSecondNs = 1'000'000'000;
constexpr int64_t kDaySeconds = 86'400;

// `count` digits with leading zeroes.
void put_digits(uint32_t value, unsigned count, char* to) {
  for (unsigned i = count; i > 0; --i) {
    to[i - 1] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
}

// "00" to "99", one after the other.
constexpr auto kPairs = [] {
  std::array<char, 200> pairs{};
  for (size_t i = 0; i < 100; ++i) {
    pairs[2 * i] = static_cast<char>('0' + i / 10);
    pairs[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return pairs;
}();

// Six of them, in pairs that the processor works at side by side.
void put_six_digits(uint32_t value, char* to) {
  std::memcpy(to, &kPairs[2 * (value / 10'000)], 2);
  std::memcpy(to + 2, &kPairs[2 * (value / 100 % 100)], 2);
  std::memcpy(to + 4, &kPairs[2 * (value % 100)], 2);
}

// "HH:MM:SS."
void put_time_of_day(uint32_t second_of_day, char* to) {
  put_digits(second_of_day / 3600, 2, to);
  put_digits(second_of_day / 60 % 60, 2, to + 3);
  put_digits(second_of_day % 60, 2, to + 6);
  to[2] = to[5] = ':';
  to[8] = '.';
}

}  // namespace

WallClock::WallClock(const RecordingHeader& header)
    : offset_ns_(header.realtime_ns - header.monotonic_ns), utc_offset_s_(header.utc_offset_s) {}

uint32_t WallClock::enter_second(uint64_t time_ns) {
  const uint64_t real_ns = time_ns + offset_ns_;
  if (real_ns - second_start_ns_ >= kSecondNs || second_start_ns_ == UINT64_MAX) {
    const auto second = static_cast<int64_t>(real_ns / kSecondNs);
    second_start_ns_ = static_cast<uint64_t>(second) * kSecondNs;
    // The offset is the file's claim: any value must give some time of the day.
    const int64_t local = (second + utc_offset_s_) % kDaySeconds;
    put_time_of_day(static_cast<uint32_t>((local + kDaySeconds) % kDaySeconds), local_);

    const std::chrono::sys_days day{std::chrono::days{second / kDaySeconds}};
    const std::chrono::year_month_day date{day};
    put_digits(static_cast<uint32_t>(static_cast<int>(date.year())), 4, utc_);  // at most 2554
    put_digits(static_cast<unsigned>(date.month()), 2, utc_ + 5);
    put_digits(static_cast<unsigned>(date.day()), 2, utc_ + 8);
    utc_[4] = utc_[7] = '-';
    utc_[10] = 'T';
    put_time_of_day(static_cast<uint32_t>(second % kDaySeconds), utc_ + 11);
  }
  return static_cast<uint32_t>(real_ns - second_start_ns_);
}

void WallClock::put_local(uint64_t time_ns, char* to) {
  const uint32_t nanoseconds = enter_second(time_ns);
  std::memcpy(to, local_, sizeof local_);
  put_six_digits(nanoseconds / 1000, to + sizeof local_);
}

void WallClock::put_utc(uint64_t time_ns, char* to) {
  const uint32_t nanoseconds = enter_second(time_ns);
  std::memcpy(to, utc_, sizeof utc_);
  put_six_digits(nanoseconds / 1000, to + sizeof utc_);
  put_digits(nanoseconds % 1000, 3, to + sizeof utc_ + 6);
  to[kUtcSize - 1] = 'Z';
}

}  // namespace ctrace
