// The language of --where: conditions on one event.
//
//   event in (open, openat) and path glob "/etc/*" and ret < 0 and container.name != "web"
//
//   expression   condition, `not` expression, expression `and` expression, expression `or`
//                expression, ( expression ); `not` binds before `and`, `and` before `or`
//   condition    FIELD OPERATOR VALUE, FIELD [`not`] `in` (VALUE, ...), or a flag alone: failed
//   operators    = != < <= > >= in glob contains startswith
//   values       numbers (12, -2, 0x7f, 0644), errno names (ENOENT), words (runc, O_RDONLY) and
//                text in quotes ("a b\n"), which what is no word needs
//
// Fields are those of field.h. A field with several values (path, set, an array) fulfils a
// condition when any value does. What an event does not have (an argument of this name) fulfils
// none. `!=` is nothing but `not ... =`: it holds where no value is equal, so also where there is
// none. Text compares as bytes. An argument that is a number compares with numbers, and its words
// ("O_RDONLY|O_CLOEXEC", as they are printed) with text: arg.flags contains O_CREAT.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "format/base/result.h"
#include "format/filter/event_names.h"
#include "format/filter/field.h"
#include "format/filter/time_point.h"

namespace ctrace {

enum class Comparison : uint8_t {
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kIn,
  kGlob,
  kContains,
  kStartsWith,
  kIsTrue,  // a flag alone
};

class Expression {
 public:
  // Longer ones, and those with parentheses deeper than kMaxDepth, are refused.
  static constexpr size_t kMaxSize = 64 * 1024, kMaxDepth = 100;

  // Fails with a message and an excerpt with a caret, see lexer.h.
  static Result<Expression> parse(std::string_view text);

  // Call it before the first event of a recording: times mean what its clocks say.
  void start(const RecordingHeader& header);

  // Allocates nothing once `scratch` has grown to the longest words of an argument.
  bool holds(const Event& event, OutputBuffer& scratch) const;

 private:
  friend class ExpressionParser;

  struct Literal {
    bool is_text = false;
    Number number = 0;
    std::string text;
    TimePoint time;  // of a kTime field; start() makes it the number
  };
  struct Test {
    Field field;
    Comparison comparison = Comparison::kIsTrue;
    std::vector<Literal> values;
    int mask = -1;  // kEvent, kSet by = != in: index into masks_
    bool words = false;
  };
  // Flat code: no recursion, so no depth that a hostile expression could choose.
  enum class Step : uint8_t { kTest, kNot, kSkipIfTrue, kSkipIfFalse };
  struct Instruction {
    Step step;
    uint32_t operand;  // index into tests_; index of the instruction to go on with
  };
  class Matcher;

  bool test_holds(const Test& test, const Event& event, OutputBuffer& scratch) const;

  std::vector<Instruction> code_;
  std::vector<Test> tests_;
  std::vector<EventMask> masks_;
};

// `text` as an expression would write it, in quotes.
std::string expression_text(std::string_view text);

}  // namespace ctrace
