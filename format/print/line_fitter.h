// Lines as wide as the terminal that they go to, and no wider: of one that is longer the rest is
// left out and `...` stands at its end. Into files and pipes lines go as they are.
#pragma once

#include <cstddef>
#include <string_view>

#include "format/print/output_buffer.h"

namespace ctrace {

// How many bytes of `line` (UTF-8 and colours, no control characters) fit into so many columns of a
// terminal.
size_t fitting_bytes(std::string_view line, size_t columns);

class LineFitter {
 public:
  explicit LineFitter(OutputBuffer& out) : out_(out), on_terminal_(out.is_terminal()) {}
  // What stands since `start` (a value of the buffer's size()) is a line without its newline.
  // `end_colour` stands behind what is left of it.
  void fit(size_t start, std::string_view end_colour = {}) {
    if (on_terminal_) cut(start, end_colour);
  }

 private:
  void cut(size_t start, std::string_view end_colour);

  OutputBuffer& out_;
  const bool on_terminal_;
};

}  // namespace ctrace
