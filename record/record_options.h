// The recorder's command line.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "format/base/result.h"
#include "record/recorder.h"

namespace ctrace {

// Empty: help or version was asked for and printed. `words` is what stood after the program's name.
Result<bool> parse_record_options(const std::vector<std::string>& words, RecordOptions& options);

// Is `key` of a configuration file an option of the recorder's ("format", "record.comm"), and does
// it take this value? Another program's ("replay.follow") is left to that program.
Result<void> check_record_config(const std::string& key, const std::string& value);

// "10s", "500ms", "2m", "1h", "10" (seconds) in nanoseconds; `option` is named in the error.
Result<void> parse_duration(std::string_view option, const std::string& text, uint64_t& ns);
// "32M", "512K", "1G", "65536" in bytes.
Result<void> parse_size(std::string_view option, const std::string& text, uint64_t& bytes);

}  // namespace ctrace
