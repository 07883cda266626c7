#include "format/model/recording.h"

namespace ctrace {

const char* state_name(RecordingState state) {
  static constexpr const char* kNames[] = {"complete", "cut short", "being written"};
  return kNames[static_cast<size_t>(state)];
}

}  // namespace ctrace
