// The catalogue: everything ctrace knows about events before it sees one. One row a system call
// (syscalls.inc), one row an event of another sort (events.inc), one row a set (sets.inc).
// Recorder, kernel plan, filters, printers and analyses all read these tables; no other place
// names a system call's number or arguments.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "format/model/event.h"

namespace ctrace {

inline constexpr size_t kMaxSyscallArgs = 6;
// Event ids of system calls: [0, kSyscallIds) is the x86_64 number; a call that x86_64 lacks has
// kForeignBase + its i386 number (or, on arm64 alone, + kArm64Offset + its arm64 number). Of 32-bit
// ARM's table no row says anything: kForeignBase + kArmOffset + its number.
inline constexpr uint16_t kSyscallIds = 1000;
inline constexpr uint16_t kForeignBase = 2000;
inline constexpr uint16_t kArm64Offset = 1000;
inline constexpr uint16_t kArmOffset = 2000;

// Events that are no system calls. Ids 1000-1012 are the original tracer's.
enum EventId : uint16_t {
  kProcessExit = 1010,  // sched_process_exit
  kProcessFork = 1020,  // sched_process_fork
  kProcessExec = 1021,  // sched_process_exec
  kContainerStart = 1030,
  kContainerStop = 1031,
  kLost = 1040,            // a gap: so many records of one CPU are missing here
  kSyscallInvalid = 1041,  // a number that no table can have (negative, or 1000 and more)
};

struct ArgRow {
  std::string_view name;
  Kind kind = Kind::kUnknown;
  std::string_view c_type = {};  // empty: the kind's
};

using SetMask = uint64_t;  // bit i: member of sets()[i]

struct SyscallRow {
  std::string_view name;
  int16_t x86_64, i386, arm64;  // -1: not there
  SetMask sets;                 // `syscalls` and the %-sets are implied: ask event_sets()
  ArgRow args[kMaxSyscallArgs];
  Kind result = Kind::i64;  // of a call that did not fail: `pointer` for an address
};

struct SetRow {
  std::string_view name;
  std::string_view meaning;  // one line for --list-sets
};

std::span<const SyscallRow> syscall_rows();
std::span<const SetRow> set_rows();

// All event types of the catalogue, system calls and others, in the order of their ids. They live
// for ever; so do the pointers and references that the functions below return.
std::span<const EventType> event_types();

// By id; null when the catalogue has none.
const EventType* find_event(uint16_t id);
// By name, also by the names that the original tracer used (`umount` for umount2, `sysctl`,
// `afs`); null when there is none. A name may stand for several events, see find_events(): this is
// the first of them, x86_64's if it has one.
const EventType* find_event(std::string_view name);
// All events of this name, in the order of their ids. A call whose registers differ on i386 or
// arm64 is a second event of the same name (clone, mmap, pread64), so filters want all of them.
// `umount` is umount2 and i386's old umount; syscall_N finds the numbers N without a row.
std::vector<const EventType*> find_events(std::string_view name);

// The type of system call `number` of table `abi`. Never fails: a number that the catalogue does
// not know gives a type `syscall_N` (with an id in the range of its table and six hex arguments),
// one that no table can have gives syscall_invalid, and so does every number of 32-bit arm, whose
// table the catalogue does not hold. x32 numbers come without bit 30.
const EventType& syscall_event(Abi abi, int32_t number);
// The other way: the number of event `id` in table `abi`; empty when that table lacks the call.
std::optional<int32_t> syscall_number(uint16_t id, Abi abi);

// Made by rule for ids that no catalogue and no file schema has: name `syscall_N`. Null when `id`
// is not in a range of system calls.
const EventType* unknown_syscall_event(uint16_t id);
// Whether it has one: the id is a number of one of the tables, with or without a row.
bool is_number_of_a_call(uint16_t id);

// What is recorded beyond the usual.
struct Extras {
  bool payloads = false;     // what buffers hold (--snaplen)
  bool environment = false;  // of execve (--exec-env)
};
// `type`, of this catalogue, as recordings with these have it: a buffer is text, sched_process_exec
// has one argument more. It lives for ever too.
const EventType& recorded_type(const EventType& type, const Extras& extras);

// What the result of this event means when the call did not fail: Kind::pointer for mmap's address,
// Kind::i64 where it is just a number (also for events that the catalogue does not know by name).
Kind result_kind(const EventType& type);

// One line for people, for --list-events: what an event that is no system call tells; of a system
// call its arguments, "(int dirfd, const char* pathname, int flags, mode_t mode)".
std::string event_line(const EventType& type);

// The sets that event `id` belongs to: `syscalls` alone for a system call without a row, 0 for what
// is no event at all.
SetMask event_sets(uint16_t id);
std::optional<size_t> find_set(std::string_view name);  // index into set_rows()

}  // namespace ctrace
