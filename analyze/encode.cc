#include "analyze/encode.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include "format/decode/words.h"

namespace ctrace {
namespace {

using words::Decoder;

const Decoder* decoder_of(Kind kind) {
  for (auto table : {words::files_decoders(), words::net_decoders(), words::process_decoders(),
                     words::system_decoders()}) {
    const auto found = std::ranges::find(table, kind, &Decoder::kind);
    if (found != table.end()) return &*found;
  }
  return nullptr;
}

template <typename Number>
bool parse_all(std::string_view text, int base, Number& number) {
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number, base);
  return parsed.ec == std::errc() && parsed.ptr == text.data() + text.size();
}

std::optional<uint64_t> encode_number(std::string_view text) {
  uint64_t number = 0;
  int64_t negative = 0;
  if (text.starts_with("0x") && parse_all(text.substr(2), 16, number)) return number;
  if (text.size() > 1 && text.starts_with('0') && parse_all(text, 8, number)) return number;
  if (parse_all(text, 10, number)) return number;
  if (text.starts_with('-') && parse_all(text, 10, negative)) {
    return static_cast<uint64_t>(negative);
  }
  return {};
}

std::optional<uint64_t> encode_word(const Decoder* decoder, std::string_view text) {
  if (decoder == nullptr) return encode_number(text);
  for (auto table : {decoder->choices, decoder->flags}) {
    const auto found = std::ranges::find(table, text, &words::Word::name);
    if (found != table.end()) return found->value;
  }
  if (!decoder->options.zero.empty() && text == decoder->options.zero) return 0;
  return encode_number(text);
}

// What stands behind 'key': ' up to the next quote.
std::string_view field(std::string_view text, std::string_view key) {
  const std::string sought = "'" + std::string(key) + "': '";
  const size_t at = text.find(sought);
  if (at == std::string_view::npos) return {};
  const size_t start = at + sought.size(), end = text.find('\'', start);
  return end == std::string_view::npos ? std::string_view() : text.substr(start, end - start);
}

template <typename Address>
std::string bytes_of(const Address& address, size_t size = sizeof(Address)) {
  return {reinterpret_cast<const char*>(&address), size};
}

std::string encode_inet(std::string_view text) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  uint16_t port = 0;
  parse_all(field(text, "sin_port"), 10, port);
  address.sin_port = htons(port);
  const std::string host(field(text, "sin_addr"));
  return inet_pton(AF_INET, host.c_str(), &address.sin_addr) == 1 ? bytes_of(address) : "";
}

std::string encode_inet6(std::string_view text) {
  sockaddr_in6 address = {};
  address.sin6_family = AF_INET6;
  uint16_t port = 0;
  parse_all(field(text, "sin6_port"), 10, port);
  address.sin6_port = htons(port);
  const std::string host(field(text, "sin6_addr"));
  return inet_pton(AF_INET6, host.c_str(), &address.sin6_addr) == 1 ? bytes_of(address) : "";
}

std::string encode_unix(std::string_view text) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  const std::string_view path = field(text, "sun_path");
  if (path.size() >= sizeof address.sun_path) return {};
  path.copy(address.sun_path, path.size());
  if (path.starts_with('@')) address.sun_path[0] = '\0';
  return bytes_of(address, offsetof(sockaddr_un, sun_path) + path.size());
}

}  // namespace

std::optional<uint64_t> encode_words(Kind kind, std::string_view text) {
  const Decoder* decoder = decoder_of(kind);
  uint64_t value = 0;
  for (size_t start = 0; start <= text.size();) {
    const size_t end = std::min(text.find('|', start), text.size());
    const auto part = encode_word(decoder, text.substr(start, end - start));
    if (!part) return {};
    value |= *part;
    start = end + 1;
  }
  return value;
}

std::string encode_sockaddr(std::string_view text) {
  const std::string_view family = field(text, "sa_family");
  if (family == "AF_INET") return encode_inet(text);
  if (family == "AF_INET6") return encode_inet6(text);
  if (family == "AF_UNIX") return encode_unix(text);
  return {};
}

}  // namespace ctrace
