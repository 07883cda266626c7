#include "analyze/json_lines_reader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <nlohmann/json.hpp>

#include "analyze/encode.h"
#include "format/base/file.h"
#include "format/catalogue/catalogue.h"
#include "format/print/print_cache.h"

namespace ctrace {
namespace {

using nlohmann::json;

constexpr size_t kMaxDamage = 16;  // told apart; the rest is one more
constexpr size_t kMaxTypes = 4096;

// ---- strings. A byte that is no UTF-8 is the lone surrogate \udcXX (print/escape.h), which no
// strict parser takes: such bytes pass it as U+10FFXX, which is no character of any text.

bool is_escape(std::string_view text, size_t at, std::string_view firsts) {
  return at + 6 <= text.size() && text[at] == '\\' && text[at + 1] == 'u' &&
         (text[at + 2] == 'd' || text[at + 2] == 'D') &&
         firsts.find(text[at + 3]) != std::string_view::npos;
}

std::string with_strict_escapes(std::string_view text) {
  std::string strict;
  strict.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    size_t size = text[at] == '\\' ? std::min<size_t>(2, text.size() - at) : 1;
    if (is_escape(text, at, "89abAB")) size = std::min<size_t>(12, text.size() - at);
    if (is_escape(text, at, "cC")) {
      strict.append("\\udbff\\udf").append(text.substr(at + 4, 2));
      at += 6;
      continue;
    }
    strict.append(text.substr(at, size));
    at += size;
  }
  return strict;
}

std::string with_bytes(const std::string& text) {
  if (text.find("\xf4\x8f") == std::string::npos) return text;
  std::string bytes;
  for (size_t at = 0; at < text.size(); ++at) {
    const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[at + i]); };
    if (at + 4 <= text.size() && byte(0) == 0xf4 && byte(1) == 0x8f && byte(2) >= 0xbe) {
      bytes += static_cast<char>(0x80 | (byte(2) & 1) << 6 | (byte(3) & 0x3f));
      at += 3;
    } else {
      bytes += text[at];
    }
  }
  return bytes;
}

// ---- fields, each absent or of another type when the line says so

std::string text_field(const json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_string()) return {};
  return with_bytes(found->get_ref<const std::string&>());
}

// Numbers; also as strings, which is how large ones are printed.
uint64_t number_of(const json& value) {
  if (value.is_number_unsigned()) return value.get<uint64_t>();
  if (value.is_number_integer()) return static_cast<uint64_t>(value.get<int64_t>());
  if (value.is_string()) {
    return encode_words(Kind::kUnknown, value.get_ref<const std::string&>()).value_or(0);
  }
  return 0;
}
uint64_t number_field(const json& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() ? 0 : number_of(*found);
}

Abi abi_of(const json& object) {
  const std::string name = text_field(object, "abi");
  for (size_t i = 0; i < kAbiCount; ++i) {
    if (abi_name(static_cast<Abi>(i)) == name) return static_cast<Abi>(i);
  }
  return Abi::kX86_64;
}

Phase phase_of(const json& object, bool in_container) {
  static constexpr std::string_view kNames[] = {"host", "setup", "own", "entered"};
  const auto found = std::ranges::find(kNames, text_field(object, "phase"));
  if (found != std::end(kNames)) return static_cast<Phase>(found - std::begin(kNames));
  return in_container ? Phase::kOwn : Phase::kHost;
}

Denied denied_of(const json& object) {
  const auto found = std::ranges::find(kDeniedNames, text_field(object, "denied"));
  if (found == std::end(kDeniedNames)) return Denied::kOther;
  return static_cast<Denied>(found - std::begin(kDeniedNames));
}

Text::State state_of(const json& arg) {
  const std::string state = text_field(arg, "state");
  if (state == "cut") return Text::State::kCut;
  if (state == "unreadable") return Text::State::kUnreadable;
  return state == "not read" ? Text::State::kNotRead : Text::State::kWhole;
}

void take_text(const json& value, Form form, const json& arg, Text& text, std::string& bytes) {
  text.state = state_of(arg);
  bytes.clear();
  if (value.is_null()) {
    text.state = Text::State::kNull;
  } else if (form == Form::kStruct) {
    text.state = Text::State::kNotRead;  // words are no bytes
  } else if (value.is_string()) {
    bytes = with_bytes(value.get_ref<const std::string&>());
    if (form == Form::kSockaddr) bytes = encode_sockaddr(bytes);
    if (form == Form::kSockaddr && bytes.empty()) text.state = Text::State::kNotRead;
  } else if (value.is_array()) {
    for (const json& item : value) {
      if (item.is_string()) bytes += with_bytes(item.get_ref<const std::string&>()) + '\0';
    }
  } else {
    text.state = Text::State::kNotRead;
  }
  text.bytes = bytes;
}

