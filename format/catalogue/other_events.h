// Ids of events that are no system calls, beside those of catalogue.h: who makes them, or asks for
// them, knows them by these.
#pragma once

#include <cstdint>
#include <string_view>

namespace ctrace {

enum OtherEventId : uint16_t {
  kSysEnter = 1000,  // made of each system call where they are asked for: pseudo_events.h
  kSysExit = 1001,
  kVfsWrite = 1007,  // these four made of calls where they are asked for: record/file_io.h
  kVfsWritev = 1008,
  kMemProtAlert = 1009,
  kCommitCreds = 1011,
  kSwitchTaskNs = 1012,
  kVfsRead = 1013,
  kVfsReadv = 1014,
  kCgroupMkdir = 1032,
  kCgroupRmdir = 1033,
  kCgroupAttachTask = 1034,
  kSignalDeliver = 1060,
  kSignalGenerate = 1061,
};

// An event that says of a call once more what the call says is made only where it is asked for: by
// its name, or by a pattern that begins with this. Empty: any other event.
constexpr std::string_view asking_prefix(uint16_t id) {
  switch (id) {
    case kSysEnter:
    case kSysExit:
      return "sys_";
    case kVfsRead:
    case kVfsReadv:
    case kVfsWrite:
    case kVfsWritev:
      return "vfs";
    default:
      return {};
  }
}

}  // namespace ctrace
