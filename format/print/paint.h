// Colours for a terminal. Empty words when there are none, so that those who paint need not ask.
#pragma once

#include <string_view>

#include "format/print/printer.h"

namespace ctrace {

struct Paint {
  std::string_view failed, event, mark, loss;  // before
  std::string_view end;                        // behind
};

// By mode, by what `out` writes to and by the environment's NO_COLOR (https://no-color.org).
const Paint& paint_for(ColorMode mode, const OutputBuffer& out);

}  // namespace ctrace
