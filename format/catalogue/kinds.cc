#include "format/catalogue/kinds.h"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <string_view>

namespace ctrace {
namespace {

using enum Form;

// Capture shares the word kText with Form, so it is not opened by `using enum`.
constexpr KindRow kKinds[] = {
    {Kind::kUnknown, "", "", kHex, Capture::kValue},
#define CTRACE_KIND(name, c_type, form, capture) \
  {Kind::name, #name, c_type, form, Capture::capture},
#include "format/catalogue/kinds.inc"
#undef CTRACE_KIND
};

}  // namespace

const KindRow& kind_row(Kind kind) {
  // The enumerators and the rows come from the same lines, so a kind is its row's index.
  assert(static_cast<size_t>(kind) < std::size(kKinds));
  return kKinds[static_cast<size_t>(kind)];
}

Kind kind_by_name(std::string_view name) {
  // Read once for each argument of a file's schema: a search through 150 short names is enough.
  if (name.empty()) return Kind::kUnknown;
  const auto* row = std::ranges::find(kKinds, name, &KindRow::name);
  return row == std::end(kKinds) ? Kind::kUnknown : row->kind;
}

}  // namespace ctrace
