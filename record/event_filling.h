// What several parts of the tracker need to fill events.
#pragma once

#include <cstring>
#include <string>
#include <string_view>

#include "bpf/event.h"
#include "format/model/event.h"

namespace ctrace {

inline constexpr Abi kNativeAbi = static_cast<Abi>(wire::ABI_NATIVE);

// Bytes up to a NUL, if there is one.
inline std::string fixed_text(const char* bytes, size_t size) {
  return std::string(bytes, strnlen(bytes, size));
}

// `bytes` must live until the event is sent.
inline void set_text(Event& event, size_t arg, std::string_view bytes,
                     Text::State state = Text::State::kWhole) {
  event.texts[arg] = {bytes, state};
  if (state != Text::State::kUnreadable && state != Text::State::kNotRead) event.args[arg] = 0;
}

}  // namespace ctrace
