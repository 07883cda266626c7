#include "format/print/json_printer.h"

#include "format/decode/decode.h"
#include "format/decode/structures.h"
#include "format/print/escape.h"
#include "format/print/json_value.h"

namespace ctrace {
namespace {

constexpr size_t kPhaseCount = std::size(kPhaseNames);

// By state; empty: not told.
constexpr std::string_view kStateKeys[] = {"", R"(,"state":"cut")", R"(,"state":"unreadable")", "",
                                           R"(,"state":"not read")"};

// By Event::denied; the names are those of kDeniedNames.
constexpr std::string_view kDeniedTexts[] = {
    R"(,"denied":null)",          R"(,"denied":"ERRNO")",        R"(,"denied":"TRAP")",
    R"(,"denied":"KILL_THREAD")", R"(,"denied":"KILL_PROCESS")", R"(,"denied":"NOTIFY")",
    R"(,"denied":"TRACE")",       R"(,"denied":"OTHER")"};
static_assert(std::size(kDeniedTexts) == std::size(kDeniedNames));

void append_number(Form form, uint64_t value, OutputBuffer& out) {
  switch (form) {
    case Form::kSigned32:
      return out.append_decimal(static_cast<int32_t>(value));
    case Form::kUnsigned32:
      return out.append_decimal(static_cast<uint32_t>(value));
    case Form::kSigned64:
      return append_json_number(static_cast<int64_t>(value), out);
    case Form::kUnsigned64:
      return append_json_number(value, out);
    default:
      out.append('"');
      out.append_hex(value);
      out.append('"');
  }
}

void append_strings(std::string_view strings, OutputBuffer& out) {
  out.append('[');
  for (bool first = true; !strings.empty(); first = false) {
    if (!first) out.append(',');
    append_json_string(take_string(strings), out);
  }
  out.append(']');
}

// `,"abi":"i386","phase":"own","errno":` of each ABI and phase.
struct Origins {
  std::string text[kAbiCount][kPhaseCount];
  Origins() {
    for (size_t abi = 0; abi < kAbiCount; ++abi) {
      for (size_t phase = 0; phase < kPhaseCount; ++phase) {
        std::string& origin = text[abi][phase];
        origin = R"(,"abi":")" + std::string(abi_name(static_cast<Abi>(abi)));
        origin += R"(","phase":")" + std::string(kPhaseNames[phase]) + R"(","errno":)";
      }
    }
  }
};

const std::string& origin_text(Abi abi, Phase phase) {
  static const Origins kOrigins;
  return kOrigins
      .text[static_cast<size_t>(abi) % kAbiCount][static_cast<size_t>(phase) % kPhaseCount];
}

}  // namespace

JsonPrinter::JsonPrinter(const RecordingHeader& header, OutputBuffer& out)
    : clock_(header), durations_(header.durations), out_(out) {}

void JsonPrinter::event(const Event& event) {
  const TypeText& type = types_.get(*event.type, type_text);
  const TaskText& task = tasks_.get(*event.task, task_text);

  out_.append(R"({"timestamp":)");
  out_.append_decimal(event.time_ns / 1000);
  out_.append(task.before);
  out_.append(type.head);
  if (is_unfinished(event)) {
    out_.append("null");
  } else {
    append_json_number(event.result, out_);
  }
  append_args(event, type);
  out_.append(task.after);
  out_.append_decimal(event.cpu);
  out_.append(origin_text(event.abi, event.task->phase));
  const std::string_view error = is_failed(event) || is_restart(event)
                                     ? errno_name(static_cast<int>(-event.result))
                                     : std::string_view();
  append_json_known("", error, out_);
  out_.append(kDeniedTexts[static_cast<size_t>(event.denied) % std::size(kDeniedTexts)]);

  append_name(R"(,"returnedFile":)", event, type.names.of_result);
  if (durations_) append_duration(event.duration_ns);
  if (event.profile_answer != nullptr) {
    append_json_known(R"(,"profile":)", *event.profile_answer, out_);
  }

  constexpr std::string_view kTimeKey = R"(,"time":")";
  char* to = out_.reserve(kTimeKey.size() + WallClock::kUtcSize + 3);
  to = std::copy(kTimeKey.begin(), kTimeKey.end(), to);
  clock_.put_utc(event.time_ns, to);
  to += WallClock::kUtcSize;
  std::memcpy(to, "\"}\n", 3);
  out_.commit(to + 3);
}

