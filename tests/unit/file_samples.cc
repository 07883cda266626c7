#include "tests/unit/file_samples.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "format/catalogue/catalogue.h"
#include "format/file/frame.h"
#include "format/file/model_codec.h"

namespace ctrace::testing {

TempFolder::TempFolder() {
  char name[] = "/tmp/ctrace-test-XXXXXX";
  EXPECT_NE(mkdtemp(name), nullptr);
  folder_ = name;
}

TempFolder::~TempFolder() { std::filesystem::remove_all(folder_); }

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << in.rdbuf();
  return bytes.str();
}

void write_file(const std::string& path, const std::string& bytes) {
  // A new file each time: ext4 flushes one that is truncated and written again, for 5 ms.
  std::filesystem::remove(path);
  std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<long>(bytes.size()));
}

OwnedEvent own(const Event& event) {
  OwnedEvent copy;
  copy.event = event;
  copy.bytes = std::make_shared<std::deque<std::string>>();
  copy.type = std::make_shared<EventType>(*event.type);
  copy.task = std::make_shared<Task>(*event.task);
  copy.event.type = copy.type.get();
  copy.event.task = copy.task.get();
  if (event.task->container) {
    copy.container = std::make_shared<Container>(*event.task->container);
    copy.task->container = copy.container.get();
  }
  for (size_t a = 0; a < event.type->args.size(); ++a) {
    if (!has_text(event.type->args[a].form)) continue;
    copy.event.texts[a].bytes = copy.bytes->emplace_back(event.texts[a].bytes);
  }
  return copy;
}

namespace {

std::string type_difference(const EventType& a, const EventType& b) {
  if (a.id != b.id) return "event id";
  if (a.name != b.name) return "event name " + a.name + " " + b.name;
  if (a.is_syscall != b.is_syscall) return "is_syscall";
  if (a.args.size() != b.args.size()) return "number of arguments";
  for (size_t i = 0; i < a.args.size(); ++i) {
    if (a.args[i].name != b.args[i].name) return "argument name";
    if (a.args[i].kind != b.args[i].kind) return "argument kind";
    if (a.args[i].form != b.args[i].form) return "argument form";
    if (a.args[i].c_type != b.args[i].c_type) return "argument type";
  }
  return "";
}

std::string task_difference(const Task& a, const Task& b) {
  const auto numbers = [](const Task& t) {
    return std::vector<uint64_t>{
        t.pid,    t.tid,    t.ppid,      t.ns_pid,    t.ns_tid,   t.ns_ppid,
        t.uid,    t.gid,    t.mnt_ns,    t.pid_ns,    t.net_ns,   t.user_ns,
        t.uts_ns, t.ipc_ns, t.cgroup_ns, t.cgroup_id, t.start_ns, static_cast<uint64_t>(t.phase)};
  };
  if (numbers(a) != numbers(b)) return "task numbers";
  if (a.comm != b.comm) return "comm";
  if (a.exe != b.exe) return "exe";
  if (a.host_name != b.host_name) return "host name";
  if (!a.container != !b.container) return "container is there";
  if (a.container && !(*a.container == *b.container)) return "container";
  return "";
}

}  // namespace

std::string difference(const Event& a, const Event& b) {
  if (a.time_ns != b.time_ns) return "time";
  if (a.cpu != b.cpu) return "cpu";
  if (a.abi != b.abi) return "abi";
  if (a.result != b.result) return "result";
  if (a.denied != b.denied) return "denied";
  if (a.duration_ns != b.duration_ns) return "duration";
  if (auto type = type_difference(*a.type, *b.type); !type.empty()) return type;
  if (auto task = task_difference(*a.task, *b.task); !task.empty()) return task;
  for (size_t i = 0; i < a.type->args.size(); ++i) {
    if (a.args[i] != b.args[i]) return "argument " + std::to_string(i);
    if (!has_text(a.type->args[i].form)) continue;
    if (a.texts[i].state != b.texts[i].state) return "state of text " + std::to_string(i);
    if (a.texts[i].bytes != b.texts[i].bytes) return "text " + std::to_string(i);
  }
  return "";
}

