#include "format/print/fields_printer.h"

#include "format/catalogue/catalogue.h"
#include "format/decode/decode.h"
#include "format/print/arg_value.h"
#include "format/print/descriptor_name.h"
#include "format/print/escape.h"
#include "format/print/json_value.h"
#include "format/print/print_cache.h"

namespace ctrace {
namespace {

size_t width_of(FieldType kind) {
  switch (kind) {
    case FieldType::kNumber:
      return 7;
    case FieldType::kErrno:
    case FieldType::kFlag:
    case FieldType::kWord:
      return 8;
    case FieldType::kTime:
      return WallClock::kLocalSize;
    default:
      return 16;
  }
}

void append_word(std::string_view text, OutputBuffer& out) {
  if (text.empty() || text == "-" || text.find_first_of(" \"") != text.npos) {
    append_quoted(text, out);
  } else {
    append_escaped(text, out);
  }
}

void append_number(Number value, OutputBuffer& out) {
  if (value < 0) return out.append_decimal(static_cast<int64_t>(value));
  out.append_decimal(static_cast<uint64_t>(value));
}

// "-2 ENOENT" without the space, which ends a column.
void append_result(const Event& event, OutputBuffer& out) {
  if (is_unfinished(event)) return out.append('?');
  const bool failed = is_failed(event) || is_restart(event);
  if (!failed && result_kind(*event.type) == Kind::pointer) {
    return out.append_hex(static_cast<uint64_t>(event.result));
  }
  const auto name = failed ? errno_name(static_cast<int>(-event.result)) : std::string_view();
  if (name.empty()) return out.append_decimal(event.result);
  out.append('-');
  out.append(name);
}

// Values of a field, with `Form` writing them. The words of a number take the number's place.
template <typename Form>
class ValueWriter : public ValueSink {
 public:
  ValueWriter(Form& form, OutputBuffer& out) : form_(form), out_(out), start_(out.size()) {}

  bool take(const FieldValue& value) override {
    if (value.is_text && last_was_number_ && !value.is_name) {
      out_.truncate(start_);
      count_ = 0;
    }
    if (count_++ > 0 && !(value.is_name && Form::kJoinsNames)) out_.append(Form::kSeparator);
    form_.write(value, out_);
    last_was_number_ = !value.is_text;
    return true;
  }
  size_t count() const { return count_; }

 private:
  Form& form_;
  OutputBuffer& out_;
  size_t start_;
  size_t count_ = 0;
  bool last_was_number_ = false;
};

struct TableForm {
  static constexpr char kSeparator = ' ';
  static constexpr bool kJoinsNames = true;  // 3</etc/passwd>
  size_t string_size;
  void write(const FieldValue& value, OutputBuffer& out) const {
    if (!value.is_text) return append_number(value.number, out);
    if (value.is_name) return append_descriptor_name(value.text, out);
    append_word(value.text.substr(0, string_size), out);
    if (value.text.size() > string_size) out.append("...");
  }
};

struct JsonForm {
  static constexpr char kSeparator = ',';
  static constexpr bool kJoinsNames = false;
  void write(const FieldValue& value, OutputBuffer& out) const {
    if (value.is_text) return append_json_string(value.text, out);
    if (value.number < 0) return append_json_number(static_cast<int64_t>(value.number), out);
    append_json_number(static_cast<uint64_t>(value.number), out);
  }
};

}  // namespace

FieldsPrinter::FieldsPrinter(const PrintOptions& options, const RecordingHeader& header,
                             OutputBuffer& out)
    : fields_(options.fields),
      json_(options.format == OutputFormat::kJson),
      string_size_(options.string_size),
      clock_(header),
      out_(out),
      fitter_(out) {
  for (const Field& field : fields_) {
    OutputBuffer key(-1);
    key.append(keys_.empty() ? '{' : ',');
    append_json_string(field.name, key);
    key.append(':');
    keys_.push_back(key.text());
  }
}

void FieldsPrinter::begin() {
  if (json_) return;
  const size_t line = out_.size();
  for (size_t i = 0; i < fields_.size(); ++i) {
    const size_t start = out_.size();
    append_escaped(fields_[i].name, out_);
    if (i + 1 == fields_.size()) break;
    out_.pad(start, width_of(fields_[i].row->kind));
    out_.append(' ');
  }
  fitter_.fit(line);
  out_.append('\n');
}

void FieldsPrinter::event(const Event& event) { json_ ? json_line(event) : table_line(event); }

void FieldsPrinter::table_line(const Event& event) {
  const size_t line = out_.size();
  for (size_t i = 0; i < fields_.size(); ++i) {
    const size_t start = out_.size();
    table_value(fields_[i], event);
    if (i + 1 == fields_.size()) break;
    out_.pad(start, width_of(fields_[i].row->kind));
    out_.append(' ');
  }
  fitter_.fit(line);
  out_.append('\n');
}

void FieldsPrinter::table_value(const Field& field, const Event& event) {
  const size_t start = out_.size();
  switch (field.row->kind) {
    case FieldType::kTime:
      clock_.put_local(event.time_ns, out_.reserve(WallClock::kLocalSize));
      return out_.commit(out_.reserve(WallClock::kLocalSize) + WallClock::kLocalSize);
    case FieldType::kResult:
      return append_result(event, out_);
    case FieldType::kErrno:
      if (is_failed(event) || is_restart(event)) {
        out_.append(errno_name(static_cast<int>(-event.result)));
      }
      break;
    case FieldType::kFlag:
      return out_.append(field.row->number(event) != 0 ? "true" : "false");
    case FieldType::kAllArgs:
      append_arg_values(event, string_size_, out_);
      break;
    default: {
      TableForm form{string_size_};
      ValueWriter writer(form, out_);
      visit_values(field, event, true, scratch_, writer);
    }
  }
  if (out_.size() == start) out_.append('-');
}

void FieldsPrinter::json_line(const Event& event) {
  for (size_t i = 0; i < fields_.size(); ++i) {
    out_.append(keys_[i]);
    json_value(fields_[i], event);
  }
  out_.append("}\n");
}

void FieldsPrinter::json_value(const Field& field, const Event& event) {
  switch (field.row->kind) {
    case FieldType::kTime: {
      char* const to = out_.reserve(WallClock::kUtcSize + 2);
      to[0] = to[WallClock::kUtcSize + 1] = '"';
      clock_.put_utc(event.time_ns, to + 1);
      return out_.commit(to + WallClock::kUtcSize + 2);
    }
    case FieldType::kFlag:
      return out_.append(field.row->number(event) != 0 ? "true" : "false");
    case FieldType::kAllArgs:
      scratch_.clear();
      append_arg_values(event, SIZE_MAX, scratch_);
      return append_json_string(scratch_.since(0), out_);
    default:
      break;
  }
  const size_t start = out_.size();
  out_.append('[');
  JsonForm form;
  ValueWriter writer(form, out_);
  visit_values(field, event, true, scratch_, writer);
  if (writer.count() > 1) return out_.append(']');
  // One value stands alone.
  const std::string one(out_.since(start + 1));
  out_.truncate(start);
  out_.append(one.empty() ? std::string_view("null") : one);
}

}  // namespace ctrace
