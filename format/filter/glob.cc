#include "format/filter/glob.h"

#include <cstddef>

namespace ctrace {
namespace {

unsigned char byte_at(std::string_view text, size_t i) {
  return static_cast<unsigned char>(text[i]);
}

// A bracket expression at pattern[at] == '['. `end` is behind it; 0 when it is never closed, and
// then the bracket stands for itself.
struct Bracket {
  size_t end = 0;
  bool matches = false;
};

Bracket match_bracket(std::string_view pattern, size_t at, unsigned char c) {
  size_t i = at + 1;
  const bool negated = i < pattern.size() && (pattern[i] == '!' || pattern[i] == '^');
  if (negated) ++i;
  bool found = false;
  for (bool first = true; i < pattern.size(); first = false) {
    if (pattern[i] == ']' && !first) return {i + 1, found != negated};
    if (pattern[i] == '\\' && i + 1 < pattern.size()) ++i;
    const unsigned char low = byte_at(pattern, i++);
    unsigned char high = low;
    if (i + 1 < pattern.size() && pattern[i] == '-' && pattern[i + 1] != ']') {
      high = byte_at(pattern, i + 1);
      i += 2;
    }
    found = found || (low <= c && c <= high);
  }
  return {};
}

// Does what stands at pattern[at], which is no `*`, match `c`? `at` is moved behind it.
bool match_one(std::string_view pattern, size_t& at, unsigned char c) {
  if (pattern[at] == '?') {
    ++at;
    return true;
  }
  if (pattern[at] == '[') {
    if (const Bracket bracket = match_bracket(pattern, at, c); bracket.end != 0) {
      at = bracket.end;
      return bracket.matches;
    }
  }
  if (pattern[at] == '\\' && at + 1 < pattern.size()) ++at;
  return byte_at(pattern, at++) == c;
}

}  // namespace

// Of all stars only the last one passed may have to take more: what stood before it has matched
// already, and more bytes for an earlier star could not help. So there is one place to go back to.
bool glob_matches(std::string_view pattern, std::string_view text) {
  constexpr size_t kNone = std::string_view::npos;
  size_t p = 0, t = 0, star = kNone, star_text = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = ++p;
      star_text = t;
      continue;
    }
    if (p < pattern.size() && match_one(pattern, p, byte_at(text, t))) {
      ++t;
      continue;
    }
    if (star == kNone) return false;
    p = star;
    t = ++star_text;
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

bool is_glob(std::string_view word) { return word.find_first_of("*?[") != word.npos; }

}  // namespace ctrace
