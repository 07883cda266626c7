// Socket addresses in the short form that people write.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ctrace {

struct Address {
  std::string host;              // "10.0.0.1", "::1", "/run/x.sock", "@abstract"; not escaped
  std::optional<uint16_t> port;  // of internet addresses
};

// `raw` is a struct sockaddr as a call passed it: a claim. Empty for families other than AF_INET,
// AF_INET6 and AF_UNIX, and for what is too short.
std::optional<Address> parse_address(std::string_view raw);
// "10.0.0.1:53", "[::1]:53", "unix:/run/x.sock"
std::string address_text(const Address& address);

}  // namespace ctrace
