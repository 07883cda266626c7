// What is captured, as the options and the filter have it, and what the file says of it.
#pragma once

#include "format/filter/filter.h"
#include "format/model/recording.h"
#include "record/kernel_side.h"
#include "record/recorder.h"

namespace ctrace {

// Asks /proc for the cgroup hierarchy.
CaptureOptions capture_options(const RecordOptions& options, const Filter& filter);
// The clocks are those of now.
RecordingHeader recording_header(const RecordOptions& options, const KernelSide& kernel);

}  // namespace ctrace
