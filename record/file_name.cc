#include "record/file_name.h"

#include <arpa/inet.h>
#include <linux/magic.h>
#include <linux/netlink.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <vector>

#include "format/decode/words.h"

namespace ctrace {
namespace {

constexpr uint32_t kPidfsMagic = 0x50494446;  // linux/magic.h since 6.9

std::string_view take_name(std::string_view& names) {
  const size_t end = std::min(names.find('\0'), names.size());
  const std::string_view name = names.substr(0, end);
  names.remove_prefix(std::min(end + 1, names.size()));
  return name;
}

// "name:[17]"
std::string numbered(std::string_view name, uint64_t number) {
  return std::string(name) + ":[" + std::to_string(number) + "]";
}

std::string path_of(const wire::file_record& file, std::string_view names) {
  std::vector<std::string_view> parts;  // leaf first
  while (!names.empty()) parts.push_back(take_name(names));
  std::string path = file.flags & wire::FILE_CUT ? "..." : "";
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) (path += '/') += *part;
  if (path.empty()) path = "/";
  if (file.flags & wire::FILE_DELETED) path += " (deleted)";
  return path;
}

// ---- sockets, as strace -yy writes them

std::string inet_address(uint16_t family, const uint8_t* address, uint16_t port) {
  char text[INET6_ADDRSTRLEN] = "";
  inet_ntop(family, address, text, sizeof text);
  const std::string host = family == AF_INET6 ? "[" + std::string(text) + "]" : text;
  return host + ":" + std::to_string(port);
}

std::string inet_socket(const wire::file_record& file, std::string_view protocol) {
  const auto is_zero = [](uint8_t byte) { return byte == 0; };
  const bool has_remote = file.remote_port != 0 ||
                          !std::all_of(std::begin(file.remote), std::end(file.remote), is_zero);
  if (file.local_port == 0 && !has_remote) return numbered(protocol, file.inode);
  std::string name = std::string(protocol) + ":[";
  name += inet_address(file.family, file.local, file.local_port);
  if (has_remote) name += "->" + inet_address(file.family, file.remote, file.remote_port);
  return name + "]";
}

// A container chooses this path: it must not look like what stands around it.
std::string in_quotes(std::string_view path) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string quoted = "\"";
  for (const char c : path) {
    if (c == '"' || c == '\\') {
      quoted += {'\\', 'x', kDigits[c >> 4], kDigits[c & 15]};
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

std::string unix_socket(const wire::file_record& file, std::string_view protocol,
                        std::string_view path) {
  std::string name = std::string(protocol) + ":[" + std::to_string(file.inode);
  if (file.peer_inode != 0) name += "->" + std::to_string(file.peer_inode);
  if (path.starts_with('\0')) {
    name += ",@" + in_quotes(path.substr(1));
  } else if (!path.empty()) {
    name += "," + in_quotes(path.substr(0, path.find('\0')));
  }
  return name + "]";
}

std::string netlink_socket(const wire::file_record& file, std::string_view protocol) {
  constexpr std::string_view kPrefix = "NETLINK_";
  if (file.portid == 0) return numbered(protocol, file.inode);
  std::string_view word;
  for (const words::Word& each : words::netlink_protocols()) {
    if (each.value == file.protocol) word = each.name;
  }
  if (word.starts_with(kPrefix)) word.remove_prefix(kPrefix.size());
  const std::string kind = word.empty() ? std::to_string(file.protocol) : std::string(word);
  return std::string(protocol) + ":[" + kind + ":" + std::to_string(file.portid) + "]";
}

std::string socket_name(const wire::file_record& file, std::string_view names) {
  const std::string_view protocol = take_name(names);
  switch (file.family) {
    case AF_INET:
    case AF_INET6:
      return inet_socket(file, protocol);
    case AF_UNIX:
      return unix_socket(file, protocol, names);
    case AF_NETLINK:
      return netlink_socket(file, protocol);
    default:
      return numbered(protocol.empty() ? "socket" : protocol, file.inode);
  }
}

}  // namespace

std::string file_name(const wire::file_record& file, std::string_view names) {
  if (file.flags & wire::FILE_SOCKET) return socket_name(file, names);
  if (!(file.flags & wire::FILE_ALONE)) return path_of(file, names);
  const std::string_view name = take_name(names);
  switch (file.magic) {
    case PIPEFS_MAGIC:
      return numbered("pipe", file.inode);
    case SOCKFS_MAGIC:
      return numbered("socket", file.inode);
    case NSFS_MAGIC:
      return numbered(name, file.inode);
    case ANON_INODE_FS_MAGIC:
      return "anon_inode:" + std::string(name);
    case kPidfsMagic:
      return "anon_inode:[pidfd]";
    default:  // memfds and the like: files that never had a place
      return "/" + std::string(name) + " (deleted)";
  }
}

}  // namespace ctrace
