// Signals: sets, actions, information.
#include "format/decode/decode.h"
#include "format/decode/structure.h"

namespace ctrace::structs {
namespace {

using enum Unit;

constexpr int kSignals = 64, kFirstRealtime = 32;

// SIGINT, SIGRTMIN, SIGRT_1
void append_signal_name(int number, OutputBuffer& out) {
  if (number < kFirstRealtime) {
    append_decoded(Kind::signal, static_cast<uint64_t>(number), out);
  } else if (number == kFirstRealtime) {
    out.append("SIGRTMIN");
  } else {
    out.append("SIGRT_");
    out.append_decimal(number - kFirstRealtime);
  }
}

// As strace has it: without SIG, and of a set with more than half of them those that it has not.
void append_plain_set(uint64_t set, uint64_t all, ValueWriter& to) {
  OutputBuffer& out = to.begin_value();
  const bool inverted = __builtin_popcountll(set) * 2 > __builtin_popcountll(all);
  out.append(inverted ? "~[" : "[");
  if (inverted) set = ~set & all;
  bool first = true;
  for (int i = 0; i < kSignals; ++i) {
    if ((set >> i & 1) == 0) continue;
    OutputBuffer name(-1);
    append_signal_name(i + 1, name);
    if (!first) out.append(' ');
    out.append(name.since(3));
    first = false;
  }
  out.append(']');
}

void append_signals(uint64_t set, uint64_t all, ValueWriter& out) {
  if (!out.json()) return append_plain_set(set, all, out);
  out.open('[');
  for (int i = 0; i < kSignals; ++i) {
    if ((set >> i & 1) == 0) continue;
    OutputBuffer name(-1);
    append_signal_name(i + 1, name);
    out.word(name.since(0));
  }
  out.close(']');
}

void append_set(const Decoding& decoding, uint64_t set) {
  append_signals(set, UINT64_MAX, decoding.out);
}

// Of the 32 signals of before Linux 2.2.
void append_old_set(const Decoding& decoding, uint64_t set) {
  append_signals(set, UINT32_MAX, decoding.out);
}

void append_handler(const Decoding& decoding, uint64_t value) {
  constexpr std::string_view kHandlers[] = {"SIG_DFL", "SIG_IGN"};
  if (value < std::size(kHandlers)) return decoding.out.word(kHandlers[value]);
  decoding.out.hex(value);
}

// clang-format off
constexpr Member kSigactionMembers[] = {
    {"sa_handler", kPointer, Kind::kUnknown, append_handler},
    {"sa_flags", kUWord, Kind::sa_flags},
    {.name = "sa_restorer", .unit = kPointer, .silent_zero = true},
    {"sa_mask", kU64, Kind::kUnknown, append_set}};
constexpr uint8_t kSigactionOrder[] = {0, 3, 1, 2};
constexpr Structure kSigaction{kSigactionMembers, kSigactionOrder};

constexpr Member kOldSigactionMembers[] = {
    {"sa_handler", kPointer, Kind::kUnknown, append_handler},
    {"sa_mask", kUWord, Kind::kUnknown, append_old_set},
    {"sa_flags", kUWord, Kind::sa_flags},
    {.name = "sa_restorer", .unit = kPointer, .silent_zero = true}};
constexpr Structure kOldSigaction{kOldSigactionMembers};

constexpr Member kSigsetMembers[] = {{"set", kU64, Kind::kUnknown, append_set}};
constexpr Structure kSigset{.members = kSigsetMembers, .is_bare = true};
constexpr Member kOldSigsetMembers[] = {{"set", kUWord, Kind::kUnknown, append_old_set}};
constexpr Structure kOldSigset{.members = kOldSigsetMembers, .is_bare = true};

constexpr Member kAltstackMembers[] = {
    {"ss_sp", kPointer}, {"ss_flags", kS32, Kind::altstack_flags}, {"ss_size", kUWord}};
constexpr Structure kAltstack{kAltstackMembers};

constexpr Member kSigvalMembers[] = {{"sival_ptr", kPointer}};
constexpr Structure kSigval{kSigvalMembers};
constexpr Member kSigeventMembers[] = {
    {.name = "sigev_value", .unit = kStruct, .structure = &kSigval},
    {"sigev_signo", kS32, Kind::signal}, {"sigev_notify", kS32, Kind::sigev_notify},
    {.name = "sigev_notify_thread_id", .unit = kS32, .silent_zero = true}};
constexpr Structure kSigevent{.members = kSigeventMembers};

// struct siginfo: what follows the three numbers depends on signal and code. The numbers that are
// not shown stand for what lies before; the union is aligned as a pointer.
constexpr Member kAnyInfoMembers[] = {
    {"si_signo", kS32, Kind::signal}, {"", kS32}, {"si_code", kS32, Kind::signal_code}};
constexpr Structure kAnyInfo{.members = kAnyInfoMembers};

constexpr Member kSentInfoMembers[] = {
    {"si_signo", kS32, Kind::signal}, {"", kS32}, {"si_code", kS32, Kind::signal_code},
    {.name = "", .unit = kUWord, .count = 0}, {"si_pid", kS32}, {"si_uid", kU32},
    {.name = "si_ptr", .unit = kPointer, .silent_zero = true}};
constexpr Structure kSentInfo{.members = kSentInfoMembers};

constexpr Member kTimerInfoMembers[] = {
    {"si_signo", kS32, Kind::signal}, {"", kS32}, {"si_code", kS32, Kind::signal_code},
    {.name = "", .unit = kUWord, .count = 0}, {"si_timerid", kS32}, {"si_overrun", kS32},
    {"si_ptr", kPointer}};
constexpr Structure kTimerInfo{.members = kTimerInfoMembers};

constexpr Member kChildInfoMembers[] = {
    {"si_signo", kS32, Kind::signal}, {"", kS32}, {"si_code", kS32, Kind::child_code},
    {.name = "", .unit = kUWord, .count = 0}, {"si_pid", kS32}, {"si_uid", kU32},
    {"si_status", kS32}, {"si_utime", kTime}, {"si_stime", kTime}};
constexpr Structure kChildInfo{.members = kChildInfoMembers};

constexpr Member kKilledInfoMembers[] = {
    {"si_signo", kS32, Kind::signal}, {"", kS32}, {"si_code", kS32, Kind::child_code},
    {.name = "", .unit = kUWord, .count = 0}, {"si_pid", kS32}, {"si_uid", kU32},
    {"si_status", kS32, Kind::signal}, {"si_utime", kTime}, {"si_stime", kTime}};
constexpr Structure kKilledInfo{.members = kKilledInfoMembers};

constexpr Member kFaultInfoMembers[] = {
    {"si_signo", kS32, Kind::signal}, {"", kS32}, {"si_code", kS32},
    {.name = "", .unit = kUWord, .count = 0}, {"si_addr", kPointer}};
constexpr Structure kFaultInfo{.members = kFaultInfoMembers};
// clang-format on

bool is_fault(uint64_t signal) {
  constexpr uint64_t kFaults =
      1 << 4 | 1 << 5 | 1 << 7 | 1 << 8 | 1 << 11;  // ILL TRAP BUS FPE SEGV
  return signal < 64 && (kFaults >> signal & 1) != 0;
}

const Structure& info_of(std::string_view bytes) {
  constexpr uint64_t kChild = 17, kExited = 1;  // SIGCHLD, CLD_EXITED
  constexpr int64_t kTimer = -2;                // SI_TIMER
  const uint64_t signal = number_at(bytes, 0, 4);
  const auto code = static_cast<int64_t>(number_at(bytes, 8, 4, true));
  if (signal == 0) return kAnyInfo;
  if (code == kTimer) return kTimerInfo;
  if (code <= 0) return kSentInfo;
  if (signal == kChild) return code == kExited ? kChildInfo : kKilledInfo;
  return is_fault(signal) ? kFaultInfo : kAnyInfo;
}

bool append_siginfo(std::string_view bytes, const Decoding& decoding) {
  const bool is_empty = bytes.find_first_not_of('\0') == bytes.npos;
  if (!is_empty || bytes.empty()) return append_structure(info_of(bytes), bytes, decoding);
  // waitid found nobody.
  decoding.out.open('{');
  decoding.out.close('}');
  return true;
}

// clang-format off
constexpr Pointee kPointees[] = {
    {Kind::sigaction_in, &kSigaction},
    {Kind::sigaction_out, &kSigaction},
    {Kind::old_sigaction_in, &kOldSigaction},
    {Kind::old_sigaction_out, &kOldSigaction},
    {Kind::sigset_in, &kSigset},
    {Kind::sigset_out, &kSigset},
    {Kind::old_sigset_in, &kOldSigset},
    {Kind::old_sigset_out, &kOldSigset},
    {.kind = Kind::siginfo_in, .native = &kChildInfo, .append = append_siginfo},
    {.kind = Kind::siginfo_out, .native = &kChildInfo, .append = append_siginfo},
    {Kind::altstack_in, &kAltstack},
    {Kind::altstack_out, &kAltstack},
    {Kind::sigevent_in, &kSigevent},
};
// clang-format on

}  // namespace

std::span<const Pointee> signal_pointees() { return kPointees; }

}  // namespace ctrace::structs
