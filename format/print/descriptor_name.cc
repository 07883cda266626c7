#include "format/print/descriptor_name.h"

#include <algorithm>

#include "format/print/escape.h"

namespace ctrace {
namespace {

void append_name(std::string_view name, OutputBuffer& out) {
  // Behind "->" of a socket nothing but numbers and a quoted path follows.
  const bool is_path = name.starts_with('/') || name.starts_with("...");
  if (!is_path || is_plain<'\\', '<', '>'>(name)) return append_escaped(name, out);
  while (!name.empty()) {
    const size_t plain = std::min(name.find_first_of("<>"), name.size());
    append_escaped(name.substr(0, plain), out);
    name.remove_prefix(plain);
    if (name.empty()) return;
    out.append(name.front() == '<' ? "\\x3c" : "\\x3e");
    name.remove_prefix(1);
  }
}

}  // namespace

NamePlaces::NamePlaces(const EventType& type) {
  for (size_t i = 0; i < kMaxArgs; ++i)
    of[i] =
        static_cast<uint8_t>(i < arg_count(type) ? name_index(type, type.args[i].name) : kNoName);
  of_result = static_cast<uint8_t>(result_name_index(type));
}

std::string_view descriptor_name(const Event& event, size_t place) {
  if (place >= kMaxArgs) return {};
  const Text& text = event.texts[place];
  const bool known = text.state == Text::State::kWhole || text.state == Text::State::kCut;
  return known ? text.bytes : std::string_view();
}

void append_descriptor_name(const Event& event, size_t place, OutputBuffer& out) {
  const std::string_view name = descriptor_name(event, place);
  if (name.empty()) return;
  out.append('<');
  append_name(name, out);
  if (event.texts[place].state == Text::State::kCut) out.append("...");
  out.append('>');
}

void append_descriptor_name(std::string_view name, OutputBuffer& out) {
  out.append('<');
  append_name(name, out);
  out.append('>');
}

void append_strace_name(const Event& event, size_t place, OutputBuffer& out) {
  constexpr std::string_view kDeleted = " (deleted)";
  const std::string_view name = descriptor_name(event, place);
  if (!name.ends_with(kDeleted)) return append_descriptor_name(event, place, out);
  out.append('<');
  append_name(name.substr(0, name.size() - kDeleted.size()), out);
  out.append(">(deleted)");
}

}  // namespace ctrace
