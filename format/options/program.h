// How a main() speaks: one line on stderr that begins with the program's name.
#pragma once

#include <string>
#include <string_view>

#include "format/base/result.h"

namespace ctrace {

inline constexpr int kExitTrouble = 2;

// "ctrace-replay: MESSAGE". What a file name or a recording brings into the message is escaped, so
// that it stays one line and moves no terminal.
void tell(std::string_view program, std::string_view message);

// Tells the error, its excerpt on lines of their own; gives kExitTrouble.
int fail(std::string_view program, const Error& error);

// --events-path and --errors-path; empty: stdout, stderr.
struct OutputPaths {
  std::string events, errors;
};
// The descriptor that the text goes to: the file, made anew, or stdout. Stays open for ever. It is
// not moved to descriptor 1: a recorded command must not inherit it.
Result<int> open_events_path(const OutputPaths& paths);
// From now on tell() and fail() write to the end of this file.
Result<void> tell_into(const OutputPaths& paths);

// Begin main() with this: a reader that goes away (`| head`) is then an error of write(), see
// OutputBuffer::pipe_closed(), and ends no recording.
void ignore_broken_pipes();

}  // namespace ctrace
