// The words of a --where expression.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "format/base/result.h"
#include "format/filter/field.h"

namespace ctrace {

struct Token {
  enum class Kind : uint8_t {
    kEnd,
    kWord,      // event, container.name, %file, -ENOENT, glob: letters, digits, _ . % -
    kNumber,    // 12, -2, 0x7f, 0644, 0o644
    kString,    // "..." or '...'
    kOpen,      // (
    kClose,     // )
    kComma,     // ,
    kOperator,  // = == != < <= > >=
  };
  Kind kind = Kind::kEnd;
  size_t at = 0;     // in the expression
  std::string text;  // a word, a number's digits, a string's bytes, an operator
  Number number = 0;
};

// The last token is kEnd. Strings know \n, \t, \\, \", \' and \xHH.
Result<std::vector<Token>> lex(std::string_view expression);

// The error for a place in an expression; its excerpt is the expression and a caret:
//
//   bad expression: expected a value
//   event = and failed
//           ^
unexpected expression_error(std::string_view expression, size_t at, const std::string& what);

}  // namespace ctrace
