#include "format/print/table_printer.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include "format/decode/decode.h"
#include "format/print/print_cache.h"
#include "tests/unit/printer_samples.h"

namespace ctrace {
namespace {

using State = Text::State;

class TablePrinterTest : public ::testing::Test {
 protected:
  std::string line(const Event& event) { return printed(OutputFormat::kTable, header_, event); }

  // What stands after `arg: ` for a one-argument event.
  std::string value(Kind kind, Form form, uint64_t number, Text text) {
    const EventType type = type_with(kind, form, "int");
    Event event = sample_event(type, task_);
    event.args[0] = number;
    event.texts[0] = text;
    const std::string printed = line(event);
    const size_t at = printed.find("arg: ");
    return at == printed.npos ? printed : printed.substr(at + 5, printed.size() - at - 6);
  }
  std::string text_value(std::string_view bytes, State state = State::kWhole) {
    return value(Kind::text, Form::kText, 0, {bytes, state});
  }
  std::string number_value(Form form, uint64_t number) {
    return value(Kind::kUnknown, form, number, {});
  }

  RecordingHeader header_ = sample_header();
  Container container_ = sample_container();
  Task task_ = sample_task(&container_);
};

TEST_F(TablePrinterTest, Heading) {
  OutputBuffer out(-1);
  Printer::make(OutputFormat::kTable, header_, out)->begin();
  EXPECT_EQ(
      out.text(),
      "TIME(s)          CONTAINER ID     UID    COMM             PID     TID     RET          "
      "    EVENT            ARGS\n");
}

TEST_F(TablePrinterTest, Line) {
  const EventType type = open_type();
  Event event = sample_event(type, task_);
  event.texts[0] = {"/etc/passwd", State::kWhole};
  event.args[1] = O_RDONLY | O_CLOEXEC;
  event.result = -ENOENT;
  EXPECT_EQ(
      line(event),
      "11:11:12.123456  0123456789ab     1000   cat              21      22      -2 ENOENT    "
      "    open             filename: /etc/passwd, flags: O_RDONLY|O_CLOEXEC\n");
}

TEST_F(TablePrinterTest, HostAndOverflowingColumns) {
  const EventType type{39, "a_name_longer_than_its_column", {}, true};
  Task task = sample_task(nullptr);
  task.comm = "a b\n\x01\xff comm";
  task.uid = 4294967295;
  Event event = sample_event(type, task);
  event.result = 140737353940992;
  EXPECT_EQ(line(event),
            "11:11:12.123456  host             4294967295 a b\\n\\x01\\xff comm 21      22      "
            "140737353940992  a_name_longer_than_its_column\n");
}

TEST_F(TablePrinterTest, NamelessContainerAndTask) {
  container_.id = "";
  const EventType type{39, "getpid", {}, true};
  task_.comm = " b ";
  EXPECT_NE(line(sample_event(type, task_)).find(" \" b \"            21 "), std::string::npos);
  task_.comm = "";
  EXPECT_EQ(
      line(sample_event(type, task_)),
      "11:11:12.123456  ?                1000   \"\"               21      22      0          "
      "      getpid\n");
}

TEST_F(TablePrinterTest, PhaseIsMarkedAtTheEnd) {
  const EventType type{39, "getpid", {}, true};
  task_.phase = Phase::kSetup;
  EXPECT_TRUE(line(sample_event(type, task_)).ends_with(" getpid           (setup)\n"));
  task_.phase = Phase::kEntered;
  const EventType with = type_with(Kind::kUnknown, Form::kSigned32, "int");
  EXPECT_TRUE(line(sample_event(with, task_)).ends_with(" call             arg: 0 (entered)\n"));
}

TEST_F(TablePrinterTest, ForeignAbiStandsAfterTheName) {
  const EventType type = type_with(Kind::kUnknown, Form::kSigned32, "int");
  const EventType bare{39, "getpid", {}, true};
  Event event = sample_event(type, task_);
  event.abi = Abi::kI386;
  EXPECT_TRUE(line(event).ends_with(" call[i386]       arg: 0\n"));
  event.type = &bare;
  EXPECT_TRUE(line(event).ends_with(" getpid[i386]\n"));
  header_.architecture = "aarch64";
  event.abi = Abi::kArm64;
  EXPECT_TRUE(line(event).ends_with(" getpid\n"));
}

TEST_F(TablePrinterTest, WhatNeverReturns) {
  const EventType type{231, "exit_group", {}, true};
  Event event = sample_event(type, task_);
  EXPECT_NE(line(event).find(" ?                exit_group\n"), std::string::npos);
  event.result = -EPERM;  // seccomp denied it, so it did return
  EXPECT_NE(line(event).find(" -1 EPERM         exit_group\n"), std::string::npos);
}

TEST_F(TablePrinterTest, WhatSeccompDeniedIsMarked) {
  const EventType type = type_with(Kind::kUnknown, Form::kSigned32, "int");
  const EventType bare{39, "getpid", {}, true};
  Event event = sample_event(type, task_);
  event.result = -EPERM;
  event.denied = Denied::kErrno;
  EXPECT_TRUE(line(event).ends_with(" -1 EPERM         call             arg: 0 (denied: ERRNO)\n"));
  event.type = &bare;
  event.result = 39;  // no result of the call: seccomp leaves the number there
  event.denied = Denied::kKillProcess;
  EXPECT_TRUE(line(event).ends_with(" ?                getpid           (denied: KILL_PROCESS)\n"));
  event.denied = Denied::kNotify;
  task_.phase = Phase::kEntered;
  task_.serial = 8;
  EXPECT_TRUE(
      line(event).ends_with(" 39               getpid           (seccomp: NOTIFY) (entered)\n"));
}

TEST_F(TablePrinterTest, ResultsThatAreAddresses) {
  Event event = sample_event(*find_event("mmap"), task_);
  event.result = 0x7f00'1234'5000;
  EXPECT_NE(line(event).find(" 0x7f0012345000   mmap "), std::string::npos);
  event.result = -ENOMEM;
  EXPECT_NE(line(event).find(" -12 ENOMEM       mmap "), std::string::npos);
  event.type = find_event("munmap");
  event.result = 0;
  EXPECT_NE(line(event).find(" 0                munmap "), std::string::npos);
}

TEST_F(TablePrinterTest, Loss) {
  const EventType type = loss_type();
  Event event = sample_event(type, Task());
  const Task nobody;
  event.task = &nobody;
  event.args[0] = 1;
  event.args[1] = 1234;
  EXPECT_EQ(
      line(event),
      "11:11:12.123456  -                -      -                -       -       -            "
      "    lost             cpu: 1, count: 1234\n");
}

TEST_F(TablePrinterTest, NumbersByForm) {
  EXPECT_EQ(number_value(Form::kSigned32, 0xffffffff), "-1");
  EXPECT_EQ(number_value(Form::kSigned32, 0x1234567800000001), "1");
  EXPECT_EQ(number_value(Form::kUnsigned32, 0xffffffffffffffff), "4294967295");
  EXPECT_EQ(number_value(Form::kSigned64, 0xffffffffffffffff), "-1");
  EXPECT_EQ(number_value(Form::kUnsigned64, 0xffffffffffffffff), "18446744073709551615");
  EXPECT_EQ(number_value(Form::kHex, 0x7FFDABC0), "0x7ffdabc0");
}

TEST_F(TablePrinterTest, TextIsBareUnlessItMisleads) {
  EXPECT_EQ(text_value("/tmp/a b"), "/tmp/a b");
  EXPECT_EQ(text_value("/tmp/gr\u00fc\u00df"), "/tmp/gr\u00fc\u00df");
  EXPECT_EQ(text_value("a\nb\\"), "a\\nb\\\\");
  EXPECT_EQ(text_value(""), "\"\"");
  EXPECT_EQ(text_value("x, flags: O_RDONLY"), "\"x, flags: O_RDONLY\"");
  EXPECT_EQ(text_value("x (setup)"), "\"x (setup)\"");
  EXPECT_EQ(text_value("\"\""), "\"\\\"\\\"\"");
  EXPECT_EQ(text_value("NULL"), "\"NULL\"");
  EXPECT_EQ(text_value("0x7f"), "\"0x7f\"");
  EXPECT_EQ(text_value("more..."), "\"more...\"");
  EXPECT_EQ(text_value("\xff,\x1b"), "\"\\xff,\\x1b\"");
}

TEST_F(TablePrinterTest, TextThatIsNotWhole) {
  EXPECT_EQ(text_value("/very/lo", State::kCut), "/very/lo...");
  EXPECT_EQ(text_value("", State::kNull), "NULL");
  const uint64_t address = 0x7ffd1234;
  EXPECT_EQ(value(Kind::path, Form::kText, address, {{}, State::kUnreadable}),
            "0x7ffd1234 (unreadable)");
  EXPECT_EQ(value(Kind::path, Form::kText, address, {{}, State::kNotRead}), "0x7ffd1234");
}

TEST_F(TablePrinterTest, StringSizeCutsText) {
  const EventType type = type_with(Kind::path, Form::kText, "const char*");
  Event event = sample_event(type, task_);
  event.texts[0] = {"/etc/passwd", State::kWhole};
  PrintOptions options;
  options.string_size = 4;
  EXPECT_TRUE(printed(options, header_, event).ends_with(" arg: /etc...\n"));
  options.string_size = 11;
  EXPECT_TRUE(printed(options, header_, event).ends_with(" arg: /etc/passwd\n"));
  const EventType strings = type_with(Kind::argv, Form::kStrings, "const char*const*");
  event.type = &strings;
  event.texts[0] = {std::string_view("ls\0/tmp/abc\0", 12), State::kWhole};
  options.string_size = 4;
  EXPECT_TRUE(printed(options, header_, event).ends_with(" arg: [ls /tmp...]\n"));
}

// The same text and the same columns, with paint in between.
TEST_F(TablePrinterTest, Colours) {
  const EventType type = open_type();
  Event event = sample_event(type, task_);
  event.result = -ENOENT;
  task_.phase = Phase::kSetup;
  PrintOptions options;
  options.color = ColorMode::kAlways;
  std::string line = printed(options, header_, event);
  EXPECT_NE(line.find("\x1b[31m-2 ENOENT\x1b[0m "), line.npos);
  EXPECT_NE(line.find("\x1b[36mopen\x1b[0m "), line.npos);
  EXPECT_TRUE(line.ends_with("\x1b[2m(setup)\x1b[0m\n"));
  for (size_t at; (at = line.find('\x1b')) != line.npos;)
    line.erase(at, line.find('m', at) - at + 1);
  EXPECT_EQ(line, this->line(event));
  options.color = ColorMode::kAuto;  // memory is no terminal
  EXPECT_EQ(printed(options, header_, event), line);
}

TEST_F(TablePrinterTest, StringArrays) {
  const auto strings = [this](std::string_view bytes, State state = State::kWhole) {
    return value(Kind::argv, Form::kStrings, 0, {bytes, state});
  };
  EXPECT_EQ(strings(std::string_view("ls\0-l\0/tmp\0", 11)), "[ls -l /tmp]");
  EXPECT_EQ(strings(std::string_view("sh\0-c\0a \"b\"\0\0[\0", 15)),
            "[sh -c \"a \\\"b\\\"\" \"\" \"[\"]");
  EXPECT_EQ(strings(""), "[]");
  EXPECT_EQ(strings(std::string_view("a...\0b\0", 7)), "[\"a...\" b]");  // not cut
  EXPECT_EQ(strings(std::string_view("a\0b\nc", 5), State::kCut), "[a b\\nc]...");
}

TEST_F(TablePrinterTest, SocketAddressesAreTheDecoders) {
  const std::string_view raw("\x02\0\0\x35\x08\x08\x08\x08\0\0\0\0\0\0\0\0", 16);
  OutputBuffer decoded(-1);
  append_sockaddr(raw, decoded);
  EXPECT_EQ(value(Kind::sockaddr_in, Form::kSockaddr, 0, {raw, State::kWhole}), decoded.text());
}

TEST_F(TablePrinterTest, CachesFollowWhatChanges) {
  OutputBuffer out(-1);
  const auto printer = Printer::make(OutputFormat::kTable, header_, out);
  EventType type{39, "before", {}, true};
  Event event = sample_event(type, task_);
  printer->event(event);
  type.name = "after";  // the same address: a reader has used its memory again
  task_.serial = 8;
  task_.comm = "dog";
  event.time_ns += 61'000'000'000;
  printer->event(event);
  EXPECT_EQ(
      out.text(),
      "11:11:12.123456  0123456789ab     1000   cat              21      22      0            "
      "    before\n"
      "11:12:13.123456  0123456789ab     1000   dog              21      22      0            "
      "    after\n");
}

TEST_F(TablePrinterTest, CallsWithoutAResult) {
  const EventType type = type_with(Kind::i32, Form::kSigned32, "int");
  Event event = sample_event(type, task_);
  event.result = -512;
  EXPECT_NE(line(event).find(" ? ERESTARTSYS    call "), std::string::npos) << line(event);
  event.result = 0;
  event.result = kNoResult;
  EXPECT_NE(line(event).find(" ?                call "), std::string::npos) << line(event);
  EXPECT_TRUE(line(event).ends_with("arg: 0 (unfinished)\n"));
  task_.phase = Phase::kSetup;
  EXPECT_TRUE(line(event).ends_with("arg: 0 (unfinished) (setup)\n"));
}

TEST_F(TablePrinterTest, TimeGoesBackAndAroundMidnight) {
  const EventType type{39, "getpid", {}, true};
  header_.utc_offset_s = -11 * 3600;
  Event event = sample_event(type, task_);
  EXPECT_TRUE(line(event).starts_with("23:11:12.123456 "));
  header_.utc_offset_s = INT32_MIN;  // nonsense in a file must not do harm
  EXPECT_EQ(line(event)[2], ':');
  header_.realtime_ns = 0;
  header_.monotonic_ns = UINT64_MAX;
  EXPECT_EQ(line(event)[2], ':');
}

}  // namespace
}  // namespace ctrace
