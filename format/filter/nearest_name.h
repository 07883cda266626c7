// "Did you mean": the known name that a mistyped one is closest to.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ctrace {

// ` (did you mean 'open'?)`, or nothing when no name of `known` is near. Of names that are equally
// near the first wins.
std::string suggestion(std::string_view typed, const std::vector<std::string_view>& known);

}  // namespace ctrace