// What a descriptor refers to, as it stands at `key`.
void take_name(const json& object, const char* key, size_t index, LineEvent& line) {
  if (index == kNoName) return;
  Text& text = line.event.texts[index];
  line.bytes[index] = text_field(object, key);
  text = {line.bytes[index], line.bytes[index].empty() ? Text::State::kNull : Text::State::kWhole};
}

void take_args(const json& list, LineEvent& line) {
  const auto& types = line.event.type->args;
  for (const json& arg : list) {
    if (!arg.is_object()) continue;
    const std::string name = text_field(arg, "name");
    const auto type = std::ranges::find(types, name, &ArgType::name);
    const auto value = arg.find("value");
    if (type == types.end() || value == arg.end()) continue;
    const auto index = static_cast<size_t>(type - types.begin());
    Event& event = line.event;
    take_name(arg, "file", name_index(*event.type, name), line);
    if (has_text(type->form)) {
      take_text(*value, type->form, arg, event.texts[index], line.bytes[index]);
    } else if (value->is_string()) {
      event.args[index] =
          encode_words(type->kind, value->get_ref<const std::string&>()).value_or(0);
    } else {
      event.args[index] = number_of(*value);
    }
  }
}

void take_task(const json& object, Task& task) {
  const auto number = [&](const char* key) {
    return static_cast<uint32_t>(number_field(object, key));
  };
  task.ns_pid = number("processId");
  task.ns_tid = number("threadId");
  task.ns_ppid = number("parentProcessId");
  task.uid = number("userId");
  task.gid = number("groupId");
  task.mnt_ns = number("mountNamespace");
  task.pid_ns = number("pidNamespace");
  // The original tracer's lines know the container's numbers alone.
  const bool has_host = object.contains("hostProcessId");
  task.pid = has_host ? number("hostProcessId") : task.ns_pid;
  task.tid = has_host ? number("hostThreadId") : task.ns_tid;
  task.ppid = number("hostParentProcessId");
  task.comm = text_field(object, "processName");
  task.exe = text_field(object, "exe");
  task.host_name = text_field(object, "hostName");
}

bool is_syscall_id(uint64_t id) { return id < kSyscallIds || id >= kForeignBase; }

}  // namespace

Result<std::unique_ptr<RecordingReader>> open_recording(const std::string& path) {
  // Nobody is waited for who may never write into a pipe.
  FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status = {};
  const bool is_open = file && fstat(file.get(), &status) == 0;
  if (is_open && S_ISFIFO(status.st_mode)) {
    return unexpected(Error::Kind::kNotARecording,
                      "'" + path + "' is a pipe: recordings and lines are read twice, from files");
  }
  char first = '\0';
  if (is_open && S_ISREG(status.st_mode) && ::read(file.get(), &first, 1) == 1 && first == '{') {
    return JsonLinesReader::open(path);
  }
  return RecordingReader::open(path);  // tells what is wrong
}

Result<std::unique_ptr<RecordingReader>> JsonLinesReader::open(const std::string& path) {
  std::unique_ptr<JsonLinesReader> reader(new JsonLinesReader(path));
  if (auto surveyed = reader->survey(); !surveyed) return unexpected(surveyed.error());
  return std::unique_ptr<RecordingReader>(std::move(reader));
}

