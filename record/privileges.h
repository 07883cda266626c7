// What the machine or the user lacks for capturing.
#pragma once

#include <optional>
#include <string>

namespace ctrace {

// One line that names what is missing and what to do; nothing when all is there.
std::optional<std::string> missing_requirement();

}  // namespace ctrace
