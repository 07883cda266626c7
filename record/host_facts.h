// What a recording's header says about the machine, and what the recorder must know of itself.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "format/model/recording.h"

namespace ctrace {

// Everything but command_line, filters and command_mode.
RecordingHeader host_header();

uint32_t own_pid_level();  // depth of the pid namespace, 0: the initial one

}  // namespace ctrace
