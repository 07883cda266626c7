// What arguments point to, in words: {tv_sec=1, tv_nsec=0} for a timespec. A recording holds the
// bytes as they lay in memory (form kStruct); the kind says which structure, the call's table how
// it is laid out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "format/catalogue/kinds.h"
#include "format/model/event.h"
#include "format/print/output_buffer.h"

namespace ctrace {

// How C lays out structures in the calls of one table: sizes and alignments in bytes.
struct Layout {
  uint8_t word;       // long, pointer
  uint8_t align64;    // of 64-bit numbers
  uint8_t time_word;  // of seconds
  bool is_arm;
};
inline constexpr Layout kLayoutX86{8, 8, 8, false}, kLayoutArm64{8, 8, 8, true},
    kLayoutI386{4, 4, 4, false}, kLayoutX32{4, 8, 8, false};
// x32's own numbers have 32-bit pointers, those that it shares with x86_64 have its structures.
Layout layout_of(Abi abi, int32_t number);
Layout layout_of(const Event& event);

// What the kernel side reads.
struct StructSize {
  uint16_t size = 0;      // bytes of one
  uint16_t elements = 0;  // of a list the most, else how many
};
StructSize struct_size(Kind kind, const Layout& layout);  // zeros: the kind has no structure

// Where a call reads one part of a structure and writes another, strace shows them apart.
enum class StructView : uint8_t { kAll, kBefore, kAfter };

struct StructForm {
  bool json = false;
  StructView view = StructView::kAll;
  size_t string_limit = SIZE_MAX;  // bytes of text in it; JSON has all
};

// Appends argument `index`, whose form is kStruct and whose bytes are there (whole or cut). The
// bytes are a claim: what is too short shows what is there of it. False: it is not all.
bool append_struct(const Event& event, size_t index, const StructForm& form, OutputBuffer& out);

// Whether the argument is a pointer in this call (see Decider), or just a number.
bool is_pointer_here(const Event& event, size_t index);
// One with text whose value stands in event.args because it is no pointer.
inline bool is_number_instead(const Event& event, size_t index) {
  return event.texts[index].state == Text::State::kNotRead &&
         has_text(event.type->args[index].form) && !is_pointer_here(event, index);
}

}  // namespace ctrace
