#include "record/kernel_symbols.h"

#include <gtest/gtest.h>

#include <sstream>

namespace ctrace {
namespace {

constexpr std::string_view kNames[] = {"first", "second"};

std::vector<AddressRange> found_in(const std::string& text) {
  std::istringstream symbols(text);
  return find_functions(symbols, kNames);
}

TEST(KernelSymbols, AFunctionEndsWhereTheNextSymbolBegins) {
  const auto found = found_in(
      "ffffffff81000000 T _text\nffffffff81000010 t second\nffffffff81000010 T alias\n"
      "ffffffff81000040 T first\nffffffff81000090 T other\n");
  EXPECT_EQ(found[0].begin, 0xffffffff81000040);
  EXPECT_EQ(found[0].end, 0xffffffff81000090);
  EXPECT_EQ(found[1].begin, 0xffffffff81000010);
  EXPECT_EQ(found[1].end, 0xffffffff81000040);
}

TEST(KernelSymbols, WhatIsHiddenAbsentOrInAModuleIsNotFound) {
  for (const char* text : {"", "0000000000000000 T first\n0000000000000000 T other\n",
                           "ffffffff81000040 T firsts\nffffffff81000090 T other\n",
                           "ffffffffc0000040 T first\t[module]\nffffffffc0000090 T o\t[module]\n",
                           "ffffffff81000040 T first\n", "rubbish\n\nffff\n"}) {
    EXPECT_EQ(found_in(text)[0].begin, 0U) << text;
    EXPECT_EQ(found_in(text)[0].end, 0U) << text;
  }
}

TEST(KernelSymbols, AFunctionThatIsPrinted) {
  EXPECT_EQ(function_range(0x1000, "cap_capable+0x0/0x160").begin, 0x1000U);
  EXPECT_EQ(function_range(0x1000, "cap_capable+0x0/0x160").end, 0x1160U);
  for (const char* text : {"", "0xffffffff81000000", "cap_capable+0x10/0x160", "f+0x0/0x",
                           "f+0x0/0xffffffffffffffff", "f+0x0/0x0"})
    EXPECT_EQ(function_range(0x1000, text).end, 0U) << text;
  EXPECT_EQ(function_range(0, "f+0x0/0x10").end, 0U);
}

}  // namespace
}  // namespace ctrace
