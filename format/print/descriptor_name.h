// What descriptors refer to, behind their numbers: 3</etc/passwd>, 7<TCP:[10.0.0.2:41210->...]>.
#pragma once

#include <cstdint>
#include <string_view>

#include "format/model/event.h"
#include "format/print/output_buffer.h"

namespace ctrace {

// Where the names of a type's descriptors stand: looked up once a type.
struct NamePlaces {
  NamePlaces() = default;
  explicit NamePlaces(const EventType& type);

  uint8_t of[kMaxArgs] = {};  // by argument; kNoName: it has none
  uint8_t of_result = kNoName;
};

// The name at `place`; a null view: there is none, or nothing is known.
std::string_view descriptor_name(const Event& event, size_t place);

// "<name>", or nothing. Of a path `<` and `>` are escaped like what must not reach a terminal, so
// that no file can look as if its name had ended.
void append_descriptor_name(const Event& event, size_t place, OutputBuffer& out);
void append_descriptor_name(std::string_view name, OutputBuffer& out);
// As strace has it: "</tmp/x>(deleted)".
void append_strace_name(const Event& event, size_t place, OutputBuffer& out);

}  // namespace ctrace
