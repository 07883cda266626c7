// From the words of an expression to its code, by recursive descent: one function a rule of the
// grammar. `and` and `or` are loops; only parentheses recurse, and those are counted.
#include <algorithm>
#include <utility>

#include "format/catalogue/catalogue.h"
#include "format/decode/decode.h"
#include "format/filter/expression.h"
#include "format/filter/lexer.h"
#include "format/filter/nearest_name.h"

namespace ctrace {
namespace {

struct ComparisonRow {
  std::string_view text;
  Comparison comparison;
  bool of_numbers, of_text;
};
constexpr ComparisonRow kComparisons[] = {
    {"=", Comparison::kEqual, true, true},
    {"==", Comparison::kEqual, true, true},
    {"!=", Comparison::kNotEqual, true, true},
    {"<", Comparison::kLess, true, false},
    {"<=", Comparison::kLessOrEqual, true, false},
    {">", Comparison::kGreater, true, false},
    {">=", Comparison::kGreaterOrEqual, true, false},
    {"in", Comparison::kIn, true, true},
    {"glob", Comparison::kGlob, false, true},
    {"contains", Comparison::kContains, false, true},
    {"startswith", Comparison::kStartsWith, false, true},
};

const ComparisonRow* find_comparison(const Token& token) {
  if (token.kind != Token::Kind::kOperator && token.kind != Token::Kind::kWord) return nullptr;
  const auto* row = std::ranges::find(kComparisons, token.text, &ComparisonRow::text);
  return row == std::end(kComparisons) ? nullptr : row;
}

bool is_keyword(const Token& token) {
  return token.kind == Token::Kind::kWord &&
         (token.text == "and" || token.text == "or" || token.text == "not" ||
          find_comparison(token) != nullptr);
}

bool is_value(const Token& token) {
  return token.kind == Token::Kind::kNumber || token.kind == Token::Kind::kString ||
         (token.kind == Token::Kind::kWord && !is_keyword(token));
}

bool is_number_field(FieldType kind) {
  return kind == FieldType::kNumber || kind == FieldType::kErrno || kind == FieldType::kResult ||
         kind == FieldType::kTime;
}

// 2 for ENOENT.
std::optional<int> errno_number(std::string_view name) {
  constexpr int kLargest = 4095;
  if (!name.starts_with('E')) return std::nullopt;
  for (int number = 1; number <= kLargest; ++number) {
    if (errno_name(number) == name) return number;
  }
  return std::nullopt;
}

}  // namespace

class ExpressionParser {
 public:
  using Literal = Expression::Literal;
  using Test = Expression::Test;
  using Step = Expression::Step;

  ExpressionParser(std::string_view text, std::vector<Token> tokens)
      : text_(text), tokens_(std::move(tokens)) {}

  Result<Expression> run() {
    if (auto parsed = either(); !parsed) return unexpected(parsed.error());
    if (here().kind == Token::Kind::kEnd) return std::move(made_);
    return error(here(), here().kind == Token::Kind::kClose ? "nothing was opened that this closes"
                                                            : "expected 'and', 'or' or the end");
  }

 private:
  const Token& here() const { return tokens_[at_]; }
  const Token& next() { return tokens_[at_++]; }
  bool take_word(std::string_view word) {
    if (here().kind != Token::Kind::kWord || here().text != word) return false;
    ++at_;
    return true;
  }
  bool take(Token::Kind kind) {
    if (here().kind != kind) return false;
    ++at_;
    return true;
  }
  unexpected error(const Token& token, const std::string& what) const {
    return expression_error(text_, token.at, what);
  }

  void emit(Step step, size_t operand = 0) {
    made_.code_.push_back({step, static_cast<uint32_t>(operand)});
  }
  // What follows on `word` decides only while `skip` does not apply.
  Result<void> chain(std::string_view word, Step skip, Result<void> (ExpressionParser::*part)()) {
    std::vector<size_t> skips;
    do {
      if (auto parsed = (this->*part)(); !parsed) return parsed;
      skips.push_back(made_.code_.size());
      emit(skip);
    } while (take_word(word));
    made_.code_.pop_back();  // behind the last one there is nothing to skip
    skips.pop_back();
    for (const size_t at : skips) made_.code_[at].operand = made_.code_.size();
    return {};
  }

  Result<void> either() { return chain("or", Step::kSkipIfTrue, &ExpressionParser::both); }
  Result<void> both() { return chain("and", Step::kSkipIfFalse, &ExpressionParser::negation); }

  Result<void> negation() {
    bool negated = false;
    while (take_word("not")) negated = !negated;
    if (auto parsed = primary(); !parsed) return parsed;
    if (negated) emit(Step::kNot);
    return {};
  }

  Result<void> primary() {
    const Token& open = here();
    if (!take(Token::Kind::kOpen)) return condition();
    if (++depth_ > Expression::kMaxDepth) return error(open, "nested too deeply");
    if (auto parsed = either(); !parsed) return parsed;
    if (!take(Token::Kind::kClose)) return error(here(), "expected ')'");
    --depth_;
    return {};
  }

