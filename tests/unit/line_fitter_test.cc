#include "format/print/line_fitter.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <string>

#include "tests/unit/printer_samples.h"

namespace ctrace {
namespace {

TEST(LineFitter, WhatFits) {
  EXPECT_EQ(fitting_bytes("", 5), 0u);
  EXPECT_EQ(fitting_bytes("hello", 5), 5u);
  EXPECT_EQ(fitting_bytes("hello!", 5), 5u);
  EXPECT_EQ(fitting_bytes("hello", 0), 0u);
  EXPECT_EQ(fitting_bytes("h\xc3\xa9llo", 2), 3u);
  // Two columns each: half of one is none.
  EXPECT_EQ(fitting_bytes("\xe6\xbc\xa2\xe5\xad\x97", 3), 3u);
  EXPECT_EQ(fitting_bytes("\xf0\x9f\x90\xb3x", 1), 0u);
  // A colour takes none.
  EXPECT_EQ(fitting_bytes("\x1b[31mab\x1b[0mc", 2), 11u);
  EXPECT_EQ(fitting_bytes("\x1b[31mab\x1b[0mc", 1), 6u);
  EXPECT_EQ(fitting_bytes("a\x1b[31", 1), 5u);
  EXPECT_EQ(fitting_bytes("a\xc3", 2), 2u);
}

// A terminal that nobody looks at.
class Terminal {
 public:
  explicit Terminal(unsigned short columns) : far_(posix_openpt(O_RDWR | O_NOCTTY)) {
    if (far_ < 0 || grantpt(far_) != 0 || unlockpt(far_) != 0) return;
    fd_ = open(ptsname(far_), O_RDWR | O_NOCTTY);
    const winsize size = {24, columns, 0, 0};
    ioctl(fd_, TIOCSWINSZ, &size);
    termios raw;
    tcgetattr(fd_, &raw);
    cfmakeraw(&raw);
    tcsetattr(fd_, TCSANOW, &raw);
  }
  ~Terminal() {
    if (fd_ >= 0) close(fd_);
    if (far_ >= 0) close(far_);
  }
  int fd() const { return fd_; }
  std::string shown() const {
    char bytes[4096];
    const ssize_t size = read(far_, bytes, sizeof bytes);
    return {bytes, static_cast<size_t>(std::max<ssize_t>(size, 0))};
  }

 private:
  int far_ = -1, fd_ = -1;
};

std::string shown(const PrintOptions& options, unsigned short columns) {
  const Terminal terminal(columns);
  if (terminal.fd() < 0) return "no terminals here";
  const RecordingHeader header = sample_header();
  const EventType type = open_type();
  const Task task = sample_task(nullptr);
  Event event = sample_event(type, task);
  event.texts[0] = {"/a/long/path", Text::State::kWhole};
  OutputBuffer out(terminal.fd());
  const auto printer = Printer::make(options, header, out);
  printer->begin();
  printer->event(event);
  EXPECT_TRUE(out.flush());
  return terminal.shown();
}

TEST(LineFitter, TheTableFitsTheTerminal) {
  PrintOptions options;
  options.color = ColorMode::kNever;
  const std::string narrow = shown(options, 60);
  if (narrow == "no terminals here") GTEST_SKIP() << narrow;
  const std::string heading = "TIME(s)          CONTAINER ID     UID    COMM";
  const std::string line = "11:11:12.123456  host             1000   cat";
  const auto filled = [](std::string text) { return text.append(57 - text.size(), ' ') + "...\n"; };
  EXPECT_EQ(narrow, filled(heading) + filled(line));
  const std::string wide = shown(options, 200);
  EXPECT_TRUE(wide.ends_with("open             filename: /a/long/path, flags: O_RDONLY\n")) << wide;
  EXPECT_EQ(shown(options, 0), wide);  // a terminal that does not know
  options.color = ColorMode::kAlways;
  EXPECT_TRUE(shown(options, 60).ends_with(" \x1b[0m...\n"));
  options.color = ColorMode::kNever;
  options.fields = *parse_fields("event,arg.filename");
  EXPECT_EQ(shown(options, 20),
            "event" + std::string(12, ' ') + "...\nopen" + std::string(13, ' ') + "...\n");
}

}  // namespace
}  // namespace ctrace
