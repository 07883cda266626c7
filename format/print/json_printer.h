// Events as JSON, one object a line.
//
// The original tracer's fields in its order: timestamp (microseconds, CLOCK_MONOTONIC), processId,
// threadId, parentProcessId (as the container sees them), userId, mountNamespace, pidNamespace,
// processName, hostName (the UTS node name), eventId (a string), eventName, argsNum, returnValue,
// args. Then ours: container ({id, name, image, runtime}, each null when not known; null for the
// host), exe (path of the program that the task runs; null when it is not known), hostProcessId,
// hostThreadId, hostParentProcessId, groupId, cgroupId (a string), cpu, abi, phase ("host",
// "setup", "own", "entered"), errno (the name; null when the call did not fail or the number has no
// name), denied, and in a recording with --durations duration (nanoseconds; null when it is not
// known, and for what is no system call), time (UTC, ISO 8601 with nanoseconds).
//
// An argument is {name, type, value}, in the order of the call. Values:
//   decoded (flags, signals, addresses)   a string
//   pointers and opaque values            a string "0x..."
//   other numbers                         a number; beyond +-2^53, where readers would round, a
//                                         decimal string. returnValue likewise.
//   text                                  a string, see append_json_string() for odd bytes
//   string arrays                         an array of strings
//   a null pointer to text                null
// Text that is not whole has a further key `state`: "cut" (value: its beginning), "unreadable" or
// "not read" (value: the address).
//
// A loss is such an object too: eventName "lost", args cpu and count, zeros for the task.
#pragma once

#include "format/print/descriptor_name.h"
#include "format/print/print_cache.h"
#include "format/print/printer.h"
#include "format/print/wall_clock.h"

namespace ctrace {

class JsonPrinter : public Printer {
 public:
  JsonPrinter(const RecordingHeader& header, OutputBuffer& out);
  void begin() override {}
  void event(const Event& event) override;

 private:
  struct ArgText {
    std::string beginning;  // `{"name":"flags","type":"int","value":`, with a comma before
    Kind kind;
    Form form;
  };
  struct TypeText {
    std::string head;  // eventId to the key of returnValue
    std::vector<ArgText> args;
    NamePlaces names;
  };
  struct TaskText {
    std::string before;  // processId to hostName
    std::string after;   // container to the key of cpu
  };
  static TypeText type_text(const EventType& type);
  static TaskText task_text(const Task& task);

  void append_args(const Event& event, const TypeText& type);
  void append_value(const Event& event, size_t index, const ArgText& arg);
  void append_duration(uint64_t duration_ns);
  void append_name(std::string_view key, const Event& event, size_t place);
  void append_text(const Text& text, uint64_t address, Form form);
  // Turns what was appended after the quote at `start` into a JSON string.
  void append_struct_value(const Event& event, size_t index);
  void close_string(size_t start);

  WallClock clock_;
  const bool durations_;
  OutputBuffer& out_;
  TypeCache<TypeText> types_;
  TaskCache<TaskText> tasks_;
};

}  // namespace ctrace
