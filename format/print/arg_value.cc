#include "format/print/arg_value.h"

#include "format/decode/decode.h"
#include "format/decode/structures.h"
#include "format/print/escape.h"
#include "format/print/print_cache.h"

namespace ctrace {
namespace {

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

void append_strings(std::string_view strings, size_t limit, OutputBuffer& out) {
  out.append('[');
  for (bool first = true; !strings.empty(); first = false) {
    const std::string_view whole = take_string(strings), element = whole.substr(0, limit);
    if (!first) out.append(' ');
    if (element.empty() || element.find_first_of(" \"[]") != element.npos) {
      append_quoted(element, out);
    } else {
      append_escaped(element, out);
    }
    if (element.size() < whole.size()) out.append("...");
  }
  out.append(']');
}

void append_text(const Text& text, uint64_t address, Form form, size_t limit, OutputBuffer& out) {
  switch (text.state) {
    case Text::State::kNull:
      return out.append("NULL");
    case Text::State::kUnreadable:
      out.append_hex(address);
      return out.append(" (unreadable)");
    case Text::State::kNotRead:
      return out.append_hex(address);
    case Text::State::kWhole:
    case Text::State::kCut:
      break;
  }
  const size_t start = out.size();
  bool cut = text.state == Text::State::kCut;
  if (form == Form::kStrings) {
    append_strings(text.bytes, limit, out);
  } else if (form == Form::kSockaddr) {
    append_sockaddr(text.bytes, out);
    if (out.size() == start) out.append("\"\"");
  } else {
    cut = cut || text.bytes.size() > limit;
    append_bare(text.bytes.substr(0, limit), out);
  }
  if (cut) out.append("...");
}

}  // namespace

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

void append_arg_value(const Event& event, size_t index, size_t limit, OutputBuffer& out) {
  const Form form = event.type->args[index].form;
  if (form == Form::kStruct && has_bytes(event.texts[index])) {
    append_struct(event, index, {.string_limit = limit}, out);
  } else if (is_number_instead(event, index)) {
    if (!append_decoded(event, index, out)) append_number(Form::kHex, event.args[index], out);
  } else if (has_text(form)) {
    append_text(event.texts[index], event.args[index], form, limit, out);
  } else if (!append_decoded(event, index, out)) {
    append_number(form, event.args[index], out);
  }
}

void append_arg_values(const Event& event, size_t limit, OutputBuffer& out) {
  for (size_t i = 0; i < arg_count(*event.type); ++i) {
    if (i > 0) out.append(", ");
    append_escaped(event.type->args[i].name, out);
    out.append(": ");
    append_arg_value(event, i, limit, out);
  }
}

}  // namespace ctrace
