// Events nearly as strace prints them:
//
//   web: [pid 12] 10:11:12.123456 openat(AT_FDCWD, "/etc/passwd", O_RDONLY) = 3
//   web: [pid 12] 10:11:12.123460 open[i386]("/x", O_RDONLY) = -1 ENOENT (No such file or
//   directory) [pid 7] 10:11:12.123470 exit_group(0) = ? [pid 7] 10:11:12.123480 +++ exited with 0
//   +++ [pid 7] 10:11:12.123490 --- sched_process_fork child_pid=8, child_tid=8 --- 10:11:12.123500
//   --- lost cpu=1, count=1234 ---
//
// Unlike strace's: a line of a container begins with its name (or short id) and a colon, always, so
// that the same event is the same line whatever else is in the stream; the number is the thread's
// own; the ABI stands in brackets where it is not the machine's; text is escaped as escape.h says;
// what no decoder knows is a number; only `--string-size` cuts text; ` (setup)` and ` (entered)`
// mark calls of the runtime and of processes put in from outside, as in the table. Text that could
// not be read is its address; a duration stands behind the result as with strace -T, <0.000012>;
// text of which the recording holds the beginning ends in `"...`.
#pragma once

#include "format/print/descriptor_name.h"
#include "format/print/print_cache.h"
#include "format/print/printer.h"
#include "format/print/wall_clock.h"

namespace ctrace {

class StracePrinter : public Printer {
 public:
  StracePrinter(const PrintOptions& options, const RecordingHeader& header, OutputBuffer& out);
  void begin() override {}
  void event(const Event& event) override;

 private:
  struct TypeText {
    std::string name;
    std::vector<std::string> labels;  // "child_pid=", of events that are no calls
    NamePlaces names;
    bool never_returns, returns_address;
  };
  static TypeText type_text(const EventType& type);
  static std::string task_text(const Task& task);

  void append_call(const Event& event, const TypeText& type);
  void append_result(const Event& event, const TypeText& type);
  void append_duration(uint64_t duration_ns);
  void append_found(const Event& event);
  void append_other(const Event& event, const TypeText& type);
  void append_arg(const Event& event, size_t index);
  void append_text(const Text& text, uint64_t address, Form form);
  void append_string(std::string_view text, bool cut);

  WallClock clock_;
  Abi native_abi_;
  size_t string_size_;
  OutputBuffer& out_;
  TypeCache<TypeText> types_;
  TaskCache<std::string> tasks_;
};

}  // namespace ctrace
