#include "format/base/result.h"

#include <cstring>

namespace ctrace {

std::string system_message(const std::string& what, int number) {
  return what + ": " + std::strerror(number);
}

}  // namespace ctrace
