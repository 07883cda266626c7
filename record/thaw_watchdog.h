// A process that outlives the recorder by the moment that it takes to undo what it did to others:
// it thaws the cgroups in the FrozenTable and removes those that the recorder made. It waits for
// the end of a pipe, which comes however the recorder ends, kill -9 included.
//
// It is forked before any BPF object is there and closes what it does not need, so that it keeps
// nothing loaded; no signal of a terminal or of a polite kill ends it before the recorder.
#pragma once

#include <sys/types.h>

#include "format/base/result.h"
#include "record/frozen_table.h"

namespace ctrace {

class ThawWatchdog {
 public:
  // Call it before there are threads. `inotify` is shared with it.
  static Result<ThawWatchdog> start(FrozenTable& table, int inotify);
  ThawWatchdog(ThawWatchdog&& other) noexcept;
  ThawWatchdog& operator=(ThawWatchdog&&) = delete;
  // Lets it do its work and waits for that.
  ~ThawWatchdog();

  // Nothing may be frozen without it.
  bool alive() const;

 private:
  ThawWatchdog(pid_t pid, int pipe) : pid_(pid), pipe_(pipe) {}
  pid_t pid_ = -1;
  int pipe_ = -1;  // the writing end; nothing is ever written
};

}  // namespace ctrace
