// The way back from the words that printers show to the numbers they stand for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "format/catalogue/kinds.h"

namespace ctrace {

// "O_RDONLY|O_CLOEXEC", "0x12", "017", "-1", "AF_INET" of this kind; empty for what is none.
// Words that depend on another argument (protocols, socket options) are not known here.
std::optional<uint64_t> encode_words(Kind kind, std::string_view text);

// A struct sockaddr from what append_sockaddr() makes of it; AF_INET, AF_INET6 and AF_UNIX. Empty
// for others.
std::string encode_sockaddr(std::string_view text);

}  // namespace ctrace
