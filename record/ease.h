// How far compression steps down so that the recorder keeps up: before anything is dropped, and no
// longer than needed.
#pragma once

#include <algorithm>

namespace ctrace {

// How full the fullest ring is, and the queue behind the rings, in percent.
struct Backlog {
  unsigned ring = 0, queue = 0;
};

class Ease {
 public:
  static constexpr unsigned kMost = 3;

  // The step to take now, 0 to 3. Down at once as far as the rings ask for (texts are shed at 87
  // %), up one step at a time and only when the backlog is gone.
  unsigned step(const Backlog& backlog) {
    const unsigned asked = backlog.ring >= 50    ? 3
                           : backlog.ring >= 25  ? 2
                           : backlog.ring >= 12  ? 1
                           : backlog.queue >= 75 ? 1
                                                 : 0;
    if (asked > step_)
      step_ = asked;
    else if (step_ > 0 && backlog.ring < 6 && backlog.queue < 50)
      --step_;
    return step_;
  }

 private:
  unsigned step_ = 0;
};

}  // namespace ctrace
