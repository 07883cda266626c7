#include "format/filter/lexer.h"

#include <algorithm>
#include <charconv>

#include "format/print/escape.h"

namespace ctrace {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '%';
}
bool goes_on(char c) { return is_letter(c) || is_digit(c) || c == '.' || c == '-'; }

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  Result<std::vector<Token>> run() {
    std::vector<Token> tokens;
    while (true) {
      while (at_ < text_.size() &&
             (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n')) {
        ++at_;
      }
      Token token;
      token.at = at_;
      if (auto taken = take(token); !taken) return unexpected(taken.error());
      tokens.push_back(std::move(token));
      if (tokens.back().kind == Token::Kind::kEnd) return tokens;
    }
  }

 private:
  char here(size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  unexpected error(size_t at, const std::string& what) const {
    return expression_error(text_, at, what);
  }

  Result<void> take(Token& token) {
    if (at_ == text_.size()) return {};
    const char c = here();
    if (c == '"' || c == '\'') return take_string(token);
    if (is_digit(c) || (c == '-' && is_digit(here(1)))) return take_number(token);
    if (is_letter(c) || (c == '-' && is_letter(here(1)))) return take_word(token);
    return take_sign(token);
  }

  Result<void> take_sign(Token& token) {
    struct Sign {
      std::string_view text;
      Token::Kind kind;
    };
    // Two characters before their first alone.
    static constexpr Sign kSigns[] = {
        {"==", Token::Kind::kOperator}, {"!=", Token::Kind::kOperator},
        {"<=", Token::Kind::kOperator}, {">=", Token::Kind::kOperator},
        {"=", Token::Kind::kOperator},  {"<", Token::Kind::kOperator},
        {">", Token::Kind::kOperator},  {"(", Token::Kind::kOpen},
        {")", Token::Kind::kClose},     {",", Token::Kind::kComma}};
    for (const Sign& sign : kSigns) {
      if (!text_.substr(at_).starts_with(sign.text)) continue;
      token.kind = sign.kind;
      token.text = sign.text;
      at_ += sign.text.size();
      return {};
    }
    return error(at_, "no word, number or \"text\" begins like this");
  }

  Result<void> take_word(Token& token) {
    token.kind = Token::Kind::kWord;
    const size_t start = at_++;
    while (goes_on(here())) ++at_;
    token.text = text_.substr(start, at_ - start);
    return {};
  }

  Result<void> take_number(Token& token) {
    token.kind = Token::Kind::kNumber;
    const bool negative = here() == '-';
    if (negative) ++at_;
    const std::string_view left = text_.substr(at_);
    int base = 10;
    size_t prefix = 0;
    if (left.starts_with("0x") || left.starts_with("0X")) {
      base = 16, prefix = 2;
    } else if (left.starts_with("0o")) {
      base = 8, prefix = 2;
    } else if (left.size() > 1 && left[0] == '0' && is_digit(left[1])) {
      base = 8, prefix = 1;
    }
    const char* const from = left.data() + prefix;
    uint64_t value = 0;
    const auto [end, code] = std::from_chars(from, text_.data() + text_.size(), value, base);
    if (code == std::errc::result_out_of_range) return error(token.at, "the number is too large");
    at_ += prefix + static_cast<size_t>(end - from);
    if (end == from || goes_on(here())) {
      return error(token.at, "text that begins with a digit stands in quotes");
    }
    token.number = negative ? -Number{value} : Number{value};
    token.text = text_.substr(token.at, at_ - token.at);
    return {};
  }

  Result<void> take_string(Token& token) {
    token.kind = Token::Kind::kString;
    const char quote = text_[at_++];
    while (here() != quote || at_ == text_.size()) {
      if (at_ == text_.size()) return error(token.at, "the text has no closing quote");
      if (here() == '\\') {
        if (auto taken = take_escape(token.text); !taken) return taken;
      } else {
        token.text += text_[at_++];
      }
    }
    ++at_;
    return {};
  }

  Result<void> take_escape(std::string& text) {
    constexpr std::string_view kLetters = "nt\\\"'", kMeanings = "\n\t\\\"'";
    const char c = here(1);
    if (const size_t letter = kLetters.find(c); c != '\0' && letter != kLetters.npos) {
      text += kMeanings[letter];
      at_ += 2;
      return {};
    }
    if (c == 'x' && at_ + 4 <= text_.size()) {
      unsigned value = 0;
      const char* const from = text_.data() + at_ + 2;
      if (std::from_chars(from, from + 2, value, 16).ptr == from + 2) {
        text += static_cast<char>(value);
        at_ += 4;
        return {};
      }
    }
    // A pattern's own backslash must reach the pattern.
    return error(at_, "no escape (there are \\n \\t \\\\ \\\" \\' \\xHH)");
  }

  std::string_view text_;
  size_t at_ = 0;
};

// Safe to show, and as it was typed: a backslash stays single.
void append_shown(std::string_view text, OutputBuffer& line) {
  for (size_t at; (at = text.find('\\')) != text.npos; text.remove_prefix(at + 1)) {
    append_escaped(text.substr(0, at), line);
    line.append('\\');
  }
  append_escaped(text, line);
}

}  // namespace

Result<std::vector<Token>> lex(std::string_view expression) { return Lexer(expression).run(); }

unexpected expression_error(std::string_view expression, size_t at, const std::string& what) {
  constexpr size_t kBefore = 60, kAfter = 40;  // of a long expression the part that matters
  const size_t start = at > kBefore ? at - kBefore : 0;
  const size_t end = std::min(expression.size(), at + kAfter);
  OutputBuffer line(-1);
  if (start > 0) line.append("...");
  append_shown(expression.substr(start, at - start), line);
  // Columns: bytes that continue a character take none.
  const std::string_view before = line.since(0);
  const auto column = std::ranges::count_if(before, [](char c) { return (c & 0xc0) != 0x80; });
  append_shown(expression.substr(at, end - at), line);
  if (end < expression.size()) line.append("...");
  Error error(Error::Kind::kUsage, "bad expression: " + what);
  error.excerpt = line.text() + "\n" + std::string(static_cast<size_t>(column), ' ') + "^";
  return unexpected(error);
}

}  // namespace ctrace
