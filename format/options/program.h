// How a main() speaks: one line on stderr that begins with the program's name.
#pragma once

#include <string_view>

#include "format/base/result.h"

namespace ctrace {

inline constexpr int kExitTrouble = 2;

// "ctrace-replay: MESSAGE". What a file name or a recording brings into the message is escaped, so
// that it stays one line and moves no terminal.
void tell(std::string_view program, std::string_view message);

// Tells the error; gives kExitTrouble.
int fail(std::string_view program, const Error& error);

// Begin main() with this: a reader that goes away (`| head`) is then an error of write(), see
// OutputBuffer::pipe_closed(), and ends no recording.
void ignore_broken_pipes();

}  // namespace ctrace
