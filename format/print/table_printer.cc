#include "format/print/table_printer.h"

#include "format/catalogue/catalogue.h"
#include "format/decode/decode.h"
#include "format/print/escape.h"

namespace ctrace {
namespace {

constexpr size_t kWide = 16, kUid = 6, kPid = 7;  // widths of the columns, without the space

struct Column {
  std::string_view title;
  size_t width;
};
constexpr Column kColumns[] = {{"TIME(s)", kWide}, {"CONTAINER ID", kWide}, {"UID", kUid},
                               {"COMM", kWide},    {"PID", kPid},           {"TID", kPid},
                               {"RET", kWide},     {"EVENT", kWide}};

constexpr std::string_view kPhaseMarks[] = {"", "(setup)", "", "(entered)"};

// Ends a column that began at `start`.
void end_column(OutputBuffer& out, size_t start, size_t width) {
  out.pad(start, width);
  out.append(' ');
}

void append_column(OutputBuffer& out, std::string_view text, size_t width) {
  const size_t start = out.size();
  out.append(text);
  end_column(out, start, width);
}

std::string padded(std::string text) {
  text.resize(std::max(text.size(), kWide), ' ');
  return text + ' ';
}

// The columns from CONTAINER ID to RET of a loss.
std::string loss_columns() {
  OutputBuffer out(-1);
  for (size_t i = 1; i < std::size(kColumns) - 1; ++i) append_column(out, "-", kColumns[i].width);
  return out.text();
}

// Bare, these would look like something that is not text.
bool looks_like_a_mark(std::string_view text) {
  return text.empty() || text.starts_with("0x") || text.ends_with("...") || text == "NULL";
}

void append_bare(std::string_view text, OutputBuffer& out) {
  if (looks_like_a_mark(text)) return append_quoted(text, out);
  if (is_plain<'\\', '"', '(', ','>(text)) return out.append(text);
  if (text.find_first_of("\"(,") != text.npos) return append_quoted(text, out);
  append_escaped(text, out);
}

void append_strings(std::string_view strings, OutputBuffer& out) {
  out.append('[');
  for (bool first = true; !strings.empty(); first = false) {
    const std::string_view element = take_string(strings);
    if (!first) out.append(' ');
    if (element.empty() || element.find_first_of(" \"[]") != element.npos) {
      append_quoted(element, out);
    } else {
      append_escaped(element, out);
    }
  }
  out.append(']');
}

void append_number(Form form, uint64_t value, OutputBuffer& out) {
  switch (form) {
    case Form::kSigned32:
      return out.append_decimal(static_cast<int32_t>(value));
    case Form::kUnsigned32:
      return out.append_decimal(static_cast<uint32_t>(value));
    case Form::kSigned64:
      return out.append_decimal(static_cast<int64_t>(value));
    case Form::kUnsigned64:
      return out.append_decimal(value);
    default:
      return out.append_hex(value);
  }
}

}  // namespace

TablePrinter::TablePrinter(const RecordingHeader& header, OutputBuffer& out)
    : clock_(header), native_abi_(native_abi(header.architecture)), out_(out) {}

void TablePrinter::begin() {
  for (const Column& column : kColumns) append_column(out_, column.title, column.width);
  out_.append("ARGS\n");
}

void TablePrinter::event(const Event& event) {
  static const std::string kLossColumns = loss_columns();
  const TypeText& type = types_.get(*event.type, type_text);

  char* to = out_.reserve(kWide + 1);
  clock_.put_local(event.time_ns, to);
  std::memset(to + WallClock::kLocalSize, ' ', kWide + 1 - WallClock::kLocalSize);
  out_.commit(to + kWide + 1);

  std::string_view mark;
  if (event.type->id == kLost) {
    out_.append(kLossColumns);
  } else {
    out_.append(tasks_.get(*event.task, task_text));
    append_result(event, type);
    mark = kPhaseMarks[static_cast<size_t>(event.task->phase) % std::size(kPhaseMarks)];
  }
  append_event_name(event, type, mark.empty());
  append_args(event, type);
  if (!mark.empty()) {
    if (!type.args.empty()) out_.append(' ');
    out_.append(mark);
  }
  out_.append('\n');
}

TablePrinter::TypeText TablePrinter::type_text(const EventType& type) {
  TypeText text;
  OutputBuffer name(-1);
  append_escaped(type.name, name);
  text.name = name.text();
  text.column = text.column_label = padded(text.name);
  for (size_t i = 0; i < arg_count(type); ++i) {
    OutputBuffer label(-1);
    if (i > 0) label.append(", ");
    append_escaped(type.args[i].name, label);
    label.append(": ");
    if (i == 0) text.column_label += label.text();
    text.args.push_back({label.text(), type.args[i].kind, type.args[i].form});
  }
  text.never_returns = type.is_syscall && (type.name == "exit" || type.name == "exit_group");
  text.returns_address = result_kind(type) == Kind::pointer;
  return text;
}

std::string TablePrinter::task_text(const Task& task) {
  OutputBuffer out(-1);
  size_t start = out.size();
  if (task.container == nullptr) {
    out.append("host");
  } else if (task.container->id.empty()) {
    out.append('?');
  } else {
    append_escaped(task.container->short_id(), out);
  }
  end_column(out, start, kWide);
  append_column(out, std::to_string(task.uid), kUid);
  start = out.size();
  if (task.comm.empty()) out.append("\"\"");
  append_escaped(task.comm, out);
  end_column(out, start, kWide);
  append_column(out, std::to_string(task.ns_pid), kPid);
  append_column(out, std::to_string(task.ns_tid), kPid);
  return out.text();
}

void TablePrinter::append_result(const Event& event, const TypeText& type) {
  const size_t start = out_.size();
  const bool failed = is_failed(*event.type, event.result);
  if (type.never_returns && !failed) {  // seccomp may deny even exit, and then it returns
    out_.append('?');
  } else if (type.returns_address && !failed) {
    out_.append_hex(static_cast<uint64_t>(event.result));
  } else {
    out_.append_decimal(event.result);
    if (failed) {
      const std::string_view name = errno_name(static_cast<int>(-event.result));
      if (!name.empty()) out_.append(' ');
      out_.append(name);
    }
  }
  end_column(out_, start, kWide);
}

void TablePrinter::append_event_name(const Event& event, const TypeText& type, bool alone) {
  const bool foreign = event.type->is_syscall && event.abi != native_abi_;
  if (!foreign && !type.args.empty()) return out_.append(type.column_label);
  if (!foreign) return out_.append(alone ? type.name : type.column);
  const size_t start = out_.size();
  out_.append(type.name);
  out_.append('[');
  out_.append(abi_name(event.abi));
  out_.append(']');
  if (type.args.empty() && alone) return;
  end_column(out_, start, kWide);
  if (!type.args.empty()) out_.append(type.args[0].label);
}

void TablePrinter::append_args(const Event& event, const TypeText& type) {
  for (size_t i = 0; i < type.args.size(); ++i) {
    const ArgText& arg = type.args[i];
    if (i > 0) out_.append(arg.label);  // the first label stands with the event's name
    if (has_text(arg.form)) {
      append_text(event.texts[i], event.args[i], arg.form);
    } else if (!append_decoded(event, i, out_)) {
      append_number(arg.form, event.args[i], out_);
    }
  }
}

void TablePrinter::append_text(const Text& text, uint64_t address, Form form) {
  switch (text.state) {
    case Text::State::kNull:
      return out_.append("NULL");
    case Text::State::kUnreadable:
      out_.append_hex(address);
      return out_.append(" (unreadable)");
    case Text::State::kNotRead:
      return out_.append_hex(address);
    case Text::State::kWhole:
    case Text::State::kCut:
      break;
  }
  const size_t start = out_.size();
  if (form == Form::kStrings) {
    append_strings(text.bytes, out_);
  } else if (form == Form::kSockaddr) {
    append_sockaddr(text.bytes, out_);
    if (out_.size() == start) out_.append("\"\"");
  } else {
    append_bare(text.bytes, out_);
  }
  if (text.state == Text::State::kCut) out_.append("...");
}

}  // namespace ctrace
