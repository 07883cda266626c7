#include "format/print/strace_printer.h"

#include "format/catalogue/catalogue.h"
#include "format/decode/decode.h"
#include "format/decode/structures.h"
#include "format/print/arg_value.h"
#include "format/print/escape.h"

namespace ctrace {
namespace {

constexpr std::string_view kPhaseMarks[] = {"", " (setup)", "", " (entered)"};

}  // namespace

StracePrinter::StracePrinter(const PrintOptions& options, const RecordingHeader& header,
                             OutputBuffer& out)
    : clock_(header),
      native_abi_(native_abi(header.architecture)),
      string_size_(options.string_size),
      out_(out) {}

void StracePrinter::event(const Event& event) {
  const TypeText& type = types_.get(*event.type, type_text);
  if (event.type->id != kLost) out_.append(tasks_.get(*event.task, task_text));
  char* const to = out_.reserve(WallClock::kLocalSize + 1);
  clock_.put_local(event.time_ns, to);
  to[WallClock::kLocalSize] = ' ';
  out_.commit(to + WallClock::kLocalSize + 1);
  if (event.type->is_syscall) {
    append_call(event, type);
    if (const std::string refused = profile_mark(event); !refused.empty()) {
      out_.append(' ');
      out_.append(refused);
    }
  } else {
    append_other(event, type);
  }
  out_.append(kPhaseMarks[static_cast<size_t>(event.task->phase) % std::size(kPhaseMarks)]);
  out_.append('\n');
}

StracePrinter::TypeText StracePrinter::type_text(const EventType& type) {
  OutputBuffer out(-1);
  append_escaped(type.name, out);
  TypeText text{out.text(), {}, NamePlaces(type), false, false};
  for (size_t i = 0; i < arg_count(type); ++i) {
    out.clear();
    append_escaped(type.args[i].name, out);
    text.labels.push_back(out.text() + "=");
  }
  text.never_returns = type.is_syscall && (type.name == "exit" || type.name == "exit_group");
  text.returns_address = result_kind(type) == Kind::pointer;
  return text;
}

std::string StracePrinter::task_text(const Task& task) {
  OutputBuffer out(-1);
  if (task.container != nullptr) {
    const Container& container = *task.container;
    const std::string_view name = container.name.empty() ? container.short_id() : container.name;
    append_escaped(name.empty() ? "?" : name, out);
    out.append(": ");
  }
  out.append("[pid ");
  out.append_decimal(task.ns_tid);
  out.append("] ");
  return out.text();
}

void StracePrinter::append_call(const Event& event, const TypeText& type) {
  out_.append(type.name);
  if (event.abi != native_abi_) {
    out_.append('[');
    out_.append(abi_name(event.abi));
    out_.append(']');
  }
  out_.append('(');
  for (size_t i = 0; i < type.labels.size(); ++i) {
    if (i > 0) out_.append(", ");
    append_arg(event, i);
    append_strace_name(event, type.names.of[i], out_);
  }
  if (is_unfinished(event)) return out_.append(" <unfinished ...>) = ?");
  out_.append(") = ");
  append_result(event, type);
  if (event.duration_ns != 0) append_duration(event.duration_ns);
  if (event.denied == Denied::kNo) return;
  out_.append(' ');
  out_.append(denied_mark(event.denied));
}

// " <0.000012>", as strace -T has it.
void StracePrinter::append_duration(uint64_t duration_ns) {
  const std::string micros = std::to_string(duration_ns / 1000 % 1'000'000);
  out_.append(" <");
  out_.append_decimal(duration_ns / 1'000'000'000);
  out_.append('.');
  out_.append(std::string_view("000000").substr(micros.size()));
  out_.append(micros);
  out_.append('>');
}

void StracePrinter::append_result(const Event& event, const TypeText& type) {
  if (has_no_result(event.denied)) return out_.append('?');
  if (!is_failed(event) && !is_restart(event)) {
    if (type.never_returns) return out_.append('?');
    if (type.returns_address) return out_.append_hex(static_cast<uint64_t>(event.result));
    out_.append_decimal(event.result);
    append_strace_name(event, type.names.of_result, out_);
    return append_found(event);
  }
  const auto number = static_cast<int>(-event.result);
  const std::string_view name = errno_name(number), text = errno_text(number);
  if (name.empty()) return out_.append_decimal(event.result);
  out_.append(is_restart(event) ? "? " : "-1 ");
  out_.append(name);
  if (text.empty()) return;
  out_.append(" (");
  out_.append(text);
  out_.append(')');
}

// What poll found, which strace shows behind the result.
void StracePrinter::append_found(const Event& event) {
  const auto& args = event.type->args;
  for (size_t i = 0; i < arg_count(*event.type); ++i) {
    if (args[i].kind != Kind::pollfds || !has_bytes(event.texts[i])) continue;
    if (event.result == 0) return out_.append(" (Timeout)");
    out_.append(" (");
    append_struct(event, i, {.view = StructView::kAfter, .string_limit = string_size_}, out_);
    out_.append(')');
  }
}

void StracePrinter::append_other(const Event& event, const TypeText& type) {
  if (event.type->id == kProcessExit && type.labels.size() >= 2) {  // exit_code, signal
    const bool killed = (event.args[1] & 0x7f) != 0;
    out_.append(killed ? "+++ killed by " : "+++ exited with ");
    if (!killed) {
      out_.append_decimal(static_cast<int32_t>(event.args[0]));
    } else if (!append_decoded(Kind::signal, event.args[1] & 0x7f, out_)) {
      out_.append_decimal(event.args[1] & 0x7f);
    }
    // Recordings of before have three arguments.
    if (killed && type.labels.size() > 3 && event.args[3] != 0) out_.append(" (core dumped)");
    if (killed && type.labels.size() > 4 && event.args[4] != 0) out_.append(" (out of memory)");
    return out_.append(" +++");
  }
  out_.append("--- ");
  out_.append(type.name);
  for (size_t i = 0; i < type.labels.size(); ++i) {
    out_.append(i > 0 ? ", " : " ");
    out_.append(type.labels[i]);
    append_arg(event, i);
    append_strace_name(event, type.names.of[i], out_);
  }
  out_.append(" ---");
}

void StracePrinter::append_arg(const Event& event, size_t index) {
  const ArgType& arg = event.type->args[index];
  if (arg.form == Form::kStruct && has_bytes(event.texts[index])) {
    append_struct(event, index, {.view = StructView::kBefore, .string_limit = string_size_}, out_);
    return;
  }
  if (has_text(arg.form) && !is_number_instead(event, index))
    return append_text(event.texts[index], event.args[index], arg.form);
  if (append_decoded(event, index, out_)) return;
  if (arg.form == Form::kHex && event.args[index] == 0 && arg.c_type.ends_with('*')) {
    return out_.append("NULL");
  }
  append_number(arg.form, event.args[index], out_);
}

void StracePrinter::append_text(const Text& text, uint64_t address, Form form) {
  const bool cut = text.state == Text::State::kCut;
  if (text.state == Text::State::kNull) return out_.append("NULL");
  if (text.state != Text::State::kWhole && !cut) {
    return address == 0 ? out_.append("NULL") : out_.append_hex(address);
  }
  if (form == Form::kSockaddr) return append_plain_sockaddr(text.bytes, out_);
  if (form != Form::kStrings) return append_string(text.bytes, cut);
  out_.append('[');
  std::string_view left = text.bytes;
  for (bool first = true; !left.empty(); first = false) {
    if (!first) out_.append(", ");
    append_string(take_string(left), false);
  }
  out_.append(cut ? ", ...]" : "]");
}

void StracePrinter::append_string(std::string_view text, bool cut) {
  append_quoted(text.substr(0, string_size_), out_);
  if (cut || text.size() > string_size_) out_.append("...");
}

}  // namespace ctrace
