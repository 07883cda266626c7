// Events printed per second, as a table and as JSON, of a synthetic mix: reads, opens with paths,
// failed opens, mmaps, of 64 tasks in 4 containers.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "format/filter/filter.h"
#include "format/print/printer.h"

namespace ctrace {
namespace {

ArgType arg(const char* name, Kind kind, Form form, const char* c_type) {
  return {name, kind, form, c_type};
}

class Mix {
 public:
  Mix() {
    types_ = {{0,
               "read",
               {arg("fd", Kind::fd, Form::kSigned32, "int"),
                arg("buf", Kind::pointer, Form::kHex, "void*"),
                arg("count", Kind::size, Form::kUnsigned64, "size_t")},
               true},
              {257,
               "openat",
               {arg("dirfd", Kind::dirfd, Form::kSigned32, "int"),
                arg("pathname", Kind::path, Form::kText, "const char*"),
                arg("flags", Kind::open_flags, Form::kSigned32, "int"),
                arg("mode", Kind::mode, Form::kUnsigned32, "mode_t")},
               true},
              {39, "getpid", {}, true}};
    for (uint32_t i = 0; i < 4; ++i) {
      Container container;
      container.index = i + 1;
      container.id = std::string(63, 'a') + std::to_string(i);
      container.name = "web-" + std::to_string(i);
      container.runtime = "runc";
      containers_.push_back(container);
    }
    for (uint32_t i = 0; i < 64; ++i) {
      Task task;
      task.serial = i + 1;
      task.pid = task.tid = 4000 + i;
      task.ns_pid = task.ns_tid = 1 + i;
      task.phase = Phase::kOwn;
      task.comm = "python3";
      task.host_name = "web";
      task.mnt_ns = task.pid_ns = 4026531840;
      task.container = &containers_[i % containers_.size()];
      tasks_.push_back(task);
    }
    for (size_t i = 0; i < kEvents; ++i) events_.push_back(make(i));
    header_.realtime_ns = 1'795'000'000'000'000'000;
    header_.monotonic_ns = 1'000'000'000;
    header_.architecture = "x86_64";
  }

  const std::vector<Event>& events() const { return events_; }
  const RecordingHeader& header() const { return header_; }

 private:
  static constexpr size_t kEvents = 4096;

  Event make(size_t i) const {
    Event event;
    event.time_ns = 1'000'000'000 + i * 1'237;
    event.cpu = i % 8;
    event.task = &tasks_[i / 16 % tasks_.size()];
    event.type = &types_[i % 8 < 5 ? 0 : i % 8 < 7 ? 1 : 2];
    if (event.type->id == 0) {
      event.args[0] = 3 + i % 20;
      event.args[1] = 0x7ffd00001000 + i * 64;
      event.args[2] = 4096;
      event.result = 512;
    } else if (event.type->id == 257) {
      event.args[0] = static_cast<uint32_t>(AT_FDCWD);
      event.texts[1] = {"/usr/lib/python3.11/encodings/utf_8.py", Text::State::kWhole};
      event.args[2] = O_RDONLY | O_CLOEXEC;
      event.result = i % 3 == 0 ? -2 : 7;
    }
    return event;
  }

  std::vector<EventType> types_;
  std::vector<Container> containers_;
  std::vector<Task> tasks_;
  std::vector<Event> events_;
  RecordingHeader header_;
};

const Mix& mix() {
  static const Mix kMix;
  return kMix;
}

void print_events(benchmark::State& state, OutputFormat format) {
  const int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
  OutputBuffer out(fd);
  auto printer = Printer::make(format, mix().header(), out);
  for (auto _ : state) {
    for (const Event& event : mix().events()) {
      printer->event(event);
      if (!out.flush_if_full()) state.SkipWithError("cannot write to /dev/null");
    }
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * mix().events().size()));
  close(fd);
}
BENCHMARK_CAPTURE(print_events, table, OutputFormat::kTable);
BENCHMARK_CAPTURE(print_events, json, OutputFormat::kJson);

void filter_events(benchmark::State& state) {
  FilterSpec spec;
  spec.events = {"openat"};
  spec.comms = {"python3"};
  spec.containers = {"aaaa"};
  const auto filter = Filter::compile(spec);
  if (!filter) return state.SkipWithError(filter.error().message.c_str());
  StreamFilter stream(*filter, mix().header());
  size_t wanted = 0;
  for (auto _ : state) {
    for (const Event& event : mix().events()) wanted += stream.wants(event);
    benchmark::DoNotOptimize(wanted);
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * mix().events().size()));
}
BENCHMARK(filter_events);

}  // namespace
}  // namespace ctrace
