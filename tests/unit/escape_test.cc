#include "format/print/escape.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>
#include <string>

namespace ctrace {
namespace {

std::string escaped(std::string_view bytes) {
  OutputBuffer out(-1);
  append_escaped(bytes, out);
  return out.text();
}

std::string json(std::string_view bytes) {
  OutputBuffer out(-1);
  append_json_string(bytes, out);
  return out.text();
}

// The way back, as a reader of the table would go it.
std::string unescaped(std::string_view text) {
  std::string bytes;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      bytes += text[i];
      continue;
    }
    const char c = text[++i];
    if (c == 'x') {
      bytes += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    } else {
      bytes += c == 'n' ? '\n' : c == 't' ? '\t' : c;
    }
  }
  return bytes;
}

void append_utf8(uint32_t code, std::string& text) {
  const auto put = [&text](uint32_t byte) { text += static_cast<char>(byte); };
  if (code < 0x80) return put(code);
  if (code < 0x800) {
    put(0xc0 | code >> 6);
  } else if (code < 0x10000) {
    put(0xe0 | code >> 12);
    put(0x80 | (code >> 6 & 0x3f));
  } else {
    put(0xf0 | code >> 18);
    put(0x80 | (code >> 12 & 0x3f));
    put(0x80 | (code >> 6 & 0x3f));
  }
  put(0x80 | (code & 0x3f));
}

// The way back of JSON with Python's "surrogateescape".
std::string unescaped_json(std::string_view text) {
  std::string bytes;
  text = text.substr(1, text.size() - 2);
  uint32_t high = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      bytes += text[i];
      continue;
    }
    constexpr std::string_view kLetters = "nrtbf\"\\", kCodes = "\n\r\t\b\f\"\\";
    const char c = text[++i];
    if (c != 'u') {
      bytes += kCodes[kLetters.find(c)];
      continue;
    }
    const uint32_t unit = std::stoul(std::string(text.substr(i + 1, 4)), nullptr, 16);
    i += 4;
    if (high != 0) {
      append_utf8(0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00), bytes);
      high = 0;
    } else if (unit >= 0xd800 && unit < 0xdc00) {
      high = unit;
    } else if (unit >= 0xdc80 && unit < 0xdd00) {
      bytes += static_cast<char>(unit & 0xff);
    } else {
      append_utf8(unit, bytes);
    }
  }
  return bytes;
}

TEST(Escape, EachByteAlone) {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string bytes(1, static_cast<char>(byte));
    std::string expected = bytes;
    char hex[8];
    snprintf(hex, sizeof hex, "\\x%02x", byte);
    if (byte == '\n') {
      expected = "\\n";
    } else if (byte == '\t') {
      expected = "\\t";
    } else if (byte == '\\') {
      expected = "\\\\";
    } else if (byte < 0x20 || byte >= 0x7f) {
      expected = hex;
    }
    EXPECT_EQ(escaped(bytes), expected);
    EXPECT_EQ(unescaped(escaped(bytes)), bytes);
    EXPECT_EQ(unescaped_json(json(bytes)), bytes);
  }
}

struct EscapeCase {
  const char* name;
  std::string bytes, table, json;
};

TEST(Escape, Cases) {
  const EscapeCase cases[] = {
      {"plain", "/etc/passwd and more", "/etc/passwd and more", "\"/etc/passwd and more\""},
      {"empty", "", "", "\"\""},
      {"terminal", "\x1b[31mred", "\\x1b[31mred", "\"\\u001b[31mred\""},
      {"quotes", "say \"x\"", "say \"x\"", "\"say \\\"x\\\"\""},
      {"umlaut", "gr\u00fc\u00df", "gr\u00fc\u00df", "\"gr\u00fc\u00df\""},
      {"beyond the plane", "\U0001f600", "\U0001f600", "\"\U0001f600\""},
      {"C1", "\u0085", "\\xc2\\x85", "\"\\u0085\""},
      {"DEL", "\x7f", "\\x7f", "\"\\u007f\""},
      {"bidi", "a\u202eb", "a\\xe2\\x80\\xaeb", "\"a\\u202eb\""},
      {"isolate", "\u2066", "\\xe2\\x81\\xa6", "\"\\u2066\""},
      {"line separator", "\u2028", "\\xe2\\x80\\xa8", "\"\\u2028\""},
      {"zero width", "\u200b", "\\xe2\\x80\\x8b", "\"\\u200b\""},
      {"BOM", "\ufeff", "\\xef\\xbb\\xbf", "\"\\ufeff\""},
      {"tag", "\U000e0041", "\\xf3\\xa0\\x81\\x81", "\"\\udb40\\udc41\""},
      {"lone byte",
       "a\xff"
       "b",
       "a\\xffb", "\"a\\udcffb\""},
      {"overlong", "\xc0\xaf", "\\xc0\\xaf", "\"\\udcc0\\udcaf\""},
      {"encoded surrogate", "\xed\xb3\xbf", "\\xed\\xb3\\xbf", "\"\\udced\\udcb3\\udcbf\""},
      {"too high", "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80", "\"\\udcf4\\udc90\\udc80\\udc80\""},
      {"cut character", "\xe2\x82", "\\xe2\\x82", "\"\\udce2\\udc82\""},
      {"looks escaped", "\\x41", "\\\\x41", "\"\\\\x41\""},
  };
  for (const EscapeCase& c : cases) {
    EXPECT_EQ(escaped(c.bytes), c.table) << c.name;
    EXPECT_EQ(json(c.bytes), c.json) << c.name;
  }
}

TEST(Escape, AnyBytesComeBack) {
  std::mt19937 random(1);
  const std::string_view pieces[] = {"a", "\\",     "\"",         "\n",    "\x80", "\xff",
                                     "é", "\u202e", "\U000e0041", "/usr/", "\xed", "\xe2\x80"};
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes;
    const size_t count = random() % 24;
    for (size_t i = 0; i < count; ++i) {
      if (random() % 4 == 0) {
        bytes += static_cast<char>(random());
      } else {
        bytes += pieces[random() % std::size(pieces)];
      }
    }
    const std::string table = escaped(bytes);
    ASSERT_EQ(unescaped(table), bytes);
    ASSERT_EQ(unescaped_json(json(bytes)), bytes);
    for (const unsigned char c : table) ASSERT_TRUE(c >= 0x20 && c != 0x7f);
  }
}

TEST(Escape, JsonReadersAgree) {
  for (const std::string text : {"plain", "gr\u00fc\u00df \"x\" \\ \n\t\x01 \u202e \U000e0041"}) {
    EXPECT_EQ(nlohmann::json::parse(json(text)).get<std::string>(), text);
  }
}

// Every position of every special byte, around the eight bytes that are looked at together.
TEST(Escape, PlainIsFoundAtEachPosition) {
  for (size_t size = 0; size < 40; ++size) {
    std::string text(size, 'x');
    EXPECT_TRUE((is_plain<'\\', '"'>(text)));
    for (size_t at = 0; at < size; ++at) {
      for (int byte = 0; byte < 256; ++byte) {
        text[at] = static_cast<char>(byte);
        const bool plain = byte >= 0x20 && byte < 0x7f && byte != '\\' && byte != '"';
        ASSERT_EQ((is_plain<'\\', '"'>(text)), plain) << size << ' ' << at << ' ' << byte;
      }
      text[at] = 'x';
    }
  }
}

}  // namespace
}  // namespace ctrace
