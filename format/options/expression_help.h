// What the help of the programs that have --where says of it.
#pragma once

#include <string_view>

namespace ctrace {

inline constexpr std::string_view kExpressionHelp =
    R"(EXPRESSIONS
  --where takes conditions with and, or, not and parentheses:
    event in (open, openat, %net) and path glob "/etc/*" and ret < 0
    container.name != "web" or not (uid = 0 or comm startswith kube)
    ret = -ENOENT, arg.flags contains O_CREAT, time > "+1.5s", failed
  Operators: = != < <= > >= in glob contains startswith. --list-fields tells the fields.)";

}  // namespace ctrace
