#include "format/print/output_buffer.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

namespace ctrace {
namespace {

TEST(OutputBuffer, Appends) {
  OutputBuffer out(-1);
  out.append("a");
  out.append('b');
  out.append(std::string_view());
  out.append_decimal(int64_t{INT64_MIN});
  out.append(' ');
  out.append_decimal(UINT64_MAX);
  out.append(' ');
  out.append_hex(0);
  out.append_hex(UINT64_MAX);
  EXPECT_EQ(out.text(), "ab-9223372036854775808 18446744073709551615 0x00xffffffffffffffff");
}

TEST(OutputBuffer, PadsTruncatesAndShowsWhatWasAppended) {
  OutputBuffer out(-1);
  out.append("xx");
  const size_t start = out.size();
  out.append("abc");
  out.pad(start, 5);
  EXPECT_EQ(out.since(start), "abc  ");
  out.pad(start, 3);  // wider already
  EXPECT_EQ(out.text(), "xxabc  ");
  out.truncate(start);
  EXPECT_EQ(out.text(), "xx");
}

TEST(OutputBuffer, GrowsAcrossManyAppends) {
  OutputBuffer out(-1);
  std::string expected;
  for (int i = 0; i < 10'000; ++i) {
    const std::string piece(static_cast<size_t>(i % 97), static_cast<char>('a' + i % 26));
    out.append(piece);
    expected += piece;
  }
  EXPECT_EQ(out.text(), expected);
}

TEST(OutputBuffer, WritesWhenMuchIsHeld) {
  FILE* file = std::tmpfile();
  ASSERT_NE(file, nullptr);
  const std::string piece(100'000, 'x');
  {
    OutputBuffer out(fileno(file));
    out.append(piece);
    EXPECT_TRUE(out.flush_if_full().has_value());
    EXPECT_EQ(out.size(), piece.size());
    out.append(piece);
    out.append(piece);
    EXPECT_TRUE(out.flush_if_full().has_value());
    EXPECT_EQ(out.size(), 0u);
    out.append("end");
  }
  EXPECT_EQ(lseek(fileno(file), 0, SEEK_END), 300'003);
  std::fclose(file);
}

TEST(OutputBuffer, TellsAClosedPipeFromOtherTrouble) {
  std::signal(SIGPIPE, SIG_IGN);
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  close(ends[0]);
  OutputBuffer out(ends[1]);
  out.append("x");
  EXPECT_FALSE(out.flush().has_value());
  EXPECT_TRUE(out.pipe_closed());
  close(ends[1]);
  OutputBuffer bad(1'000'000);
  bad.append("x");
  EXPECT_EQ(bad.flush().error().message, "cannot write the output: Bad file descriptor");
  EXPECT_FALSE(bad.pipe_closed());
}

}  // namespace
}  // namespace ctrace
