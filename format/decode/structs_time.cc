// Times, and limits and usage of resources.
#include "format/decode/structure.h"

namespace ctrace::structs {
namespace {

using enum Unit;

constexpr uint64_t kNow = 0x3fffffff, kOmit = 0x3ffffffe;  // of utimensat in tv_nsec

void append_time_word(const Decoding& decoding, uint64_t value) {
  if (value == kNow) return decoding.out.word("UTIME_NOW");
  if (value == kOmit) return decoding.out.word("UTIME_OMIT");
  decoding.out.number(static_cast<int64_t>(value));
}

void append_limit(const Decoding& decoding, uint64_t value) {
  const bool is_narrow = decoding.layout.word == 4 && value == UINT32_MAX;
  if (value == UINT64_MAX || is_narrow) return decoding.out.word("RLIM_INFINITY");
  decoding.out.number(value);
}

void append_limit64(const Decoding& decoding, uint64_t value) {
  if (value == UINT64_MAX) return decoding.out.word("RLIM64_INFINITY");
  decoding.out.number(value);
}

// clang-format off
constexpr Member kTimespecMembers[] = {{"tv_sec", kTime}, {"tv_nsec", kTime}};
constexpr Structure kTimespec{kTimespecMembers};

// struct __kernel_timespec is the same in all tables.
constexpr Member kTimespec64Members[] = {{"tv_sec", kS64}, {"tv_nsec", kS64}};
constexpr Structure kTimespec64{kTimespec64Members};

constexpr Member kFileTimeMembers[] = {
    {"tv_sec", kTime}, {"tv_nsec", kTime, Kind::kUnknown, append_time_word}};
constexpr Structure kFileTime{kFileTimeMembers};
constexpr Member kFileTime64Members[] = {
    {"tv_sec", kS64}, {"tv_nsec", kS64, Kind::kUnknown, append_time_word}};
constexpr Structure kFileTime64{kFileTime64Members};

constexpr Member kTimevalMembers[] = {{"tv_sec", kTime}, {"tv_usec", kTime}};
constexpr Structure kTimeval{kTimevalMembers};

constexpr Member kTimezoneMembers[] = {{"tz_minuteswest", kS32}, {"tz_dsttime", kS32}};
constexpr Structure kTimezone{kTimezoneMembers};

constexpr Member kTimexMembers[] = {
    {"modes", kU32, Kind::timex_modes}, {"offset", kWord}, {"freq", kWord}, {"maxerror", kWord},
    {"esterror", kWord}, {"status", kU32, Kind::timex_status}, {"constant", kWord},
    {"precision", kWord}, {"tolerance", kWord},
    {.name = "time", .unit = kStruct, .structure = &kTimeval}, {"tick", kWord}, {"ppsfreq", kWord},
    {"jitter", kWord}, {"shift", kS32}, {"stabil", kWord}, {"jitcnt", kWord}, {"calcnt", kWord},
    {"errcnt", kWord}, {"stbcnt", kWord}, {"tai", kS32}};
constexpr Structure kTimex{kTimexMembers};

constexpr Member kUtimbufMembers[] = {{"actime", kTime}, {"modtime", kTime}};
constexpr Structure kUtimbuf{kUtimbufMembers};

constexpr Member kItimervalMembers[] = {
    {.name = "it_interval", .unit = kStruct, .structure = &kTimeval},
    {.name = "it_value", .unit = kStruct, .structure = &kTimeval}};
constexpr Structure kItimerval{kItimervalMembers};

constexpr Member kItimerspecMembers[] = {
    {.name = "it_interval", .unit = kStruct, .structure = &kTimespec},
    {.name = "it_value", .unit = kStruct, .structure = &kTimespec}};
constexpr Structure kItimerspec{kItimerspecMembers};

constexpr Member kItimerspec64Members[] = {
    {.name = "it_interval", .unit = kStruct, .structure = &kTimespec64},
    {.name = "it_value", .unit = kStruct, .structure = &kTimespec64}};
constexpr Structure kItimerspec64{kItimerspec64Members};

constexpr Member kTmsMembers[] = {
    {"tms_utime", kTime}, {"tms_stime", kTime}, {"tms_cutime", kTime}, {"tms_cstime", kTime}};
constexpr Structure kTms{kTmsMembers};

constexpr Member kRlimitMembers[] = {
    {"rlim_cur", kUWord, Kind::kUnknown, append_limit},
    {"rlim_max", kUWord, Kind::kUnknown, append_limit}};
constexpr Structure kRlimit{kRlimitMembers};

constexpr Member kRlimit64Members[] = {
    {"rlim_cur", kU64, Kind::kUnknown, append_limit64},
    {"rlim_max", kU64, Kind::kUnknown, append_limit64}};
constexpr Structure kRlimit64{kRlimit64Members};

constexpr Member kRusageMembers[] = {
    {.name = "ru_utime", .unit = kStruct, .structure = &kTimeval},
    {.name = "ru_stime", .unit = kStruct, .structure = &kTimeval}};
constexpr Structure kRusage{.members = kRusageMembers, .goes_on = true};

// clang-format on

// In place of a time that is a word strace has that alone.
template <const Structure& kTimes>
bool append_file_times(std::string_view bytes, const Decoding& decoding) {
  const size_t size = size_of(kTimes, decoding.layout), half = size / 2;
  ValueWriter& out = decoding.out;
  if (out.json()) return append_list(kTimes, bytes, decoding);
  out.open('[');
  for (; bytes.size() >= size; bytes.remove_prefix(size)) {
    const uint64_t part = number_at(bytes, half, half);
    if (part == kNow || part == kOmit) {
      append_time_word(decoding, part);
    } else {
      append_structure(kTimes, bytes.substr(0, size), decoding);
    }
  }
  if (!bytes.empty()) out.dots();
  out.close(']');
  return bytes.empty();
}

// clang-format off
constexpr Pointee kPointees[] = {
    {Kind::timespec_in, &kTimespec},
    {Kind::timespec_out, &kTimespec},
    {Kind::timespec_rem, &kTimespec},
    {Kind::timespec64_in, &kTimespec64},
    {Kind::timespec64_out, &kTimespec64},
    {Kind::timespec64_rem, &kTimespec64},
    {.kind = Kind::timespec_pair, .native = &kFileTime, .elements = 2,
     .append = append_file_times<kFileTime>},
    {.kind = Kind::timespec64_pair, .native = &kFileTime64, .elements = 2,
     .append = append_file_times<kFileTime64>},
    {Kind::timeval_in, &kTimeval},
    {Kind::timeval_out, &kTimeval},
    {.kind = Kind::timeval_pair, .native = &kTimeval, .elements = 2, .is_list = true},
    {Kind::timezone_in, &kTimezone},
    {Kind::timezone_out, &kTimezone},
    {Kind::timex, &kTimex},
    {Kind::utimbuf, &kUtimbuf},
    {Kind::itimerval_in, &kItimerval},
    {Kind::itimerval_out, &kItimerval},
    {Kind::itimerspec_in, &kItimerspec},
    {Kind::itimerspec_out, &kItimerspec},
    {Kind::itimerspec64_in, &kItimerspec64},
    {Kind::itimerspec64_out, &kItimerspec64},
    {Kind::futex_timeout, &kTimespec},
    {Kind::futex_timeout64, &kTimespec64},
    {Kind::tms_out, &kTms},
    {Kind::rlimit_in, &kRlimit},
    {Kind::rlimit_out, &kRlimit},
    {Kind::rlimit64_in, &kRlimit64},
    {Kind::rlimit64_out, &kRlimit64},
    {Kind::rusage_out, &kRusage},
    {Kind::rusage_child, &kRusage},
};
// clang-format on

}  // namespace

std::span<const Pointee> time_pointees() { return kPointees; }

}  // namespace ctrace::structs
