// The tables themselves, for the parts of the catalogue.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "format/catalogue/catalogue.h"

namespace ctrace {

struct OtherEventRow {
  uint16_t id;
  std::string_view name;
  std::string_view meaning;  // one line for --list-events
  SetMask sets;
  ArgRow args[kMaxArgs];
};

std::span<const OtherEventRow> other_event_rows();

// A name that the original tracer (or the kernel, in another place) uses for an event.
struct AliasRow {
  std::string_view alias, name;
};
std::span<const AliasRow> alias_rows();

// The x32 table has numbers of its own for calls whose structures differ; they are events of the
// same name with the x86_64 number.
struct X32Row {
  int16_t x32;
  std::string_view name;
};
std::span<const X32Row> x32_rows();

}  // namespace ctrace
