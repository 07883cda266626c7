// Hand-made events for the printers' tests.
#pragma once

#include <string>

#include "format/catalogue/catalogue.h"
#include "format/print/printer.h"

namespace ctrace {

// A header whose clocks make time 0 be 2026-11-23T10:11:12Z, one hour east of Greenwich.
inline RecordingHeader sample_header() {
  RecordingHeader header;
  header.realtime_ns = 1'795'428'672'000'000'000 + 5'000'000'000;
  header.monotonic_ns = 5'000'000'000;
  header.utc_offset_s = 3600;
  header.architecture = "x86_64";
  return header;
}

inline Container sample_container() {
  Container container;
  container.index = 1;
  container.id = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
  container.name = "web";
  container.runtime = "runc";
  return container;
}

inline Task sample_task(const Container* container) {
  Task task;
  task.serial = 7;
  task.pid = 4711;
  task.tid = 4712;
  task.ppid = 4700;
  task.ns_pid = 21;
  task.ns_tid = 22;
  task.ns_ppid = 1;
  task.uid = 1000;
  task.gid = 100;
  task.mnt_ns = 4026532001;
  task.pid_ns = 4026532002;
  task.cgroup_id = 18446744073709551615u;
  task.phase = container == nullptr ? Phase::kHost : Phase::kOwn;
  task.comm = "cat";
  task.exe = "/bin/cat";
  task.host_name = "web-1";
  task.container = container;
  return task;
}

inline EventType open_type() {
  return {2,
          "open",
          {{"filename", Kind::path, Form::kText, "const char*"},
           {"flags", Kind::open_flags, Form::kSigned32, "int"}},
          true};
}

inline EventType type_with(Kind kind, Form form, const char* c_type) {
  return {39, "call", {{"arg", kind, form, c_type}}, true};
}

inline EventType loss_type() {
  return {kLost,
          "lost",
          {{"cpu", Kind::u32, Form::kUnsigned32, "unsigned int"},
           {"count", Kind::u64, Form::kUnsigned64, "unsigned long"}},
          false};
}

inline Event sample_event(const EventType& type, const Task& task) {
  Event event;
  event.time_ns = 123'456'789;
  event.cpu = 3;
  event.type = &type;
  event.task = &task;
  return event;
}

inline std::string printed(const PrintOptions& options, const RecordingHeader& header,
                           const Event& event) {
  OutputBuffer out(-1);
  Printer::make(options, header, out)->event(event);
  return out.text();
}

}  // namespace ctrace