RandomEvents::RandomEvents(uint64_t seed, const RandomShape& shape) : random_(seed), shape_(shape) {
  for (uint32_t i = 1; i <= 5; ++i) {
    Container& c = containers_.emplace_back();
    c.index = i;
    c.id = text(64);
    c.name = text(20);
    c.image = text(30);
    c.runtime = i % 2 ? "runc" : "";
    c.engine = "docker";
    c.cgroup_path = "/system.slice/" + text(40);
    c.cgroup_id = random_();
    c.started_ns = below(5);
    c.stopped_ns = below(5);
    c.existing = below(2);
    c.no_new_privs = below(2);
    c.seccomp_mode = static_cast<uint32_t>(below(3));
    for (uint64_t k = below(3); k > 0; --k) c.attributes.emplace_back(text(10), text(20));
    for (uint64_t k = below(3); k > 0; --k) c.facts.push_back({text(10), text(20), text(5)});
  }
  for (size_t i = 0; i < shape.types; ++i) make_type(i);
  while (tasks_.size() < shape.tasks) make_task();
}

std::string RandomEvents::text(size_t longest) {
  std::string bytes(below(longest + 1), 'x');
  for (char& c : bytes) c = static_cast<char>(below(8) ? 'a' + below(4) : below(256));
  return bytes;
}

uint64_t RandomEvents::number() {
  switch (below(6)) {
    case 0:
      return 0;
    case 1:
      return random_();
    case 2:
      return random_() >> 32;
    case 3:
      return 0 - below(200);
    default:
      return below(300);
  }
}

void RandomEvents::make_type(size_t i) {
  static const Kind kKinds[] = {Kind::i32, Kind::pointer, Kind::path,        Kind::argv,
                                Kind::u64, Kind::fd,      Kind::sockaddr_in, Kind::open_flags};
  EventType& type = types_.emplace_back();
  type.id = static_cast<uint16_t>(i < 900 ? i : i + 1100);
  type.name = "call_" + std::to_string(i);
  type.is_syscall = true;
  for (uint64_t k = below(kMaxArgs + 1); k > 0; --k) {
    const KindRow& row = kind_row(kKinds[below(8)]);
    type.args.push_back({"a" + std::to_string(k), row.kind, row.form, std::string(row.c_type)});
  }
  // Names of descriptors: of the first argument, and of the result.
  const KindRow& name = kind_row(Kind::fd_name);
  const size_t count = type.args.size();
  if (i % 3 == 0 && count > 0 && count + 2 <= kMaxArgs) {
    type.args.push_back({type.args[0].name, name.kind, name.form, std::string(name.c_type)});
    type.args.push_back({"", name.kind, name.form, std::string(name.c_type)});
  }
}

void RandomEvents::make_task() {
  Task& t = tasks_.emplace_back();
  t.serial = tasks_.size();
  uint32_t* const numbers[] = {&t.pid,     &t.tid,     &t.ppid,   &t.ns_pid, &t.ns_tid,
                               &t.ns_ppid, &t.uid,     &t.gid,    &t.mnt_ns, &t.pid_ns,
                               &t.net_ns,  &t.user_ns, &t.uts_ns, &t.ipc_ns, &t.cgroup_ns};
  for (uint32_t* field : numbers) *field = static_cast<uint32_t>(random_() >> below(32));
  t.tid |= 1;
  t.cgroup_id = number();
  t.start_ns = number();
  t.comm = text(15);
  t.exe = below(3) ? text(30) : "";
  t.host_name = below(3) ? "host" : text(64);
  if (below(4)) {
    t.container = &containers_[below(containers_.size())];
    t.phase = static_cast<Phase>(1 + below(3));
  }
}

