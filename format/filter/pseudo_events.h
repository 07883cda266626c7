// sys_enter and sys_exit, which the original tracer had for each system call beside the call's own
// event: which call, and at its end the result. They follow from the stream of calls, so they are
// made where they are asked for by name (--event sys_enter), live and in replay, and no other
// recording holds them. Both stand where the call's end does, at its time: what was not recorded
// then, a call's beginning, has no place of its own in the stream.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "format/catalogue/other_events.h"
#include "format/model/event.h"
#include "format/print/print_cache.h"

namespace ctrace {

class Filter;

class PseudoEvents {
 public:
  // `recorded_filters`: those of the recording's header, which may have asked for them already; it
  // then holds them. Live: none. `filter` must outlive it.
  PseudoEvents(const Filter& filter, const std::vector<std::string>& recorded_filters);

  // Gives `take` what the stream holds at the place of `event`: the event, and around it what is
  // made of it. Ends when `take` returns false, and returns that.
  template <typename Take>
  bool around(const Event& event, Take&& take) const {
    if ((!enter_ && !exit_) || !is_of(event)) return take(event);
    if (enter_ && !take(made(event, kSysEnter))) return false;
    if (!take(event)) return false;
    return !exit_ || !returns(event) || take(made(event, kSysExit));
  }

 private:
  bool is_of(const Event& event) const;
  static bool returns(const Event& event);
  static Event made(const Event& call, uint16_t id);

  const Filter& filter_;
  bool enter_ = false, exit_ = false;
};

}  // namespace ctrace
