#include "format/print/strace_printer.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include "format/print/print_cache.h"
#include "tests/unit/printer_samples.h"

namespace ctrace {
namespace {

using State = Text::State;

class StracePrinterTest : public ::testing::Test {
 protected:
  // Without "web: [pid 22] 11:11:12.123456 " and the newline.
  std::string line(const Event& event) {
    const std::string text = printed(options_, header_, event);
    constexpr std::string_view kPrefix = "web: [pid 22] 11:11:12.123456 ";
    EXPECT_TRUE(text.starts_with(kPrefix)) << text;
    return text.substr(kPrefix.size(), text.size() - kPrefix.size() - 1);
  }
  Event call(const char* name) { return sample_event(*find_event(name), task_); }

  PrintOptions options_ = OutputFormat::kStrace;
  RecordingHeader header_ = sample_header();
  Container container_ = sample_container();
  Task task_ = sample_task(&container_);
};

TEST_F(StracePrinterTest, Calls) {
  Event event = call("openat");
  event.args[0] = static_cast<uint32_t>(AT_FDCWD);
  event.texts[1] = {"/etc/\"x\"\n", State::kWhole};
  event.args[2] = O_RDONLY | O_CLOEXEC;
  event.result = 3;
  EXPECT_EQ(line(event), R"(openat(AT_FDCWD, "/etc/\"x\"\n", O_RDONLY|O_CLOEXEC, 0) = 3)");
  event.result = -ENOENT;
  EXPECT_TRUE(line(event).ends_with(") = -1 ENOENT (No such file or directory)"));
  event.result = -512;
  EXPECT_TRUE(line(event).ends_with(") = ? ERESTARTSYS (To be restarted if SA_RESTART is set)"));
  event.result = -4000;
  EXPECT_TRUE(line(event).ends_with(") = -4000"));
  event.result = kNoResult;
  EXPECT_TRUE(line(event).ends_with("O_RDONLY|O_CLOEXEC, 0 <unfinished ...>) = ?"));
}

TEST_F(StracePrinterTest, Results) {
  EXPECT_EQ(line(call("getpid")), "getpid() = 0");
  EXPECT_EQ(line(call("exit_group")), "exit_group(0) = ?");
  Event event = call("brk");
  event.result = 0x5555'0000'1000;
  EXPECT_EQ(line(event), "brk(NULL) = 0x555500001000");
}

TEST_F(StracePrinterTest, Durations) {
  Event event = call("getpid");
  event.duration_ns = 12'345;
  EXPECT_EQ(line(event), "getpid() = 0 <0.000012>");
  event.duration_ns = 3'000'500'000;
  event.result = -ENOENT;
  event.denied = Denied::kErrno;
  EXPECT_TRUE(line(event).ends_with("(No such file or directory) <3.000500> (denied: ERRNO)"));
}

TEST_F(StracePrinterTest, Prefixes) {
  const Event event = call("getpid");
  task_.container = nullptr;
  EXPECT_EQ(printed(options_, header_, event), "[pid 22] 11:11:12.123456 getpid() = 0\n");
  container_.name = "";
  task_.container = &container_;
  task_.phase = Phase::kSetup;
  EXPECT_EQ(printed(options_, header_, event),
            "0123456789ab: [pid 22] 11:11:12.123456 getpid() = 0 (setup)\n");
  container_.name = "a\nb";
  EXPECT_TRUE(printed(options_, header_, event).starts_with("a\\nb: "));
}

TEST_F(StracePrinterTest, ForeignAbi) {
  Event event = call("getpid");
  event.abi = Abi::kI386;
  EXPECT_EQ(line(event), "getpid[i386]() = 0");
}

TEST_F(StracePrinterTest, Texts) {
  Event event = call("execve");
  event.texts[0] = {"/bin/l", State::kCut};
  event.texts[1] = {std::string_view("ls\0-l\0", 6), State::kWhole};
  event.args[2] = 0x7ffd1234;
  event.texts[2] = {{}, State::kNotRead};
  EXPECT_EQ(line(event), R"(execve("/bin/l"..., ["ls", "-l"], 0x7ffd1234) = 0)");
  event.texts[0] = {{}, State::kNull};
  event.texts[1] = {std::string_view("ls\0", 3), State::kCut};
  EXPECT_EQ(line(event), R"(execve(NULL, ["ls", ...], 0x7ffd1234) = 0)");
  event.texts[0] = {"/bin/ls", State::kWhole};
  options_.string_size = 4;
  EXPECT_EQ(line(event), R"(execve("/bin"..., ["ls", ...], 0x7ffd1234) = 0)");
}

TEST_F(StracePrinterTest, SocketAddresses) {
  Event event = call("connect");
  event.args[0] = 3;
  event.args[2] = 16;
  event.texts[1] = {std::string_view("\x02\0\0\x35\x08\x08\x08\x08\0\0\0\0\0\0\0\0", 16),
                    State::kWhole};
  EXPECT_EQ(line(event), "connect(3, {sa_family=AF_INET, sin_port=53, sin_addr=8.8.8.8}, 16) = 0");
  event.texts[1].bytes = std::string_view("\x01\0/run/\"x\0", 10);
  EXPECT_EQ(line(event), R"(connect(3, {sa_family=AF_UNIX, sun_path="/run/\"x"}, 16) = 0)");
  event.texts[1].bytes = std::string_view("\x01\0\0ab", 5);
  EXPECT_EQ(line(event), R"(connect(3, {sa_family=AF_UNIX, sun_path=@"ab"}, 16) = 0)");
}

