#include "format/print/escape.h"

namespace ctrace {
namespace {

constexpr char kHexDigits[] = "0123456789abcdef";

struct CodeRange {
  uint32_t first, last;
};

// Characters above ASCII that must not reach a terminal as they are. Sorted.
constexpr CodeRange kUnsafe[] = {
    {0x80, 0x9f},        // C1 controls
    {0xad, 0xad},        // soft hyphen
    {0x61c, 0x61c},      // Arabic letter mark
    {0x180e, 0x180e},    // Mongolian vowel separator
    {0x200b, 0x200f},    // zero width, direction marks
    {0x2028, 0x202e},    // line and paragraph separator, direction embedding and override
    {0x2060, 0x206f},    // word joiner, invisible operators, direction isolates
    {0xfeff, 0xfeff},    // byte order mark
    {0xfff9, 0xfffb},    // interlinear annotation
    {0xe0000, 0xe007f},  // tags: an invisible copy of ASCII
};

bool is_safe(uint32_t code) {
  for (const CodeRange& range : kUnsafe) {
    if (code < range.first) return true;
    if (code <= range.last) return false;
  }
  return true;
}

// One character of well-formed UTF-8; size 0: there is none.
struct Character {
  uint32_t code = 0;
  size_t size = 0;
};

// Decodes what `bytes` (not empty, the first byte not ASCII) begins with. Overlong forms,
// surrogates and codes above U+10FFFF are not well-formed.
Character decode(std::string_view bytes) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(bytes[i]); };
  const unsigned char lead = byte(0);
  const size_t size = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
  if (size == 0 || bytes.size() < size) return {};
  uint32_t code = lead & (0x7f >> size);
  for (size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {};
    code = (code << 6) | (byte(i) & 0x3f);
  }
  constexpr uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  if (code < kSmallest[size] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return {};
  return {code, size};
}

void append_byte_escapes(std::string_view bytes, OutputBuffer& out) {
  for (const unsigned char c : bytes) {
    const char text[] = {'\\', 'x', kHexDigits[c >> 4], kHexDigits[c & 15]};
    out.append(std::string_view(text, sizeof text));
  }
}

void append_unit_escape(uint32_t unit, OutputBuffer& out) {
  const char text[] = {'\\',
                       'u',
                       kHexDigits[unit >> 12],
                       kHexDigits[(unit >> 8) & 15],
                       kHexDigits[(unit >> 4) & 15],
                       kHexDigits[unit & 15]};
  out.append(std::string_view(text, sizeof text));
}

void append_code_escape(uint32_t code, OutputBuffer& out) {
  if (code < 0x10000) return append_unit_escape(code, out);
  append_unit_escape(0xd800 + ((code - 0x10000) >> 10), out);
  append_unit_escape(0xdc00 + (code & 0x3ff), out);
}

// The letter after the backslash for those of `letters` ("nt": \n and \t); 0 for all other.
char short_escape(char c, std::string_view letters) {
  constexpr std::string_view kCodes = "\n\t\r\b\f", kLetters = "ntrbf";
  const size_t at = kCodes.find(c);
  return at < letters.size() ? kLetters[at] : '\0';
}

// Both forms differ in how they write what is not shown, so that is `Form`'s; walking is shared.
template <typename Form>
void append_slowly(std::string_view bytes, OutputBuffer& out) {
  while (!bytes.empty()) {
    const char c = bytes.front();
    size_t size = 1;
    if (c == '\\' || (c == '"' && Form::kQuoted)) {
      out.append('\\');
      out.append(c);
    } else if (c >= 0x20 && c < 0x7f) {
      out.append(c);
    } else if (const char letter = short_escape(c, Form::kShort); letter != '\0') {
      out.append('\\');
      out.append(letter);
    } else if (static_cast<unsigned char>(c) < 0x80) {
      Form::append_hidden({static_cast<unsigned char>(c), 1}, bytes, out);
    } else if (const Character character = decode(bytes); character.size == 0) {
      Form::append_invalid(c, out);
    } else {
      size = character.size;
      if (is_safe(character.code)) {
        out.append(bytes.substr(0, size));
      } else {
        Form::append_hidden(character, bytes, out);
      }
    }
    bytes.remove_prefix(size);
  }
}

template <bool kInQuotes>
struct TableForm {
  static constexpr bool kQuoted = kInQuotes;
  static constexpr std::string_view kShort = "nt";
  static void append_hidden(Character c, std::string_view bytes, OutputBuffer& out) {
    append_byte_escapes(bytes.substr(0, c.size), out);
  }
  static void append_invalid(char c, OutputBuffer& out) { append_byte_escapes({&c, 1}, out); }
};

struct JsonForm {
  static constexpr bool kQuoted = true;
  static constexpr std::string_view kShort = "ntrbf";
  static void append_hidden(Character c, std::string_view, OutputBuffer& out) {
    append_code_escape(c.code, out);
  }
  static void append_invalid(char c, OutputBuffer& out) {
    append_unit_escape(0xdc00 + static_cast<unsigned char>(c), out);
  }
};

}  // namespace

void append_escaped(std::string_view bytes, OutputBuffer& out) {
  if (is_plain<'\\'>(bytes)) return out.append(bytes);
  append_slowly<TableForm<false>>(bytes, out);
}

void append_quoted(std::string_view bytes, OutputBuffer& out) {
  out.append('"');
  append_slowly<TableForm<true>>(bytes, out);
  out.append('"');
}

void append_json_string(std::string_view bytes, OutputBuffer& out) {
  if (!bytes.empty() && is_plain<'\\', '"'>(bytes)) {
    char* to = out.reserve(bytes.size() + 2);
    *to = '"';
    std::memcpy(to + 1, bytes.data(), bytes.size());
    to[bytes.size() + 1] = '"';
    return out.commit(to + bytes.size() + 2);
  }
  out.append('"');
  append_slowly<JsonForm>(bytes, out);
  out.append('"');
}

}  // namespace ctrace
