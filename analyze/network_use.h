// What was seen of the network: sockets, ports that were bound, whom they talked with.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>

#include "analyze/process_paths.h"
#include "format/model/event.h"

namespace ctrace {

using Counts = std::map<std::string, uint64_t>;

class NetworkUse {
 public:
  static constexpr size_t kMaxRows = 1 << 16;
  struct Port {
    std::string protocol;  // "tcp", "udp"; "?": of a socket whose making was not seen
    uint16_t port = 0;
    std::string address;
    auto operator<=>(const Port&) const = default;
  };

  // An own call of the container; before `paths` sees it.
  void add(const Event& event, const ProcessPaths& paths);

  const std::map<Port, Counts>& bound() const { return bound_; }  // by process
  // Of the internet, and of other families than unix and netlink: "AF_PACKET".
  uint64_t sockets() const { return sockets_; }
  uint64_t local_sockets() const { return local_sockets_; }  // unix, netlink
  // Addresses beyond the loopback that were bound, called or heard of; and what is not known of.
  const Counts& outside() const { return outside_; }
  const Counts& abstract() const { return abstract_; }  // unix sockets by names of the network's
  // "sendmsg": what may have had addresses that no recording has, by call.
  Counts hidden() const;
  bool is_cut() const { return is_cut_; }

 private:
  void count(Counts& counts, const std::string& word);
  void add_address(const Event& event, size_t index, const ProcessPaths& paths);

  std::map<Port, Counts> bound_;
  Counts outside_, abstract_, messages_, behind_pointers_;
  uint64_t sockets_ = 0, local_sockets_ = 0, datagram_sockets_ = 0;
  bool is_cut_ = false;
};

}  // namespace ctrace
