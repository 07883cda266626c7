#include "format/print/paint.h"

#include <cstdlib>

namespace ctrace {

const Paint& paint_for(ColorMode mode, const OutputBuffer& out) {
  static constexpr Paint kNone = {};
  static constexpr Paint kColors = {.failed = "\x1b[31m",
                                    .event = "\x1b[36m",
                                    .mark = "\x1b[2m",
                                    .loss = "\x1b[33m",
                                    .end = "\x1b[0m"};
  if (mode == ColorMode::kAlways) return kColors;
  if (mode == ColorMode::kNever) return kNone;
  const char* const no_color = std::getenv("NO_COLOR");
  const bool refused = no_color != nullptr && *no_color != '\0';
  return out.is_terminal() && !refused ? kColors : kNone;
}

}  // namespace ctrace
