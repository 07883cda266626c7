// Shell patterns: `*` is any bytes, `?` any one byte, `[a-z]` one of these, `[!a-z]` none of these,
// `\*` the byte itself; all else stands for itself. As fnmatch() without FNM_PATHNAME: a `*` does
// not stop at a '/', and a leading dot is a byte like any other. Works on bytes, whatever the
// locale; never recurses and never takes longer than pattern times text.
#pragma once

#include <string_view>

namespace ctrace {

bool glob_matches(std::string_view pattern, std::string_view text);

// Has `word` a character that makes it a pattern?
bool is_glob(std::string_view word);

}  // namespace ctrace
