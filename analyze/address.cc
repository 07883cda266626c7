#include "analyze/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <algorithm>
#include <cstring>

namespace ctrace {
namespace {

template <typename Sockaddr>
std::optional<Sockaddr> taken(std::string_view raw, size_t least) {
  if (raw.size() < least) return {};
  Sockaddr address = {};
  std::memcpy(&address, raw.data(), std::min(raw.size(), sizeof address));
  return address;
}

std::optional<Address> inet(std::string_view raw) {
  const auto address = taken<sockaddr_in>(raw, offsetof(sockaddr_in, sin_zero));
  if (!address) return {};
  char text[INET_ADDRSTRLEN] = "";
  inet_ntop(AF_INET, &address->sin_addr, text, sizeof text);
  return Address{text, ntohs(address->sin_port)};
}

std::optional<Address> inet6(std::string_view raw) {
  const auto address = taken<sockaddr_in6>(raw, offsetof(sockaddr_in6, sin6_scope_id));
  if (!address) return {};
  char text[INET6_ADDRSTRLEN] = "";
  inet_ntop(AF_INET6, &address->sin6_addr, text, sizeof text);
  return Address{text, ntohs(address->sin6_port)};
}

std::optional<Address> local(std::string_view raw) {
  std::string path(raw.substr(offsetof(sockaddr_un, sun_path)));
  const bool is_abstract = path.size() > 1 && path[0] == '\0';
  if (is_abstract) path[0] = '@';
  if (!is_abstract) path.resize(std::min(path.size(), path.find('\0')));
  return Address{path, {}};
}

}  // namespace

std::optional<Address> parse_address(std::string_view raw) {
  sa_family_t family = 0;
  if (raw.size() < sizeof family) return {};
  std::memcpy(&family, raw.data(), sizeof family);
  switch (family) {
    case AF_INET:
      return inet(raw);
    case AF_INET6:
      return inet6(raw);
    case AF_UNIX:
      return local(raw);
    default:
      return {};
  }
}

std::string address_text(const Address& address) {
  if (!address.port) return "unix:" + address.host;
  const bool brackets = address.host.find(':') != std::string::npos;
  return (brackets ? "[" + address.host + "]" : address.host) + ":" + std::to_string(*address.port);
}

}  // namespace ctrace
