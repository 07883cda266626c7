// What the printers of JSON share.
#pragma once

#include <cstdint>
#include <string_view>
#include <type_traits>

#include "format/model/event.h"
#include "format/print/output_buffer.h"

namespace ctrace {

// A number; beyond +-2^53, where readers that hold all numbers as doubles would round, a decimal
// string.
template <typename Integer>
void append_json_number(Integer value, OutputBuffer& out) {
  constexpr int64_t kExact = int64_t{1} << 53;
  const bool exact = static_cast<int64_t>(value) >= (std::is_signed_v<Integer> ? -kExact : 0) &&
                     static_cast<int64_t>(value) <= kExact;
  if (exact) return out.append_decimal(value);
  out.append('"');
  out.append_decimal(value);
  out.append('"');
}

// `key` as it is, then `text` as a string; null when it is empty, that is, not known.
void append_json_known(std::string_view key, std::string_view text, OutputBuffer& out);

// {"id":...,"name":...,"image":...,"runtime":...}; null for the host.
void append_json_container(const Container* container, OutputBuffer& out);

}  // namespace ctrace
