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

// Where the fields go and how they are written: 'sin_port': '53' or sin_port=53.
struct Fields {
  OutputBuffer& out;
  bool plain;

  void begin(std::string_view key) const {
    out.append(plain ? ", " : ",'");
    out.append(key);
    out.append(plain ? "=" : "': '");
  }
  void end() const {
    if (!plain) out.append('\'');
  }
  template <typename Integer>
  void number(std::string_view key, Integer value) const {
    begin(key);
    out.append_decimal(value);
    end();
  }
  void hex(std::string_view key, uint64_t value) const {
    begin(key);
    out.append_hex(value);
    end();
  }
  void address(std::string_view key, int family, const char* bytes) const {
    char text[INET6_ADDRSTRLEN];
    begin(key);
    out.append(inet_ntop(family, bytes, text, sizeof text));
    end();
  }
};

// Escapes also what would end the quotes.
void append_quotable(std::string_view bytes, OutputBuffer& out) {
  for (size_t quote; (quote = bytes.find('\'')) != bytes.npos; bytes.remove_prefix(quote + 1)) {
    append_escaped(bytes.substr(0, quote), out);
    out.append("\\x27");
  }
  append_escaped(bytes, out);
}

void append_unix(std::string_view raw, const Fields& fields) {
  std::string_view name = raw.substr(2);
  const bool abstract = name.size() > 1 && name[0] == '\0';  // all its bytes count
  name = abstract ? name.substr(1) : name.substr(0, name.find('\0'));
  fields.begin("sun_path");
  if (abstract) fields.out.append('@');
  if (fields.plain) return append_quoted(name, fields.out);
  // A file of that name, not an abstract socket.
  if (!abstract && name.starts_with('@')) {
    fields.out.append("\\x40");
    name.remove_prefix(1);
  }
  append_quotable(name, fields.out);
  fields.end();
}

void append_inet(std::string_view raw, const Fields& fields) {
  fields.number("sin_port", ntohs(host_u16(raw, 2)));
  fields.address("sin_addr", AF_INET, raw.data() + 4);
}

void append_inet6(std::string_view raw, const Fields& fields) {
  fields.number("sin6_port", ntohs(host_u16(raw, 2)));
  fields.number("sin6_flowinfo", ntohl(host_u32(raw, 4)));
  fields.address("sin6_addr", AF_INET6, raw.data() + 8);
  // The older structure, which the kernel still takes, ends before the scope.
  fields.number("sin6_scopeid", raw.size() >= 28 ? host_u32(raw, 24) : 0);
}

void append_netlink(std::string_view raw, const Fields& fields) {
  fields.number("nl_pid", host_u32(raw, 4));
  fields.hex("nl_groups", host_u32(raw, 8));
}

void append_packet(std::string_view raw, const Fields& fields) {
  fields.hex("sll_protocol", ntohs(host_u16(raw, 2)));
  fields.number("sll_ifindex", static_cast<int32_t>(host_u32(raw, 4)));
}

void append_vsock(std::string_view raw, const Fields& fields) {
  fields.number("svm_cid", host_u32(raw, 8));
  fields.number("svm_port", host_u32(raw, 4));
}

void append_data(std::string_view raw, const Fields& fields) {
  if (raw.size() <= 2) return;
  static constexpr char kDigits[] = "0123456789abcdef";
  fields.begin("sa_data");
  for (unsigned char byte : raw.substr(2)) {
    fields.out.append(kDigits[byte >> 4]);
    fields.out.append(kDigits[byte & 15]);
  }
  fields.end();
}

struct FamilyRow {
  uint16_t family;
  size_t least_bytes;
  void (*append)(std::string_view raw, const Fields& fields);
};

constexpr FamilyRow kFamilies[] = {
    {1, 2, append_unix},      {2, 8, append_inet},    {10, 24, append_inet6},
    {16, 12, append_netlink}, {17, 8, append_packet}, {40, 12, append_vsock},
};

void append_fields(std::string_view raw, const Fields& fields) {
  fields.out.append('{');
  if (raw.size() >= 2) {
    const uint16_t family = host_u16(raw, 0);
    fields.out.append(fields.plain ? "sa_family=" : "'sa_family': '");
    append_decoded(Kind::socket_family, family, fields.out);
    fields.end();
    auto append = append_data;
    for (const FamilyRow& row : kFamilies) {
      if (row.family == family && raw.size() >= row.least_bytes) append = row.append;
    }
    append(raw, fields);
  }
  fields.out.append('}');
}

}  // namespace

void append_sockaddr(std::string_view raw, OutputBuffer& out) { append_fields(raw, {out, false}); }

void append_plain_sockaddr(std::string_view raw, OutputBuffer& out) {
  append_fields(raw, {out, true});
}

}  // namespace ctrace
