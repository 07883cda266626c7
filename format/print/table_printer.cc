#include "format/print/table_printer.h"

#include "format/catalogue/catalogue.h"
#include "format/decode/decode.h"
#include "format/print/arg_value.h"
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
constexpr std::string_view kUnfinishedMark = "(unfinished)";

// Ends a column that began at `start`.
void end_column(OutputBuffer& out, size_t start, size_t width) {
  const size_t used = out.size() - start;
  out.spaces(used < width ? width - used + 1 : 1);
}

void append_column(OutputBuffer& out, std::string_view text, size_t width) {
  const size_t start = out.size();
  out.append(text);
  end_column(out, start, width);
}

// In quotes where the column would hide what the name begins or ends with.
void append_name(std::string_view name, OutputBuffer& out) {
  const bool plain = !name.empty() && name.front() != ' ' && name.back() != ' ' && name[0] != '"';
  return plain ? append_escaped(name, out) : append_quoted(name, out);
}

// The columns from CONTAINER ID to RET of a loss.
std::string loss_columns() {
  OutputBuffer out(-1);
  for (size_t i = 1; i < std::size(kColumns) - 1; ++i) append_column(out, "-", kColumns[i].width);
  return out.text();
}

}  // namespace

TablePrinter::TablePrinter(const PrintOptions& options, const RecordingHeader& header,
                           OutputBuffer& out)
    : clock_(header),
      native_abi_(native_abi(header.architecture)),
      string_size_(options.string_size),
      paint_(paint_for(options.color, out)),
      out_(out),
      fitter_(out) {}

void TablePrinter::begin() {
  const size_t start = out_.size();
  for (const Column& column : kColumns) append_column(out_, column.title, column.width);
  out_.append("ARGS");
  fitter_.fit(start);
  out_.append('\n');
}

void TablePrinter::event(const Event& event) {
  static const std::string kLossColumns = loss_columns();
  const TypeText& type =
      types_.get(*event.type, [this](const EventType& t) { return type_text(t); });

  const size_t start = out_.size();
  char* to = out_.reserve(kWide + 1);
  clock_.put_local(event.time_ns, to);
  std::memset(to + WallClock::kLocalSize, ' ', kWide + 1 - WallClock::kLocalSize);
  out_.commit(to + kWide + 1);

  std::string_view mark;
  if (event.type->id == kLost) {
    out_.append(kLossColumns);
  } else {
    tasks_.get(*event.task, task_text).append_to(out_);
    append_result(event, type);
    mark = kPhaseMarks[static_cast<size_t>(event.task->phase) % std::size(kPhaseMarks)];
  }
  const std::string_view denied = denied_mark(event.denied);
  const std::string refused = profile_mark(event);
  const bool unfinished = is_unfinished(event);
  const bool named =
      type.names.of_result != kNoName && !descriptor_name(event, type.names.of_result).empty();
  append_event_name(event, type,
                    mark.empty() && denied.empty() && refused.empty() && !unfinished && !named);
  append_args(event, type);
  bool behind_something = !type.labels.empty();
  if (named) append_named_result(event, type);
  behind_something |= named;
  for (const std::string_view each : {unfinished ? kUnfinishedMark : std::string_view(), denied,
                                      std::string_view(refused), mark}) {
    if (each.empty()) continue;
    append_mark(each, behind_something);
    behind_something = true;
  }
  fitter_.fit(start, paint_.end);
  out_.append('\n');
}

// " = 3</etc/passwd>": the column of results is too narrow for names.
void TablePrinter::append_named_result(const Event& event, const TypeText& type) {
  out_.append(type.labels.empty() ? "= " : " = ");
  out_.append_decimal(event.result);
  append_descriptor_name(event, type.names.of_result, out_);
}

void TablePrinter::append_mark(std::string_view mark, bool behind_something) {
  if (behind_something) out_.append(' ');
  out_.append(paint_.mark);
  out_.append(mark);
  out_.append(paint_.end);
}

TablePrinter::TypeText TablePrinter::type_text(const EventType& type) const {
  TypeText text;
  OutputBuffer name(-1);
  append_escaped(type.name, name);
  const std::string_view paint = type.id == kLost ? paint_.loss : paint_.event;
  text.name = std::string(paint) + name.text() + std::string(paint_.end);
  text.column = text.name + std::string(kWide + 1 - std::min(kWide, name.size()), ' ');
  std::string column_label = text.column;
  for (size_t i = 0; i < arg_count(type); ++i) {
    OutputBuffer label(-1);
    if (i > 0) label.append(", ");
    append_escaped(type.args[i].name, label);
    label.append(": ");
    if (i == 0) column_label += label.text();
    text.labels.emplace_back(label.text());
    text.is_number[i] = !has_text(type.args[i].form) && is_never_decoded(type.args[i].kind);
  }
  text.column_label = Piece(std::move(column_label));
  text.names = NamePlaces(type);
  text.never_returns = type.is_syscall && (type.name == "exit" || type.name == "exit_group");
  text.returns_address = result_kind(type) == Kind::pointer;
  return text;
}

Piece TablePrinter::task_text(const Task& task) {
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
  append_name(task.comm, out);
  end_column(out, start, kWide);
  append_column(out, std::to_string(task.ns_pid), kPid);
  append_column(out, std::to_string(task.ns_tid), kPid);
  return Piece(out.text());
}

void TablePrinter::append_result(const Event& event, const TypeText& type) {
  const size_t start = out_.size();
  const bool failed = is_failed(event);
  size_t painted = 0;
  if (is_restart(event)) {
    out_.append("? ");
    out_.append(errno_name(static_cast<int>(-event.result)));
  } else if (!has_result(event) || has_no_result(event.denied) || (type.never_returns && !failed)) {
    out_.append('?');  // seccomp may deny even exit, and then it returns
  } else if (type.returns_address && !failed) {
    out_.append_hex(static_cast<uint64_t>(event.result));
  } else {
    if (failed) out_.append(paint_.failed);
    out_.append_decimal(event.result);
    if (failed) {
      const std::string_view name = errno_name(static_cast<int>(-event.result));
      if (!name.empty()) out_.append(' ');
      out_.append(name);
      out_.append(paint_.end);
      painted = paint_.failed.size() + paint_.end.size();
    }
  }
  end_column(out_, start, kWide + painted);
}

void TablePrinter::append_event_name(const Event& event, const TypeText& type, bool alone) {
  const bool foreign = event.type->is_syscall && event.abi != native_abi_;
  if (!foreign && !type.labels.empty()) return type.column_label.append_to(out_);
  if (!foreign) return out_.append(alone ? type.name : type.column);
  const size_t start = out_.size();
  out_.append(type.name);
  out_.append('[');
  out_.append(abi_name(event.abi));
  out_.append(']');
  if (type.labels.empty() && alone) return;
  end_column(out_, start, kWide + paint_.event.size() + paint_.end.size());
  if (!type.labels.empty()) type.labels[0].append_to(out_);
}

void TablePrinter::append_args(const Event& event, const TypeText& type) {
  for (size_t i = 0; i < type.labels.size(); ++i) {
    if (i > 0) type.labels[i].append_to(out_);  // the first label stands with the event's name
    if (type.is_number[i]) {
      append_number(event.type->args[i].form, event.args[i], out_);
    } else {
      append_arg_value(event, i, string_size_, out_);
    }
    if (type.names.of[i] != kNoName) append_descriptor_name(event, type.names.of[i], out_);
  }
}

}  // namespace ctrace
