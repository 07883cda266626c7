#include "format/base/sanitized.h"

namespace ctrace {

#ifdef __has_feature
#define CTRACE_HAS_FEATURE(feature) __has_feature(feature)
#else
#define CTRACE_HAS_FEATURE(feature) 0
#endif

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || \
    CTRACE_HAS_FEATURE(address_sanitizer) || CTRACE_HAS_FEATURE(thread_sanitizer)
const bool kSanitized = true;
#else
const bool kSanitized = false;
#endif

}  // namespace ctrace
