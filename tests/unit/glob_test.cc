#include "format/filter/glob.h"

#include <gtest/gtest.h>

#include <string>

namespace ctrace {
namespace {

TEST(Glob, Patterns) {
  const struct {
    const char *pattern, *text;
    bool matches;
  } cases[] = {
      {"", "", true},
      {"", "a", false},
      {"abc", "abc", true},
      {"abc", "ab", false},
      {"ab", "abc", false},
      {"*", "", true},
      {"*", "/a/b", true},
      {"/etc/*", "/etc/ssl/certs", true},
      {"/etc/*", "/etc", false},
      {"*.so*", "/lib/libc.so.6", true},
      {"a*b*c", "axxbyyc", true},
      {"a*b*c", "axxbyy", false},
      {"*aab", "aaaab", true},
      {"**a**", "a", true},
      {"?", "", false},
      {"?", "a", true},
      {"a?c", "a/c", true},
      {"[a-c]x", "bx", true},
      {"[a-c]x", "dx", false},
      {"[!a-c]x", "dx", true},
      {"[^a-c]x", "ax", false},
      {"[]]", "]", true},
      {"[a-]", "-", true},
      {"[\\]]", "]", true},
      {"[z-a]", "m", false},
      {"[a", "[a", true},
      {"[", "[", true},
      {"[!", "[!", true},
      {"\\*", "*", true},
      {"\\*", "a", false},
      {"a\\", "a\\", true},
      {"[\x80-\xff]", "\xc3", true},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(glob_matches(c.pattern, c.text), c.matches) << c.pattern << " on " << c.text;
  }
}

TEST(Glob, ManyStarsTakeNoTime) {
  std::string pattern;
  for (int i = 0; i < 100; ++i) pattern += "*a";
  EXPECT_FALSE(glob_matches(pattern + "b", std::string(10'000, 'a')));
}

TEST(Glob, WhatIsAPattern) {
  EXPECT_FALSE(is_glob("openat2"));
  for (const char* word : {"open*", "?", "[a]"}) EXPECT_TRUE(is_glob(word)) << word;
}

}  // namespace
}  // namespace ctrace
