#include "format/print/line_fitter.h"

#include <algorithm>

namespace ctrace {
namespace {

constexpr std::string_view kRest = "...";
constexpr char kEscape = '\x1b';

// Bytes of the colour that `line` begins with: ESC, [, numbers, m.
size_t colour_bytes(std::string_view line) {
  return line.front() == kEscape ? std::min(line.find('m'), line.size() - 1) + 1 : 0;
}

// Bytes and columns of the character that `line` begins with. From Hangul on there are more that
// take two columns than one: none is taken for too narrow.
struct Character {
  size_t bytes, columns;
};
Character first_character(std::string_view line) {
  const auto lead = static_cast<unsigned char>(line.front());
  const size_t bytes = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  constexpr unsigned char kLeadOfHangul = 0xe1;  // U+1000
  return {std::min(bytes, line.size()), lead >= kLeadOfHangul ? size_t{2} : size_t{1}};
}

}  // namespace

size_t fitting_bytes(std::string_view line, size_t columns) {
  size_t at = 0, used = 0;
  while (at < line.size()) {
    const std::string_view left = line.substr(at);
    if (const size_t colour = colour_bytes(left); colour > 0) {
      at += colour;
      continue;
    }
    const Character next = first_character(left);
    if (used + next.columns > columns) return at;
    used += next.columns;
    at += next.bytes;
  }
  return at;
}

// The width is asked for each line: it changes while somebody looks on.
void LineFitter::cut(size_t start, std::string_view end_colour) {
  const size_t columns = out_.terminal_columns();
  const std::string_view line = out_.since(start);
  if (columns <= kRest.size() || line.size() <= columns) return;
  if (fitting_bytes(line, columns) == line.size()) return;
  out_.truncate(start + fitting_bytes(line, columns - kRest.size()));
  out_.append(end_colour);
  out_.append(kRest);
}

}  // namespace ctrace