JsonPrinter::TypeText JsonPrinter::type_text(const EventType& type) {
  TypeText text;
  OutputBuffer out(-1);
  out.append(R"(,"eventId":")");
  out.append_decimal(type.id);
  out.append(R"(","eventName":)");
  append_json_string(type.name, out);
  out.append(R"(,"argsNum":)");
  out.append_decimal(arg_count(type));
  out.append(R"(,"returnValue":)");
  text.head = out.text();
  text.names = NamePlaces(type);
  for (size_t i = 0; i < arg_count(type); ++i) {
    out.clear();
    out.append(i == 0 ? R"({"name":)" : R"(,{"name":)");
    append_json_string(type.args[i].name, out);
    out.append(R"(,"type":)");
    append_json_string(type.args[i].c_type, out);
    out.append(R"(,"value":)");
    text.args.push_back({out.text(), type.args[i].kind, type.args[i].form});
  }
  return text;
}

JsonPrinter::TaskText JsonPrinter::task_text(const Task& task) {
  const auto number = [](std::string_view key, uint32_t value) {
    return std::string(key) + std::to_string(value);
  };
  TaskText text;
  text.before = number(R"(,"processId":)", task.ns_pid) + number(R"(,"threadId":)", task.ns_tid) +
                number(R"(,"parentProcessId":)", task.ns_ppid) + number(R"(,"userId":)", task.uid) +
                number(R"(,"mountNamespace":)", task.mnt_ns) +
                number(R"(,"pidNamespace":)", task.pid_ns);
  OutputBuffer names(-1);
  names.append(R"(,"processName":)");
  append_json_string(task.comm, names);
  names.append(R"(,"hostName":)");
  append_json_string(task.host_name, names);
  text.before += names.text();

  OutputBuffer container(-1);
  append_json_container(task.container, container);
  OutputBuffer exe(-1);
  append_json_known(R"(,"exe":)", task.exe, exe);
  text.after = R"(],"container":)" + container.text() + exe.text() +
               number(R"(,"hostProcessId":)", task.pid) + number(R"(,"hostThreadId":)", task.tid) +
               number(R"(,"hostParentProcessId":)", task.ppid) +
               number(R"(,"groupId":)", task.gid) + R"(,"cgroupId":")" +
               std::to_string(task.cgroup_id) + R"(","cpu":)";
  return text;
}

void JsonPrinter::append_args(const Event& event, const TypeText& type) {
  out_.append(R"(,"args":[)");
  for (size_t i = 0; i < type.args.size(); ++i) {
    const ArgText& arg = type.args[i];
    out_.append(arg.beginning);
    if (arg.form == Form::kStruct && has_bytes(event.texts[i])) {
      append_struct_value(event, i);
    } else if (is_number_instead(event, i)) {
      append_value(event, i, arg);
    } else if (has_text(arg.form)) {
      append_text(event.texts[i], event.args[i], arg.form);
    } else {
      append_value(event, i, arg);
      append_name(R"(,"file":)", event, type.names.of[i]);
    }
    out_.append('}');
  }
}

void JsonPrinter::append_duration(uint64_t duration_ns) {
  out_.append(R"(,"duration":)");
  if (duration_ns == 0) return out_.append("null");
  append_json_number(duration_ns, out_);
}

void JsonPrinter::append_name(std::string_view key, const Event& event, size_t place) {
  const std::string_view name = descriptor_name(event, place);
  if (name.empty()) return;
  out_.append(key);
  append_json_string(name, out_);
}

void JsonPrinter::append_value(const Event& event, size_t index, const ArgText& arg) {
  const size_t start = out_.size();
  out_.append('"');
  if (append_decoded(event, index, out_)) return close_string(start);
  out_.truncate(start);
  append_number(arg.form, event.args[index], out_);
}

void JsonPrinter::append_text(const Text& text, uint64_t address, Form form) {
  if (text.state == Text::State::kNull) return out_.append("null");
  if (text.state == Text::State::kUnreadable || text.state == Text::State::kNotRead) {
    append_number(Form::kHex, address, out_);
  } else if (form == Form::kStrings) {
    append_strings(text.bytes, out_);
  } else if (form == Form::kSockaddr) {
    const size_t start = out_.size();
    out_.append('"');
    append_sockaddr(text.bytes, out_);
    close_string(start);
  } else {
    append_json_string(text.bytes, out_);
  }
  out_.append(kStateKeys[static_cast<size_t>(text.state) % std::size(kStateKeys)]);
}

void JsonPrinter::append_struct_value(const Event& event, size_t index) {
  const bool whole = append_struct(event, index, {.json = true}, out_);
  const Text::State state = whole ? event.texts[index].state : Text::State::kCut;
  out_.append(kStateKeys[static_cast<size_t>(state) % std::size(kStateKeys)]);
}

void JsonPrinter::close_string(size_t start) {
  const std::string_view made = out_.since(start + 1);
  if (is_plain<'\\', '"'>(made)) return out_.append('"');
  const std::string copy(made);
  out_.truncate(start);
  append_json_string(copy, out_);
}

}  // namespace ctrace
