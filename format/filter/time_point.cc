#include "format/filter/time_point.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <string>

namespace ctrace {
namespace {

using Wide = __int128;

constexpr int64_t kSecondNs = 1'000'000'000;
constexpr int64_t kDayNs = 86'400 * kSecondNs;

// Takes what a time is made of off the front of a text.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : left_(text) {}

  bool at_end() const { return left_.empty(); }
  bool take(char c) {
    if (!left_.starts_with(c)) return false;
    left_.remove_prefix(1);
    return true;
  }
  bool take(std::string_view word) {
    if (!left_.starts_with(word)) return false;
    left_.remove_prefix(word.size());
    return true;
  }
  // `digits` digits (0: one or more) with a value up to `largest`.
  bool number(size_t digits, int64_t largest, int64_t& value) {
    size_t count = 0;
    while (count < left_.size() && left_[count] >= '0' && left_[count] <= '9') ++count;
    if (count == 0 || (digits != 0 && count != digits)) return false;
    const auto parsed = std::from_chars(left_.data(), left_.data() + count, value);
    left_.remove_prefix(count);
    return parsed.ec == std::errc() && value <= largest;
  }
  // ".5" as a part of `unit_ns`; nothing there is 0. Digits beyond the nanosecond are dropped.
  bool fraction(int64_t unit_ns, int64_t& ns) {
    ns = 0;
    if (!take('.')) return true;
    bool any = false;
    for (int64_t digit = 0; !left_.empty() && left_[0] >= '0' && left_[0] <= '9'; any = true) {
      digit = left_[0] - '0';
      unit_ns /= 10;
      ns += digit * unit_ns;
      left_.remove_prefix(1);
    }
    return any;
  }

 private:
  std::string_view left_;
};

struct Unit {
  std::string_view name;
  int64_t ns;
};
constexpr Unit kUnits[] = {{"ns", 1},        {"us", 1'000},         {"ms", 1'000'000},
                           {"s", kSecondNs}, {"m", 60 * kSecondNs}, {"h", 3600 * kSecondNs},
                           {"d", kDayNs}};

// "1.5s" after the plus.
bool relative(std::string_view text, int64_t& ns) {
  const size_t unit_at = std::min(text.find_first_not_of("0123456789."), text.size());
  const std::string_view name = text.substr(unit_at);
  for (const Unit& unit : kUnits) {
    if (name.empty() ? unit.name != "s" : unit.name != name) continue;
    Scanner number(text.substr(0, unit_at));
    int64_t whole = 0, part = 0;
    return number.number(0, INT64_MAX / kDayNs, whole) && number.fraction(unit.ns, part) &&
           number.at_end() && !__builtin_mul_overflow(whole, unit.ns, &ns) &&
           !__builtin_add_overflow(ns, part, &ns);
  }
  return false;
}

// "10:11[:12[.5]]"
bool time_of_day(Scanner& scanner, int64_t& ns) {
  int64_t hour = 0, minute = 0, second = 0, part = 0;
  if (!scanner.number(2, 23, hour) || !scanner.take(':') || !scanner.number(2, 59, minute)) {
    return false;
  }
  if (scanner.take(':')) {
    if (!scanner.number(2, 60, second) || !scanner.fraction(kSecondNs, part)) return false;
  }
  ns = ((hour * 60 + minute) * 60 + second) * kSecondNs + part;
  return true;
}

// "2026-11-23" as the nanoseconds of its midnight.
bool date(Scanner& scanner, int64_t& ns) {
  int64_t year = 0, month = 0, day = 0;
  if (!scanner.number(4, 2200, year) || !scanner.take('-') || !scanner.number(2, 12, month) ||
      !scanner.take('-') || !scanner.number(2, 31, day)) {
    return false;
  }
  const std::chrono::year_month_day civil{std::chrono::year(static_cast<int>(year)),
                                          std::chrono::month(static_cast<unsigned>(month)),
                                          std::chrono::day(static_cast<unsigned>(day))};
  if (!civil.ok()) return false;
  ns = std::chrono::sys_days(civil).time_since_epoch().count() * kDayNs;
  return true;
}

// "Z", "+01:00", "-0530" or nothing.
bool zone(Scanner& scanner, TimePoint& point) {
  if (scanner.at_end()) return true;
  point.from = TimePoint::From::kEpoch;
  if (scanner.take('Z')) return scanner.at_end();
  const bool west = scanner.take('-');
  int64_t hours = 0, minutes = 0;
  if (!west && !scanner.take('+')) return false;
  if (!scanner.number(2, 23, hours) || !scanner.take(':') || !scanner.number(2, 59, minutes)) {
    return false;
  }
  const int64_t offset_ns = (hours * 60 + minutes) * 60 * kSecondNs;
  point.ns += west ? offset_ns : -offset_ns;
  return scanner.at_end();
}

bool absolute(std::string_view text, TimePoint& point) {
  Scanner scanner(text);
  int64_t day_ns = 0, time_ns = 0;
  point.from = TimePoint::From::kLocalEpoch;
  if (!date(scanner, day_ns)) return false;
  if (!scanner.at_end()) {
    if (!scanner.take(' ') && !scanner.take('T')) return false;
    if (!time_of_day(scanner, time_ns)) return false;
  }
  point.ns = day_ns + time_ns;
  return zone(scanner, point);
}

// The time of day on that day which brings it into the 24 hours from 6 hours before `start` on.
// Records start before what is looked for; who asks for a time shortly before the start means all.
Wide nearest_day(Wide start_local_ns, Wide ns_of_day) {
  const Wide earliest = start_local_ns - kDayNs / 4;
  const Wide into_day = ((ns_of_day - earliest) % kDayNs + kDayNs) % kDayNs;
  return earliest + into_day;
}

}  // namespace

uint64_t TimePoint::monotonic_ns(const RecordingHeader& header) const {
  const Wide local_offset_ns = Wide{header.utc_offset_s} * kSecondNs;
  const Wide realtime_ns = header.realtime_ns;
  Wide real_ns = 0;
  switch (from) {
    case From::kStart:
      real_ns = realtime_ns + ns;
      break;
    case From::kLocalMidnight:
      real_ns = nearest_day(realtime_ns + local_offset_ns, ns) - local_offset_ns;
      break;
    case From::kLocalEpoch:
      real_ns = ns - local_offset_ns;
      break;
    case From::kEpoch:
      real_ns = ns;
      break;
  }
  const Wide result = real_ns - realtime_ns + header.monotonic_ns;
  if (result < 0) return 0;
  return result > Wide{UINT64_MAX} ? UINT64_MAX : static_cast<uint64_t>(result);
}

Result<TimePoint> parse_time_point(std::string_view text) {
  TimePoint point;
  if (text.starts_with('+')) {
    if (relative(text.substr(1), point.ns)) return point;
  } else if (text.find('-') != text.npos) {
    if (absolute(text, point)) return point;
  } else {
    Scanner scanner(text);
    point.from = TimePoint::From::kLocalMidnight;
    if (time_of_day(scanner, point.ns) && scanner.at_end()) return point;
  }
  return unexpected(Error::Kind::kUsage, "'" + std::string(text) +
                                             "' is no time such as 10:11:12.5, "
                                             "2026-11-23T10:11:12Z or +1.5s");
}

}  // namespace ctrace
