#include "format/filter/field.h"

#include <algorithm>
#include <iterator>
#include <vector>

#include "format/catalogue/catalogue.h"
#include "format/decode/decode.h"
#include "format/decode/structures.h"
#include "format/filter/nearest_name.h"
#include "format/model/container_facts.h"
#include "format/print/descriptor_name.h"
#include "format/print/print_cache.h"

namespace ctrace {
namespace {

constexpr std::string_view kArgPrefix = "arg.", kLabelPrefix = "container.label(",
                           kFactPrefix = "container.fact(";

// What many rows say of a task, a result or a container.
template <auto Member>
Number task_number(const Event& event) {
  return event.task->*Member;
}
template <auto Member>
std::string_view container_text(const Event& event) {
  const Container* container = event.task->container;
  return container ? std::string_view(container->*Member) : std::string_view();
}
Number error_number(const Event& event) {
  return is_failed(event) || is_restart(event) ? -event.result : 0;
}
std::string_view result_name(const Event& event) {
  return descriptor_name(event, result_name_index(*event.type));
}
std::string_view profile_answer(const Event& event) {
  return event.profile_answer ? std::string_view(*event.profile_answer) : std::string_view();
}
Number is_successful(const Event& event) {
  return event.type->is_syscall && has_result(event) && !is_failed(event) &&
         !is_refused(event.denied);
}
Number duration_number(const Event& event) { return event.duration_ns; }
using enum FieldType;

// clang-format off
constexpr FieldRow kRows[] = {
    {"event", "event", "name of the event; `in %file`: any event of a set", kEvent,
     nullptr, [](const Event& e) -> std::string_view { return e.type->name; }},
    {"event.id", "number", "number of the event, as --format json has it", kNumber,
     [](const Event& e) -> Number { return e.type->id; }},
    {"set", "set", "any set of the event", kSet},
    {"ret", "number", "result; -ENOENT where a system call failed", kResult,
     [](const Event& e) -> Number { return e.result; }},
    {"ret.name", "text", "what a result that is a descriptor refers to: a path, TCP:[...]", kText,
     nullptr, result_name},
    {"errno", "number", "ENOENT where a system call failed, ERESTARTSYS where it is to restart, else 0",
     kErrno, error_number},
    {"failed", "flag", "a system call that returned an error", kFlag,
     [](const Event& e) -> Number { return is_failed(e); }},
    {"successful", "flag", "a system call that did not, and was not denied", kFlag, is_successful},
    {"restarted", "flag", "a system call that a signal interrupted and the kernel makes anew", kFlag,
     [](const Event& e) -> Number { return is_restart(e); }},
    {"unfinished", "flag", "a system call that had not ended when the recording did", kFlag,
     [](const Event& e) -> Number { return is_unfinished(e); }},
    {"duration", "number", "nanoseconds that a system call took; known with ctrace-record --durations",
     kNumber, duration_number},
    {"denied", "flag", "a system call that seccomp refused, or left to a supervisor or tracer",
     kFlag, [](const Event& e) -> Number { return e.denied != Denied::kNo; }},
    {"denied.action", "word", "what seccomp did: ERRNO, TRAP, KILL_THREAD, KILL_PROCESS, NOTIFY, TRACE",
     kWord, nullptr, [](const Event& e) { return denied_name(e.denied); },
     std::span(kDeniedNames).subspan(1)},
    {"profile.refused", "flag", "a system call that the profile of ctrace-replay --profile would not let through",
     kFlag, [](const Event& e) -> Number { return !profile_answer(e).empty(); }},
    {"profile.answer", "text", "what that profile would answer: ERRNO(EPERM), LOG, ...", kText,
     nullptr, profile_answer},
    {"arg.NAME", "argument", "the argument of this name: text, or a number with its words, or a descriptor and its name", kArg},
    {"path", "text", "any argument that is a path, and what any descriptor refers to", kPath},
    {"args", "column", "all arguments as the table shows them; for --fields alone", kAllArgs},
    {"comm", "text", "name of the task, 15 bytes at most", kText,
     nullptr, [](const Event& e) -> std::string_view { return e.task->comm; }},
    {"exe", "text", "path of the program that the task runs, as it sees it", kText,
     nullptr, [](const Event& e) -> std::string_view { return e.task->exe; }},
    {"pid", "number", "process, as it sees itself (in its pid namespace)", kNumber,
     task_number<&Task::ns_pid>},
    {"tid", "number", "thread, as it sees itself", kNumber, task_number<&Task::ns_tid>},
    {"ppid", "number", "parent process, as the process sees it", kNumber,
     task_number<&Task::ns_ppid>},
    {"host.pid", "number", "process, as the recorder saw it", kNumber, task_number<&Task::pid>},
    {"host.tid", "number", "thread, as the recorder saw it", kNumber, task_number<&Task::tid>},
    {"host.ppid", "number", "parent process, as the recorder saw it", kNumber,
     task_number<&Task::ppid>},
    {"uid", "number", "real user id, in the initial user namespace", kNumber,
     task_number<&Task::uid>},
    {"gid", "number", "real group id, in the initial user namespace", kNumber,
     task_number<&Task::gid>},
    {"phase", "word", "who made the call: host, setup (the runtime), own, entered", kWord,
     nullptr, [](const Event& e) { return phase_name(e.task->phase); }, kPhaseNames},
    {"abi", "word", "system call table: x86_64, i386, x32, arm64, arm", kWord,
     nullptr, [](const Event& e) { return abi_name(e.abi); }, kAbiNames},
    {"cpu", "number", "CPU that the event was made on", kNumber,
     [](const Event& e) -> Number { return e.cpu; }},
    {"time", "time", "when; compared with \"10:11:12.5\", \"+1.5s\" or what else --since takes",
     kTime, [](const Event& e) -> Number { return e.time_ns; }},
    {"container", "container", "the container, by any word that --container takes", kContainer},
    {"container.id", "text", "its full id", kText, nullptr, container_text<&Container::id>},
    {"container.name", "text", "its name", kText, nullptr, container_text<&Container::name>},
    {"container.image", "text", "its image", kText, nullptr, container_text<&Container::image>},
    {"container.runtime", "text", "its runtime: runc, crun", kText,
     nullptr, container_text<&Container::runtime>},
    {"container.engine", "text", "its engine: docker, podman, containerd, cri-o, lxc, nspawn", kText,
     nullptr, container_text<&Container::engine>},
    {"container.cgroup", "text", "path of its cgroup", kText,
     nullptr, container_text<&Container::cgroup_path>},
    {"container.label(KEY)", "text", "the value of one of its labels", kLabel},
    {"container.fact(KEY)", "text", "what else is known of it: pod.name, image.id, hostname, mount, ...",
     kFact},
    {"hostname", "text", "host name that the task sees", kText,
     nullptr, [](const Event& e) -> std::string_view { return e.task->host_name; }},
    {"ns.mnt", "number", "mount namespace", kNumber, task_number<&Task::mnt_ns>},
    {"ns.pid", "number", "pid namespace", kNumber, task_number<&Task::pid_ns>},
    {"ns.net", "number", "network namespace", kNumber, task_number<&Task::net_ns>},
    {"ns.user", "number", "user namespace", kNumber, task_number<&Task::user_ns>},
    {"ns.uts", "number", "host name's namespace", kNumber, task_number<&Task::uts_ns>},
    {"ns.ipc", "number", "IPC namespace", kNumber, task_number<&Task::ipc_ns>},
    {"ns.cgroup", "number", "cgroup namespace", kNumber, task_number<&Task::cgroup_ns>},
    {"cgroup", "number", "id of the cgroup", kNumber, task_number<&Task::cgroup_id>},
};
// clang-format on

Number arg_number(Form form, uint64_t value) {
  switch (form) {
    case Form::kSigned32:
      return static_cast<int32_t>(value);
    case Form::kUnsigned32:
      return static_cast<uint32_t>(value);
    case Form::kSigned64:
      return static_cast<int64_t>(value);
    default:
      return value;
  }
}

bool give_text(std::string_view text, ValueSink& sink) { return sink.take({true, 0, text}); }

// A text that was read, whole or cut. False: the sink has had enough.
bool give_arg_text(const Text& text, Form form, OutputBuffer& scratch, ValueSink& sink) {
  if (text.state != Text::State::kWhole && text.state != Text::State::kCut) return true;
  if (form == Form::kSockaddr) {
    scratch.clear();
    append_sockaddr(text.bytes, scratch);
    return give_text(scratch.since(0), sink);
  }
  if (form != Form::kStrings) return give_text(text.bytes, sink);
  for (std::string_view left = text.bytes; !left.empty();) {
    if (!give_text(take_string(left), sink)) return false;
  }
  return true;
}

void give_arg(const Field& field, const Event& event, bool words, OutputBuffer& scratch,
              ValueSink& sink) {
  for (size_t i = 0; i < arg_count(*event.type); ++i) {
    const ArgType& arg = event.type->args[i];
    if (arg.name != field.parameter) continue;
    if (arg.form == Form::kStruct && has_bytes(event.texts[i])) {
      scratch.clear();
      append_struct(event, i, {}, scratch);
      give_text(scratch.since(0), sink);
    } else if (has_text(arg.form)) {
      give_arg_text(event.texts[i], arg.form, scratch, sink);
      return;
    }
    if (!sink.take({false, arg_number(arg.form, event.args[i]), {}})) return;
    if (!words) return;
    scratch.clear();
    if (append_decoded(event, i, scratch) && !give_text(scratch.since(0), sink)) return;
    const auto name = descriptor_name(event, name_index(*event.type, arg.name));
    if (!name.empty()) sink.take({true, 0, name, true});
    return;
  }
}

void give_paths(const Event& event, OutputBuffer& scratch, ValueSink& sink) {
  for (size_t i = 0; i < arg_count(*event.type); ++i) {
    const ArgType& arg = event.type->args[i];
    if (arg.kind != Kind::path && arg.kind != Kind::out_path) continue;
    if (!has_text(arg.form)) continue;
    if (!give_arg_text(event.texts[i], arg.form, scratch, sink)) return;
  }
  for (size_t i = arg_count(*event.type); i < std::min(event.type->args.size(), kMaxArgs); ++i) {
    const std::string_view name = descriptor_name(event, i);
    if (!name.empty() && !give_text(name, sink)) return;
  }
}

void give_sets(const Event& event, ValueSink& sink) {
  const SetMask mask = event_sets(event.type->id);
  for (size_t i = 0; i < set_rows().size(); ++i) {
    if ((mask >> i & 1) != 0 && !give_text(set_rows()[i].name, sink)) return;
  }
}

void give_label(const Field& field, const Event& event, ValueSink& sink) {
  const Container* container = event.task->container;
  if (container == nullptr) return;
  for (const auto& [key, value] : container->attributes) {
    if (key == field.parameter && !give_text(value, sink)) return;
  }
}

void give_fact(const Field& field, const Event& event, ValueSink& sink) {
  const Container* container = event.task->container;
  if (container == nullptr) return;
  for (const Fact& fact : container->facts) {
    if (fact.key == field.parameter && !give_text(fact.value, sink)) return;
  }
}

void give_container(const Event& event, ValueSink& sink) {
  const Container* container = event.task->container;
  if (container == nullptr) return;
  if (container->name.empty() && container->id.empty()) return;
  give_text(container->name.empty() ? container->short_id() : container->name, sink);
}

std::string known_facts(std::string_view key) {
  std::vector<std::string_view> known;
  for (const FactKey& each : kFactKeys) known.push_back(each.key);
  return suggestion(key, known);
}

}  // namespace

std::span<const FieldRow> field_rows() { return kRows; }

Result<Field> find_field(std::string_view name) {
  const auto row_of = [](FieldType kind) {
    return std::ranges::find(kRows, kind, &FieldRow::kind);
  };
  if (name.starts_with(kArgPrefix) && name.size() > kArgPrefix.size()) {
    return Field{row_of(kArg), std::string(name.substr(kArgPrefix.size())), std::string(name)};
  }
  for (const auto& [prefix, kind] : {std::pair(kLabelPrefix, kLabel), {kFactPrefix, kFact}}) {
    if (!name.starts_with(prefix) || !name.ends_with(')')) continue;
    const auto key = name.substr(prefix.size(), name.size() - prefix.size() - 1);
    if (kind == kFact && std::ranges::find(kFactKeys, key, &FactKey::key) == std::end(kFactKeys)) {
      return unexpected(Error::Kind::kUsage, "nothing is known of containers as '" +
                                                 std::string(key) + "'" + known_facts(key));
    }
    return Field{row_of(kind), std::string(key), std::string(name)};
  }
  const auto* row = std::ranges::find(kRows, name, &FieldRow::name);
  if (row != std::end(kRows) && row->kind != kArg && row->kind != kLabel && row->kind != kFact) {
    return Field{row, "", std::string(name)};
  }
  std::vector<std::string_view> known;
  for (const FieldRow& each : kRows) known.push_back(each.name);
  return unexpected(Error::Kind::kUsage,
                    "unknown field '" + std::string(name) + "'" + suggestion(name, known));
}

void visit_values(const Field& field, const Event& event, bool words, OutputBuffer& scratch,
                  ValueSink& sink) {
  const FieldRow& row = *field.row;
  if (row.kind == kResult && is_unfinished(event)) return;
  if (row.number == duration_number && event.duration_ns == 0) return;  // not known
  if (row.number) {
    sink.take({false, row.number(event), {}});
  } else if (row.text) {
    const std::string_view text = row.text(event);
    if (!text.empty()) give_text(text, sink);
  } else if (row.kind == kArg) {
    give_arg(field, event, words, scratch, sink);
  } else if (row.kind == kPath) {
    give_paths(event, scratch, sink);
  } else if (row.kind == kSet) {
    give_sets(event, sink);
  } else if (row.kind == kLabel) {
    give_label(field, event, sink);
  } else if (row.kind == kFact) {
    give_fact(field, event, sink);
  } else if (row.kind == kContainer) {
    give_container(event, sink);
  }
}

}  // namespace ctrace
