// Arguments of events by their names: a recording brings its own schema, so places may differ.
#pragma once

#include <algorithm>
#include <optional>
#include <string_view>

#include "format/model/event.h"

namespace ctrace {

inline std::optional<size_t> arg_index(const EventType& type, std::string_view name) {
  for (size_t i = 0; i < arg_count(type); ++i) {
    if (type.args[i].name == name) return i;
  }
  return {};
}

// Empty: the event has no such number.
inline std::optional<uint64_t> arg_number(const Event& event, std::string_view name) {
  const auto index = arg_index(*event.type, name);
  if (!index || has_text(event.type->args[*index].form)) return {};
  return event.args[*index];
}

// Whole text alone. Empty: the event has no such text, or it was not read whole.
inline std::optional<std::string_view> arg_text(const Event& event, std::string_view name) {
  const auto index = arg_index(*event.type, name);
  if (!index || !has_text(event.type->args[*index].form)) return {};
  if (event.texts[*index].state != Text::State::kWhole) return {};
  return event.texts[*index].bytes;
}

}  // namespace ctrace
