#include "format/model/event.h"

#include <algorithm>

namespace ctrace {

std::string_view Container::short_id() const {
  constexpr size_t kFullLength = 64, kShortLength = 12;
  const bool is_hex = std::ranges::all_of(id, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  });
  if (id.size() == kFullLength && is_hex) return std::string_view(id).substr(0, kShortLength);
  return id;
}

std::string_view Container::fact(std::string_view key) const {
  const auto found = std::ranges::find(facts, key, &Fact::key);
  return found == facts.end() ? std::string_view() : std::string_view(found->value);
}

}  // namespace ctrace