// Gives each line with its offset; what is longer than the limit is passed over.
Result<void> JsonLinesReader::for_each_line(
    const std::function<bool(std::string_view, uint64_t)>& sink) {
  FileDescriptor file(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return unexpected(system_message("cannot open '" + path_ + "'", errno));
  std::string held;
  std::vector<char> piece(1 << 18);
  uint64_t offset = 0;  // of held
  bool too_long = false;
  for (;;) {
    const ssize_t got = ::read(file.get(), piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return unexpected(system_message("cannot read '" + path_ + "'", errno));
    if (got == 0) break;
    held.append(piece.data(), static_cast<size_t>(got));
    size_t start = 0;
    for (size_t end; (end = held.find('\n', start)) != std::string::npos; start = end + 1) {
      const std::string_view line(held.data() + start, end - start);
      if (!too_long && !line.empty() && !sink(line, offset + start)) return {};
      too_long = false;
    }
    held.erase(0, start);
    offset += start;
    if (held.size() > kMaxLineBytes) {
      if (!too_long) note_damage(offset, "a line is too long");
      too_long = true;
      offset += held.size();
      held.clear();
    }
  }
  if (!held.empty() && !too_long) sink(held, offset);
  size_bytes_ = offset + held.size();
  return {};
}

void JsonLinesReader::note_damage(uint64_t offset, const std::string& what) {
  if (surveyed_) return;  // told by the survey already
  if (damage_.size() < kMaxDamage) damage_.push_back({offset, what});
  if (damage_.size() == kMaxDamage)
    damage_.back().what = "here and later: lines that are no events";
}

Result<void> JsonLinesReader::survey() {
  LineEvent line;
  auto read = for_each_line([&](std::string_view text, uint64_t offset) {
    if (parse(text, line)) {
      count(line);
    } else {
      note_damage(offset, "a line that is no event");
    }
    return true;
  });
  if (!read) return read;
  if (totals_.events == 0 && totals_.lost == 0) {
    return unexpected(Error::Kind::kNotARecording,
                      "'" + path_ + "' is neither a recording nor JSON lines of events");
  }
  header_.monotonic_ns = range_ns_.first;
  header_.command_mode = containers_.empty();
  totals_.end_ns = range_ns_.second;
  surveyed_ = true;
  return {};
}

void JsonLinesReader::count(const LineEvent& line) {
  const Event& event = line.event;
  if (event.type->id == kLost) {
    totals_.lost += event.args[1];
    return;
  }
  ++totals_.events;
  range_ns_.first = range_ns_.first == 0 ? event.time_ns : std::min(range_ns_.first, event.time_ns);
  range_ns_.second = std::max(range_ns_.second, event.time_ns);
  if (event.abi == Abi::kArm64) header_.architecture = "aarch64";
  const uint32_t container = event.task->container == nullptr ? 0 : event.task->container->index;
  const auto [row, is_new] = count_rows_.try_emplace(
      {container, event.task->phase, event.abi, event.type->id}, counts_.size());
  if (is_new) {
    counts_.push_back({container, event.task->phase, event.abi, event.type->id, 0, 0});
    // The schema says what the ids mean, also those that the catalogue has not.
    const auto same = std::ranges::find(header_.event_types, event.type->id, &EventType::id);
    if (same == header_.event_types.end()) header_.event_types.push_back(*event.type);
  }
  CallCount& counted = counts_[row->second];
  ++counted.count;
  if (event.result < 0 && event.result >= -4095) ++counted.failed;
  if (is_refused(event.denied)) ++counted.denied;
}

const EventType* JsonLinesReader::type_of(const std::string& name, Abi abi, uint64_t id) {
  for (const EventType* type : find_events(name)) {
    if (!type->is_syscall || syscall_number(type->id, abi)) return type;
  }
  if (const auto known = types_.find({name, abi}); known != types_.end()) return &known->second;
  if (name.empty() || id >= 4096 || types_.size() >= kMaxTypes) return nullptr;
  EventType type{static_cast<uint16_t>(id), name, {}, is_syscall_id(id)};
  return &types_.emplace(std::pair(name, abi), std::move(type)).first->second;
}

bool JsonLinesReader::parse(std::string_view text, LineEvent& line) {
  const json object = json::parse(with_strict_escapes(text), nullptr, false);
  if (object.is_discarded() || !object.is_object()) return false;
  Event& event = line.event;
  event = Event();
  event.abi = abi_of(object);
  event.type = type_of(text_field(object, "eventName"), event.abi, number_field(object, "eventId"));
  if (event.type == nullptr) return false;
  event.time_ns = number_field(object, "timestamp") * 1000;
  event.cpu = static_cast<uint16_t>(number_field(object, "cpu"));
  event.result = static_cast<int64_t>(number_field(object, "returnValue"));
  const auto result = object.find("returnValue");
  if (result != object.end() && result->is_null() && event.type->is_syscall)
    event.result = kNoResult;
  event.denied = denied_of(object);
  event.duration_ns = number_field(object, "duration");
  line.task = Task();
  take_task(object, line.task);
  event.task = &line.task;
  const auto container = object.find("container");
  if (container != object.end() && container->is_object()) {
    const std::string id = text_field(*container, "id");
    const auto next = static_cast<uint32_t>(containers_.size() + 1);
    const uint32_t index = container_ids_.try_emplace(id, next).first->second;
    Container& row = containers_[index];
    if (row.index == 0) {
      row.index = index;
      row.id = id;
    }
    for (auto [key, field] :
         {std::pair("name", &Container::name), std::pair("image", &Container::image),
          std::pair("runtime", &Container::runtime)}) {
      if ((row.*field).empty()) row.*field = text_field(*container, key);
    }
    line.task.container = &row;
  }
  line.task.phase = phase_of(object, line.task.container != nullptr);
  const auto args = object.find("args");
  if (args != object.end() && args->is_array()) take_args(*args, line);
  take_name(object, "returnedFile", result_name_index(*event.type), line);
  return true;
}

Result<void> JsonLinesReader::read(const Selection& selection,
                                   const std::function<bool(const Event&)>& sink) {
  LineEvent line;
  uint64_t serial = 0;
  return for_each_line([&](std::string_view text, uint64_t) {
    if (!parse(text, line)) return true;
    const uint16_t id = line.event.type->id;
    const auto& wanted = selection.event_ids;
    if (!wanted.empty() && id != kLost && (id >= wanted.size() || !wanted[id])) return true;
    line.task.serial = ++serial;
    return sink(line.event);
  });
}

}  // namespace ctrace
