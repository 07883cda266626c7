// What a recording's header says about the machine.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "format/model/recording.h"

namespace ctrace {

// Everything but command_line, filters and command_mode.
RecordingHeader host_header();

}  // namespace ctrace
