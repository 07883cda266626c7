#include "analyze/network_use.h"

#include <sys/socket.h>

#include <algorithm>
#include <iterator>

#include "analyze/address.h"
#include "analyze/event_args.h"
#include "format/decode/decode.h"

namespace ctrace {
namespace {

constexpr std::string_view kMessages[] = {"sendmsg", "sendmmsg"};
constexpr int kTypeMask = 0xf;

int number_of(const Event& event, std::string_view name) {
  return static_cast<int>(arg_number(event, name).value_or(~uint64_t{0}));
}

std::string_view protocol_of(const Descriptor* socket) {
  if (socket == nullptr) return "?";
  return socket->type == SOCK_STREAM ? "tcp" : socket->type == SOCK_DGRAM ? "udp" : "?";
}

bool is_loopback(const std::string& host) {
  return host.starts_with("127.") || host == "::1" || host.starts_with("::ffff:127.");
}

std::string family_word(int family) {
  OutputBuffer out(-1);
  if (!append_decoded(Kind::socket_family, static_cast<uint64_t>(family), out)) {
    out.append("family " + std::to_string(family));
  }
  return out.text();
}

}  // namespace

void NetworkUse::count(Counts& counts, const std::string& word) {
  if (const auto found = counts.find(word); found != counts.end()) {
    ++found->second;
  } else if (counts.size() < kMaxRows) {
    counts.emplace(word, 1);
  } else {
    is_cut_ = true;
  }
}

void NetworkUse::add_address(const Event& event, size_t index, const ProcessPaths& paths) {
  const auto address = parse_address(event.texts[index].bytes);
  if (!address) return;  // other families are told by their sockets
  if (!address->port) {
    const bool calls = event.type->name == "connect" || event.type->name == "sendto";
    if (calls && address->host.starts_with('@')) count(abstract_, address->host);
    return;
  }
  if (!is_loopback(address->host)) count(outside_, address_text(*address));
  if (event.type->name != "bind" || *address->port == 0) return;
  const Descriptor* socket = paths.find(event, number_of(event, "sockfd"));
  const Port port{std::string(protocol_of(socket)), *address->port, address->host};
  if (bound_.contains(port) || bound_.size() < kMaxRows) {
    count(bound_[port], event.task->comm);
  } else {
    is_cut_ = true;
  }
}

void NetworkUse::add(const Event& event, const ProcessPaths& paths) {
  if (!event.type->is_syscall || is_refused(event.denied)) return;
  const std::string& name = event.type->name;
  // Of what failed the calls of others count: they were to be.
  if (event.result < 0 && name != "connect" && name != "sendto") return;
  if (name == "socketcall") return count(behind_pointers_, name);
  if (std::ranges::find(kMessages, name) != std::end(kMessages)) return count(messages_, name);
  if (name == "socket" || name == "socketpair") {
    const int family = number_of(event, "domain"), type = number_of(event, "type") & kTypeMask;
    const bool is_local = family == AF_UNIX || family == AF_NETLINK;
    ++(is_local ? local_sockets_ : sockets_);
    if (is_local) return;
    datagram_sockets_ += type != SOCK_STREAM;
    if (family != AF_INET && family != AF_INET6) count(outside_, family_word(family));
    return;
  }
  if (name == "listen") {
    const Descriptor* socket = paths.find(event, number_of(event, "sockfd"));
    const bool known = socket != nullptr && (socket->is_bound || socket->family == AF_UNIX);
    if (!known) count(outside_, "listen on a port of the kernel's choice");
    return;
  }
  for (size_t i = 0; i < arg_count(*event.type); ++i) {
    const Text& text = event.texts[i];
    const bool read = text.state == Text::State::kWhole || text.state == Text::State::kCut;
    if (event.type->args[i].form == Form::kSockaddr && read) add_address(event, i, paths);
  }
}

Counts NetworkUse::hidden() const {
  Counts hidden = behind_pointers_;
  if (datagram_sockets_ != 0) hidden.insert(messages_.begin(), messages_.end());
  return hidden;
}

}  // namespace ctrace