  Result<void> condition() {
    Test test;
    const Token& name = here();
    if (name.kind != Token::Kind::kWord || is_keyword(name)) {
      return error(name, "expected a field (see --list-fields)");
    }
    if (auto found = field(test.field); !found) return found;
    const bool not_in = here().text == "not" && tokens_[at_].kind == Token::Kind::kWord &&
                        tokens_[at_ + 1].text == "in" && take_word("not");
    const ComparisonRow* comparison = find_comparison(here());
    const FieldType kind = test.field.row->kind;
    if (kind == FieldType::kFlag) {
      if (comparison) return error(here(), "'" + test.field.name + "' is true or not: no operator");
    } else if (!comparison) {
      return error(here(), "expected an operator (= != < <= > >= in glob contains startswith)");
    } else if (kind != FieldType::kArg &&
               !(is_number_field(kind) ? comparison->of_numbers : comparison->of_text)) {
      return error(here(), "'" + std::string(comparison->text) + "' is not for '" +
                               test.field.name + "', which is " +
                               (is_number_field(kind) ? "a number" : "text"));
    } else {
      ++at_;
      test.comparison = comparison->comparison;
      if (auto taken = values(test, *comparison); !taken) return taken;
    }
    emit(Step::kTest, made_.tests_.size());
    made_.tests_.push_back(std::move(test));
    if (not_in) emit(Step::kNot);
    return {};
  }

  Result<void> field(Field& field) {
    const Token& word = next();
    std::string name = word.text;
    if (name == "container.label" || name == "container.fact") {
      if (!take(Token::Kind::kOpen)) return error(here(), "expected (KEY) after " + name);
      if (!is_value(here())) {
        return error(here(), name.ends_with("label") ? "expected a label's key" : "expected a key");
      }
      name += "(" + next().text + ")";
      if (!take(Token::Kind::kClose)) return error(here(), "expected ')'");
    }
    auto found = find_field(name);
    if (!found) return error(word, found.error().message);
    if (found->row->kind == FieldType::kAllArgs) {
      return error(word, "'args' is a column for --fields; ask for arg.NAME or path");
    }
    field = std::move(*found);
    return {};
  }

  Result<void> values(Test& test, const ComparisonRow& comparison) {
    const bool many = test.comparison == Comparison::kIn && take(Token::Kind::kOpen);
    do {
      if (!is_value(here())) return error(here(), "expected a value");
      if (auto taken = value(test, comparison, next()); !taken) return taken;
    } while (many && take(Token::Kind::kComma));
    if (many && !take(Token::Kind::kClose)) return error(here(), "expected ',' or ')'");
    return {};
  }

  Result<void> value(Test& test, const ComparisonRow& comparison, const Token& token) {
    const FieldType kind = test.field.row->kind;
    const bool by_name = comparison.of_numbers;  // = != in, not a pattern
    if ((kind == FieldType::kEvent || kind == FieldType::kSet) && by_name) {
      return name_value(test, token);
    }
    Literal literal{token.kind != Token::Kind::kNumber, token.number, token.text, {}};
    if (kind == FieldType::kTime) {
      auto point = parse_time_point(token.text);
      if (!point) return error(token, point.error().message);
      literal.time = *point;
      literal.is_text = false;
    } else if (is_number_field(kind)) {
      if (literal.is_text && !errno_value(kind, token.text, literal)) {
        return error(token, kind == FieldType::kNumber ? "expected a number"
                                                       : "expected a number or an errno's name");
      }
    } else if (kind == FieldType::kArg) {
      if (!comparison.of_text && literal.is_text) return error(token, "expected a number");
      if (!comparison.of_numbers) literal.is_text = true;
      test.words = test.words || literal.is_text;
    } else {
      literal.is_text = true;
      const auto words = test.field.row->words;
      if (!words.empty() && by_name && std::ranges::find(words, token.text) == words.end()) {
        return error(token, "'" + test.field.name + "' is never '" + token.text + "'" +
                                suggestion(token.text, {words.begin(), words.end()}));
      }
    }
    test.values.push_back(std::move(literal));
    return {};
  }

  // An event's name, or %NAME for a set; for the field `set` its name.
  Result<void> name_value(Test& test, const Token& token) {
    if (test.mask < 0) {
      test.mask = static_cast<int>(made_.masks_.size());
      made_.masks_.emplace_back();
    }
    EventMask& mask = made_.masks_[static_cast<size_t>(test.mask)];
    // strace's %net is the set net where no set has the name with the sign.
    std::string_view name = token.text;
    const bool is_set = test.field.row->kind == FieldType::kSet || name.starts_with('%');
    if (name.starts_with('%') && !find_set(name) && find_set(name.substr(1))) name.remove_prefix(1);
    const auto added = is_set ? add_sets(name, mask) : add_events(name, mask);
    if (!added) return error(token, added.error().message);
    return {};
  }

  static bool errno_value(FieldType kind, std::string_view name, Literal& literal) {
    const bool negative = name.starts_with('-');
    if (negative) name.remove_prefix(1);
    const std::optional<int> number = errno_number(name);
    if (kind == FieldType::kNumber || !number) return false;
    literal.is_text = false;
    literal.number = negative || kind == FieldType::kResult ? -*number : *number;
    return true;
  }

  std::string_view text_;
  std::vector<Token> tokens_;
  size_t at_ = 0, depth_ = 0;
  Expression made_;
};

Result<Expression> Expression::parse(std::string_view text) {
  if (text.size() > kMaxSize) {
    return unexpected(Error::Kind::kUsage,
                      "bad expression: longer than " + std::to_string(kMaxSize) + " bytes");
  }
  auto tokens = lex(text);
  if (!tokens) return unexpected(tokens.error());
  return ExpressionParser(text, std::move(*tokens)).run();
}

}  // namespace ctrace
