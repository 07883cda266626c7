#include "format/filter/expression.h"

#include <algorithm>

#include "format/filter/container_word.h"
#include "format/filter/glob.h"

namespace ctrace {
namespace {

bool is_text_comparison(Comparison comparison) {
  return comparison == Comparison::kGlob || comparison == Comparison::kContains ||
         comparison == Comparison::kStartsWith;
}

bool number_matches(Comparison comparison, Number value, Number literal) {
  switch (comparison) {
    case Comparison::kLess:
      return value < literal;
    case Comparison::kLessOrEqual:
      return value <= literal;
    case Comparison::kGreater:
      return value > literal;
    case Comparison::kGreaterOrEqual:
      return value >= literal;
    case Comparison::kGlob:
    case Comparison::kContains:
    case Comparison::kStartsWith:
      return false;
    default:
      return value == literal;
  }
}

bool text_matches(Comparison comparison, std::string_view value, std::string_view literal) {
  switch (comparison) {
    case Comparison::kGlob:
      return glob_matches(literal, value);
    case Comparison::kContains:
      return value.find(literal) != value.npos;
    case Comparison::kStartsWith:
      return value.starts_with(literal);
    default:
      return value == literal;
  }
}

}  // namespace

// Asks of each value whether any literal is fulfilled by it.
class Expression::Matcher : public ValueSink {
 public:
  explicit Matcher(const Test& test) : test_(test) {}

  bool take(const FieldValue& value) override {
    for (const Literal& literal : test_.values) {
      if (value.is_text && literal.is_text) {
        found_ = found_ || text_matches(test_.comparison, value.text, literal.text);
      } else if (!value.is_text && !literal.is_text) {
        found_ = found_ || number_matches(test_.comparison, value.number, literal.number);
      }
    }
    return !found_;
  }
  bool found() const { return found_; }

 private:
  const Test& test_;
  bool found_ = false;
};

void Expression::start(const RecordingHeader& header) {
  for (Test& test : tests_) {
    if (test.field.row->kind != FieldType::kTime) continue;
    for (Literal& literal : test.values) literal.number = literal.time.monotonic_ns(header);
  }
}

bool Expression::holds(const Event& event, OutputBuffer& scratch) const {
  bool holds = true;
  for (size_t at = 0; at < code_.size();) {
    const Instruction& instruction = code_[at++];
    switch (instruction.step) {
      case Step::kTest:
        holds = test_holds(tests_[instruction.operand], event, scratch);
        break;
      case Step::kNot:
        holds = !holds;
        break;
      case Step::kSkipIfTrue:
        if (holds) at = instruction.operand;
        break;
      case Step::kSkipIfFalse:
        if (!holds) at = instruction.operand;
        break;
    }
  }
  return holds;
}

bool Expression::test_holds(const Test& test, const Event& event, OutputBuffer& scratch) const {
  const FieldRow& row = *test.field.row;
  const bool negated = test.comparison == Comparison::kNotEqual;
  if (test.comparison == Comparison::kIsTrue) return row.number(event) != 0;
  if (test.mask >= 0) {
    const uint16_t id = event.type->id;
    return (id < kEventIdLimit && masks_[static_cast<size_t>(test.mask)][id]) != negated;
  }
  if (row.kind == FieldType::kContainer && !is_text_comparison(test.comparison)) {
    const Container* container = event.task->container;
    const bool named = container && std::ranges::any_of(test.values, [&](const Literal& literal) {
                         return names_container(literal.text, *container);
                       });
    return named != negated;
  }
  Matcher matcher(test);
  visit_values(test.field, event, test.words, scratch, matcher);
  return matcher.found() != negated;
}

std::string expression_text(std::string_view text) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string quoted = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      quoted += {'\\', c};
    } else if (byte < 0x20 || byte == 0x7f) {
      quoted += {'\\', 'x', kDigits[byte >> 4], kDigits[byte & 15]};
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

}  // namespace ctrace
