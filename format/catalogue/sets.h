// The sets as masks, for the tables of this folder. Everybody else asks event_sets() and
// set_rows().
#pragma once

#include "format/catalogue/catalogue.h"

namespace ctrace::sets {

enum Index : unsigned {
#define CTRACE_SET(constant, ...) k##constant##Index,
#include "format/catalogue/sets.inc"
#undef CTRACE_SET
  kSetCount,
};
static_assert(kSetCount <= 64, "a SetMask has 64 bits");

#define CTRACE_SET(constant, family, ...) \
  inline constexpr SetMask k##constant = (SetMask{1} << k##constant##Index) | (family);
#include "format/catalogue/sets.inc"
#undef CTRACE_SET

}  // namespace ctrace::sets
