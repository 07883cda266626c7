#include <arpa/inet.h>

#include <cstring>
#include <string_view>

#include "format/decode/decode.h"
#include "format/print/escape.h"

namespace ctrace {
namespace {

// A reader of the fields behind the family. Offsets are those of the uapi structures; each family's
// row says how many bytes must be there, so that no field is read past the end.
uint32_t host_u32(std::string_view raw, size_t at) {
  uint32_t value;
  std::memcpy(&value, raw.data() + at, sizeof value);
  return value;
}
uint16_t host_u16(std::string_view raw, size_t at) {
  uint16_t value;
  std::memcpy(&value, raw.data() + at, sizeof value);
  return value;
}

void begin_value(std::string_view key, OutputBuffer& out) {
  out.append(",'");
  out.append(key);
  out.append("': '");
}

template <typename Integer>
void append_field(std::string_view key, Integer value, OutputBuffer& out) {
  begin_value(key, out);
  out.append_decimal(value);
  out.append('\'');
}

void append_hex_field(std::string_view key, uint64_t value, OutputBuffer& out) {
  begin_value(key, out);
  out.append_hex(value);
  out.append('\'');
}

void append_address(std::string_view key, int family, const char* bytes, OutputBuffer& out) {
  char text[INET6_ADDRSTRLEN];
  begin_value(key, out);
  out.append(inet_ntop(family, bytes, text, sizeof text));
  out.append('\'');
}

// Escapes also what would end the quotes.
void append_quotable(std::string_view bytes, OutputBuffer& out) {
  for (size_t quote; (quote = bytes.find('\'')) != bytes.npos; bytes.remove_prefix(quote + 1)) {
    append_escaped(bytes.substr(0, quote), out);
    out.append("\\x27");
  }
  append_escaped(bytes, out);
}

void append_unix(std::string_view raw, OutputBuffer& out) {
  std::string_view name = raw.substr(2);
  begin_value("sun_path", out);
  if (name.size() > 1 && name[0] == '\0') {  // abstract: all its bytes count
    out.append('@');
    append_quotable(name.substr(1), out);
  } else {
    name = name.substr(0, name.find('\0'));
    // A file of that name, not an abstract socket.
    if (name.starts_with('@')) {
      out.append("\\x40");
      name.remove_prefix(1);
    }
    append_quotable(name, out);
  }
  out.append('\'');
}

void append_inet(std::string_view raw, OutputBuffer& out) {
  append_field("sin_port", ntohs(host_u16(raw, 2)), out);
  append_address("sin_addr", AF_INET, raw.data() + 4, out);
}

void append_inet6(std::string_view raw, OutputBuffer& out) {
  append_field("sin6_port", ntohs(host_u16(raw, 2)), out);
  append_field("sin6_flowinfo", ntohl(host_u32(raw, 4)), out);
  append_address("sin6_addr", AF_INET6, raw.data() + 8, out);
  // The older structure, which the kernel still takes, ends before the scope.
  append_field("sin6_scopeid", raw.size() >= 28 ? host_u32(raw, 24) : 0, out);
}

void append_netlink(std::string_view raw, OutputBuffer& out) {
  append_field("nl_pid", host_u32(raw, 4), out);
  append_hex_field("nl_groups", host_u32(raw, 8), out);
}

void append_packet(std::string_view raw, OutputBuffer& out) {
  append_hex_field("sll_protocol", ntohs(host_u16(raw, 2)), out);
  append_field("sll_ifindex", static_cast<int32_t>(host_u32(raw, 4)), out);
}

void append_vsock(std::string_view raw, OutputBuffer& out) {
  append_field("svm_cid", host_u32(raw, 8), out);
  append_field("svm_port", host_u32(raw, 4), out);
}

void append_data(std::string_view raw, OutputBuffer& out) {
  if (raw.size() <= 2) return;
  static constexpr char kDigits[] = "0123456789abcdef";
  begin_value("sa_data", out);
  for (unsigned char byte : raw.substr(2)) {
    out.append(kDigits[byte >> 4]);
    out.append(kDigits[byte & 15]);
  }
  out.append('\'');
}

struct FamilyRow {
  uint16_t family;
  size_t least_bytes;
  void (*append)(std::string_view raw, OutputBuffer& out);
};

constexpr FamilyRow kFamilies[] = {
    {1, 2, append_unix},      {2, 8, append_inet},    {10, 24, append_inet6},
    {16, 12, append_netlink}, {17, 8, append_packet}, {40, 12, append_vsock},
};

}  // namespace

void append_sockaddr(std::string_view raw, OutputBuffer& out) {
  out.append('{');
  if (raw.size() >= 2) {
    const uint16_t family = host_u16(raw, 0);
    out.append("'sa_family': '");
    append_decoded(Kind::socket_family, family, out);
    out.append('\'');
    auto append = append_data;
    for (const FamilyRow& row : kFamilies) {
      if (row.family == family && raw.size() >= row.least_bytes) append = row.append;
    }
    append(raw, out);
  }
  out.append('}');
}

}  // namespace ctrace
