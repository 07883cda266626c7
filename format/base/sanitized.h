// Whether the library is built with the address or the thread sanitizer: g++ and clang say so
// differently. What is linked to it may be built without (Makefile: ASAN).
#pragma once

namespace ctrace {

extern const bool kSanitized;

}  // namespace ctrace
