// Ids of events that are no system calls, beside those of catalogue.h: who makes them, or asks for
// them, knows them by these.
#pragma once

#include <cstdint>

namespace ctrace {

enum OtherEventId : uint16_t {
  kSysEnter = 1000,  // made of each system call where they are asked for: pseudo_events.h
  kSysExit = 1001,
  kMemProtAlert = 1009,
  kCommitCreds = 1011,
  kSwitchTaskNs = 1012,
  kCgroupMkdir = 1032,
  kCgroupRmdir = 1033,
  kCgroupAttachTask = 1034,
  kSignalDeliver = 1060,
  kSignalGenerate = 1061,
};

}  // namespace ctrace
