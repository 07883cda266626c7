// One argument as the table shows it, see table_printer.h.
#pragma once

#include <cstddef>

#include "format/model/event.h"
#include "format/print/output_buffer.h"

namespace ctrace {

// Of text at most `limit` bytes are shown.
void append_arg_value(const Event& event, size_t index, size_t limit, OutputBuffer& out);

// "arg: value, arg: value"
void append_arg_values(const Event& event, size_t limit, OutputBuffer& out);

// A number by its form, for those that no decoder has words for.
void append_number(Form form, uint64_t value, OutputBuffer& out);

}  // namespace ctrace