TEST_F(StracePrinterTest, Structures) {
  Event event = call("poll");
  event.texts[0] = {std::string_view("\3\0\0\0\1\0\1\0", 8), State::kWhole};
  event.args[1] = 1;
  event.args[2] = 50;
  event.result = 1;
  EXPECT_EQ(line(event), "poll([{fd=3, events=POLLIN}], 1, 50) = 1 ([{fd=3, revents=POLLIN}])");
  event.result = 0;
  EXPECT_EQ(line(event), "poll([{fd=3, events=POLLIN}], 1, 50) = 0 (Timeout)");
  event.result = -EINTR;
  EXPECT_EQ(line(event),
            "poll([{fd=3, events=POLLIN}], 1, 50) = -1 EINTR (Interrupted system call)");
  event = call("nanosleep");
  event.texts[0] = {std::string_view("\1\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0", 16), State::kWhole};
  event.texts[1] = {{}, State::kNotRead};
  event.args[1] = 0x7000;
  EXPECT_EQ(line(event), "nanosleep({tv_sec=1, tv_nsec=2}, 0x7000) = 0");
  event.texts[1] = {{}, State::kNull};
  EXPECT_EQ(line(event), "nanosleep({tv_sec=1, tv_nsec=2}, NULL) = 0");
  // The argument is a number here.
  event = call("fcntl");
  event.args[0] = 3;
  event.args[1] = F_SETFD;
  event.args[2] = 1;
  EXPECT_EQ(line(event), "fcntl(3, F_SETFD, FD_CLOEXEC) = 0");
  event.args[1] = 1030;
  event.args[2] = 10;
  EXPECT_EQ(line(event), "fcntl(3, F_DUPFD_CLOEXEC, 10) = 0");
  event.args[1] = F_SETFL;
  event.args[2] = O_RDWR | O_NONBLOCK;
  EXPECT_EQ(line(event), "fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0");
}

TEST_F(StracePrinterTest, ContentsOfBuffers) {
  const Extras extras{.payloads = true};
  Event event = sample_event(recorded_type(*find_event("write"), extras), task_);
  event.texts[1] = {std::string_view("a\n\0\xff", 4), State::kCut};
  event.args[2] = 9;
  event.result = 9;
  EXPECT_EQ(line(event), R"(write(0, "a\n\x00\xff"..., 9) = 9)");
  event = sample_event(recorded_type(*find_event("writev"), extras), task_);
  std::string bytes(16, '\0');
  bytes[0] = 0x10;
  bytes[8] = 4;
  bytes += "ab";
  event.texts[1] = {bytes, State::kWhole};
  event.args[2] = 1;
  EXPECT_EQ(line(event), R"(writev(0, [{iov_base="ab"..., iov_len=4}], 1) = 0)");
  EXPECT_EQ(&recorded_type(*find_event("close"), extras), find_event("close"));
}

TEST_F(StracePrinterTest, WhatIsNoCall) {
  Event event = call("sched_process_exit");
  event.args[0] = 3;
  EXPECT_EQ(line(event), "+++ exited with 3 +++");
  event.args[1] = 9;
  EXPECT_EQ(line(event), "+++ killed by SIGKILL +++");
  event.args[1] = 11;
  event.args[3] = 1;
  EXPECT_EQ(line(event), "+++ killed by SIGSEGV (core dumped) +++");
  event = call("sched_process_fork");
  event.args[0] = event.args[1] = 8;
  EXPECT_EQ(line(event),
            "--- sched_process_fork child_pid=8, child_tid=8, child_ns_pid=0, child_ns_tid=0 ---");
  const Task nobody;
  event = sample_event(*find_event("lost"), nobody);
  event.args[0] = 1;
  event.args[1] = 1234;
  EXPECT_EQ(printed(options_, header_, event), "11:11:12.123456 --- lost cpu=1, count=1234 ---\n");
}

}  // namespace
}  // namespace ctrace
