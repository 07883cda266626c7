// What the encoder and the decoder of blocks must agree on (FORMAT.md §4).
#pragma once

#include <cstddef>
#include <cstdint>

#include "format/file/part.h"
#include "format/model/event.h"

namespace ctrace {

// What a column of the body holds: 0 to kMaxArgs - 1: the argument of that position; other roles
// than these are ignored by readers.
inline constexpr uint8_t kRoleResult = 255;
inline constexpr uint8_t kRoleDuration = 254;
inline constexpr uint8_t kRoleDenied = 253;

// Of a body at most: their numbers are bytes.
inline constexpr size_t kMaxChunks = 256;

// Which field of a task stands in which column of disk::Tasks.
struct TaskNumber {
  uint32_t Task::*field;
  const flatbuffers::Vector<uint32_t>* (disk::Tasks::*column)() const;
  flatbuffers::voffset_t slot;
};

// clang-format off
inline constexpr TaskNumber kTaskNumbers[] = {
    {&Task::pid,       &disk::Tasks::pid,       disk::Tasks::VT_PID},
    {&Task::tid,       &disk::Tasks::tid,       disk::Tasks::VT_TID},
    {&Task::ppid,      &disk::Tasks::ppid,      disk::Tasks::VT_PPID},
    {&Task::ns_pid,    &disk::Tasks::ns_pid,    disk::Tasks::VT_NS_PID},
    {&Task::ns_tid,    &disk::Tasks::ns_tid,    disk::Tasks::VT_NS_TID},
    {&Task::ns_ppid,   &disk::Tasks::ns_ppid,   disk::Tasks::VT_NS_PPID},
    {&Task::uid,       &disk::Tasks::uid,       disk::Tasks::VT_UID},
    {&Task::gid,       &disk::Tasks::gid,       disk::Tasks::VT_GID},
    {&Task::mnt_ns,    &disk::Tasks::mnt_ns,    disk::Tasks::VT_MNT_NS},
    {&Task::pid_ns,    &disk::Tasks::pid_ns,    disk::Tasks::VT_PID_NS},
    {&Task::net_ns,    &disk::Tasks::net_ns,    disk::Tasks::VT_NET_NS},
    {&Task::user_ns,   &disk::Tasks::user_ns,   disk::Tasks::VT_USER_NS},
    {&Task::uts_ns,    &disk::Tasks::uts_ns,    disk::Tasks::VT_UTS_NS},
    {&Task::ipc_ns,    &disk::Tasks::ipc_ns,    disk::Tasks::VT_IPC_NS},
    {&Task::cgroup_ns, &disk::Tasks::cgroup_ns, disk::Tasks::VT_CGROUP_NS},
};
// clang-format on
inline constexpr size_t kTaskNumberCount = sizeof kTaskNumbers / sizeof kTaskNumbers[0];

}  // namespace ctrace