RecordingHeader RandomEvents::header() {
  RecordingHeader header;
  header.tool_version = "0.1.0";
  header.host_name = "host";
  header.kernel_release = "6.1";
  header.architecture = "x86_64";
  header.boot_id = "b00t";
  header.command_line = {"ctrace-record", "-o", "\xff\n"};
  header.monotonic_ns = 1;
  header.realtime_ns = 2;
  header.boottime_ns = 3;
  header.utc_offset_s = -3600;
  header.cpu_count = static_cast<uint32_t>(shape_.cpus);
  header.filters = {"--set", "net", ""};
  header.command_mode = true;
  for (const EventType& type : types_) {
    if (!shape_.foreign_types || type.id % 5 != 3) header.event_types.push_back(type);
  }
  return header;
}

const Event& RandomEvents::next() {
  texts_.clear();
  event_ = Event();
  const uint64_t step = below(shape_.longest_step_ns + 1);
  now_ += shape_.backwards && below(20) == 0 ? 0 - step : step;
  event_.time_ns = now_;
  event_.cpu = static_cast<uint16_t>(below(shape_.cpus));
  event_.abi = static_cast<Abi>(below(10) ? 0 : below(kAbiCount));
  if (below(8) == 0)
    event_.denied = static_cast<Denied>(below(static_cast<uint64_t>(Denied::kOther) + 1));
  if (below(3) == 0) event_.duration_ns = number();
  event_.type = &types_[below(types_.size())];
  event_.task = &tasks_[below(tasks_.size())];
  event_.result = static_cast<int64_t>(number());
  for (size_t a = 0; a < event_.type->args.size(); ++a) {
    if (!has_text(event_.type->args[a].form)) {
      event_.args[a] = number();
      continue;
    }
    Text& value = event_.texts[a];
    value.state = static_cast<Text::State>(below(5));
    if (value.state <= Text::State::kCut) {
      value.bytes = texts_.emplace_back(text(below(50) ? 12 : shape_.longest_text));
    } else if (value.state != Text::State::kNull) {
      event_.args[a] = number();
    }
  }
  return event_;
}

Contents read_all(RecordingReader& reader) {
  Contents contents;
  const auto done = reader.read({}, [&](const Event& event) {
    contents.events.push_back(own(event));
    return true;
  });
  EXPECT_TRUE(done);
  contents.damage = reader.damage();
  contents.state = reader.state();
  return contents;
}

std::string write_small(const std::string& path, size_t blocks, size_t events, uint64_t seed,
                        size_t chunk_values) {
  RandomShape shape;
  shape.types = 6;
  shape.tasks = 3;
  shape.longest_text = 12;
  RandomEvents random(seed, shape);
  auto writer =
      RecordingWriter::create(path, random.header(), {.force = true, .chunk_values = chunk_values});
  EXPECT_TRUE(writer) << writer.error().message;
  for (size_t block = 0; block < blocks; ++block) {
    if (block < 2) {
      EXPECT_TRUE((*writer)->put_container(random.containers()[block]));
    }
    for (size_t i = 0; i < events; ++i) EXPECT_TRUE((*writer)->add(random.next()));
    EXPECT_TRUE((*writer)->flush());
  }
  RecordingTotals totals;
  totals.cpus = {{10, 8, 2}, {5, 5, 0}};
  totals.lost = 2;
  EXPECT_TRUE((*writer)->finish(totals));
  return read_file(path);
}

std::vector<size_t> frame_offsets(const std::string& bytes) {
  std::vector<size_t> offsets;
  size_t at = 0;
  while (at + kFrameHeaderSize <= bytes.size()) {
    FrameHeader header;
    const auto* begin = reinterpret_cast<const uint8_t*>(bytes.data()) + at;
    EXPECT_EQ(decode_frame_header(
                  std::span<const uint8_t, kFrameHeaderSize>(begin, kFrameHeaderSize), &header),
              HeaderCheck::kGood);
    offsets.push_back(at);
    at += header.frame_size();
  }
  offsets.push_back(at);
  return offsets;
}

}  // namespace ctrace::testing
