// What a run did, as a set of items that can be compared with another run's: calls, their errors,
// argument values, files opened, programs executed, peers, capabilities used. Times and ids are no
// items.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>

#include "analyze/scope.h"
#include "format/base/result.h"
#include "format/seccomp/seccomp_profile.h"

namespace ctrace {

enum class ItemSort { kSyscall, kArgument, kErrno, kOpen, kExec, kPeer, kListen, kCapability };
std::string_view item_word(ItemSort sort);  // "syscall"

enum class ItemsBy { kAll, kContainer, kProcess };

struct Item {
  ItemSort sort = ItemSort::kSyscall;
  std::string owner;  // container or comm; empty: not told apart
  std::string text;   // as it stands in the recording: escape it
  auto operator<=>(const Item&) const = default;
};

struct RunItems {
  static constexpr size_t kMaxItems = 1 << 20;
  std::map<Item, uint64_t> items;  // with how often each was seen
  bool is_profile = false;
  bool has_checks = false;  // uses of capabilities were recorded
  bool is_cut = false;      // there were more than kMaxItems

  void add(Item item, uint64_t count = 1);
};

struct ItemChoice {
  ItemsBy by = ItemsBy::kAll;
  bool args = false;
};

// Of the chosen containers' own calls.
//   open    a path that was opened with success
//   exec    a program that was executed
//   peer    whom a socket was connected or sent to, with port; who connected or sent, without (a
//           client's port is chance)
//   listen  an address that a socket was bound to
//   capability  one that was used, where the kernel's checks were recorded
Result<RunItems> items_of(RecordingReader& reader, const Chosen& chosen, const ItemChoice& choice);
// Their calls alone, from the recording's counts: no event is decoded. Not by process.
RunItems calls_of(RecordingReader& reader, const Chosen& chosen, const ItemChoice& choice);
// What it allows.
RunItems items_of(const SeccompProfile& profile, const ItemChoice& choice);

}  // namespace ctrace
