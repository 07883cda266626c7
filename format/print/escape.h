// Hostile bytes made safe to show. Text in events comes from a container: it may hold terminal
// escape sequences, newlines that forge lines, characters that turn the writing direction, and
// bytes that are no UTF-8. Both forms are reversible: what is printed says exactly which bytes it
// was.
#pragma once

#include <string_view>

#include "format/print/output_buffer.h"

namespace ctrace {

// For tables and messages. As they are: printable ASCII and well-formed UTF-8 of visible
// characters. A backslash is `\\`, a newline `\n`, a tab `\t`; each byte of all else is `\xHH`
// (lower-case): control characters (C0, DEL, C1), characters without a width of their own or that
// turn or end the line (kUnsafe in escape.cc), and what is no UTF-8.
void append_escaped(std::string_view bytes, OutputBuffer& out);

// The same in double quotes, with `"` as `\"`: for text that could be taken for something else.
void append_quoted(std::string_view bytes, OutputBuffer& out);

// A JSON string with its quotes. Well-formed UTF-8 is kept, except that the characters which
// append_escaped() does not show stand as \uXXXX (a pair of surrogates above U+FFFF). Each byte XX
// that is not part of well-formed UTF-8 is the lone low surrogate \udcXX, as Python's
// "surrogateescape" has it: json.loads(line)["..."].encode("utf-8", "surrogateescape") gives the
// bytes back. No text can clash with that: a surrogate written in UTF-8 (ED A0..BF xx) is not
// well-formed, so its three bytes are escaped one by one, and a high surrogate is never written
// without its low one.
void append_json_string(std::string_view bytes, OutputBuffer& out);

// True when all bytes are printable ASCII and none is one of kStops: nothing to escape. Eight bytes
// at a time.
template <char... kStops>
bool is_plain(std::string_view bytes);

// ---- what follows is how is_plain() does it

namespace escape_internal {

inline constexpr uint64_t kOnes = 0x0101010101010101;
inline constexpr uint64_t kHighs = 0x8080808080808080;

// The high bit of some byte is set in the result when some byte of `word` is zero.
constexpr uint64_t zero_byte(uint64_t word) { return (word - kOnes) & ~word & kHighs; }
constexpr uint64_t equal_byte(uint64_t word, char c) {
  return zero_byte(word ^ (kOnes * static_cast<unsigned char>(c)));
}
constexpr uint64_t control_byte(uint64_t word) {
  const uint64_t below_space = (word - kOnes * 0x20) & ~word & kHighs;
  return below_space | (word & kHighs) | equal_byte(word, 0x7f);
}

inline uint64_t load_word(const char* from) {
  uint64_t word;
  std::memcpy(&word, from, sizeof word);
  return word;
}

}  // namespace escape_internal

template <char... kStops>
bool is_plain(std::string_view bytes) {
  using namespace escape_internal;  // NOLINT(build/namespaces)
  const auto special = [](uint64_t word) {
    return control_byte(word) | (equal_byte(word, kStops) | ... | uint64_t{0});
  };
  const char* at = bytes.data();
  const char* const end = at + bytes.size();
  if (bytes.empty()) return true;
  if (bytes.size() < 8) {
    uint64_t word = kOnes * ' ';
    std::memcpy(&word, at, bytes.size());
    return special(word) == 0;
  }
  for (; end - at >= 8; at += 8) {
    if (special(load_word(at)) != 0) return false;
  }
  return special(load_word(end - 8)) == 0;  // the tail, with some bytes a second time
}

}  // namespace ctrace
