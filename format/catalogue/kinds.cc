#include "format/catalogue/kinds.h"

#include <algorithm>
#include <cassert>
#include <initializer_list>
#include <iterator>
#include <string_view>

namespace ctrace {
namespace {

using enum Form;

// Capture shares the word kText with Form, so it is not opened by `using enum`.
constexpr KindRow kKinds[] = {
    {Kind::kUnknown, "", "", kHex, Capture::kValue},
#define CTRACE_KIND(name, c_type, form, capture) \
  {Kind::name, #name, c_type, form, Capture::capture},
#include "format/catalogue/kinds.inc"
#undef CTRACE_KIND
};

constexpr uint64_t bits(std::initializer_list<int> values) {
  uint64_t mask = 0;
  for (int value : values) mask |= uint64_t{1} << value;
  return mask;
}

constexpr uint64_t kFutexWaits = bits({0, 6, 9, 11, 13});  // WAIT, LOCK_PI, WAIT_BITSET, ...
constexpr Decider kDeciders[] = {
    {Kind::futex_timeout, Kind::futex_op, 0x7f, kFutexWaits},
    {Kind::futex_timeout64, Kind::futex_op, 0x7f, kFutexWaits},
    // F_GETLK, F_SETLK, F_SETLKW and the same of F_OFD_
    {Kind::fcntl_arg, Kind::fcntl_cmd, 0xffffffff, bits({5, 6, 7, 36, 37, 38})},
    // and F_GETLK64, F_SETLK64, F_SETLKW64
    {Kind::fcntl64_arg, Kind::fcntl_cmd, 0xffffffff, bits({5, 6, 7, 12, 13, 14, 36, 37, 38})},
    {Kind::epoll_event_in, Kind::epoll_op, 0xffffffff, bits({1, 3})},  // ADD, MOD
    {Kind::landlock_rule_attr, Kind::landlock_rule, 0xffffffff, bits({1, 2})},
    {Kind::name_arg, Kind::prctl_option, 0xffffffff, bits({15, 16})},  // PR_SET_NAME, PR_GET_NAME
    {Kind::seccomp_arg, Kind::seccomp_op, 0xffffffff, bits({1})},      // SET_MODE_FILTER
};

}  // namespace

const Decider* decider_of(Kind kind) {
  const auto* row = std::ranges::find(kDeciders, kind, &Decider::kind);
  return row == std::end(kDeciders) ? nullptr : row;
}

const KindRow& kind_row(Kind kind) {
  // The enumerators and the rows come from the same lines, so a kind is its row's index.
  assert(static_cast<size_t>(kind) < std::size(kKinds));
  return kKinds[static_cast<size_t>(kind)];
}

Kind kind_by_name(std::string_view name) {
  // Read once for each argument of a file's schema: a search through 150 short names is enough.
  if (name.empty()) return Kind::kUnknown;
  const auto* row = std::ranges::find(kKinds, name, &KindRow::name);
  return row == std::end(kKinds) ? Kind::kUnknown : row->kind;
}

}  // namespace ctrace
