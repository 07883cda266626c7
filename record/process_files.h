// What /proc says of processes, below the host's root.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace ctrace {

// When it started, in clock ticks since boot; 0 when it is gone.
uint64_t start_ticks(const std::string& host_root, int pid);
// Since the epoch; 0 when it is not known.
uint64_t boot_time_s(const std::string& host_root);
uint64_t start_time_s(uint64_t boot_s, uint64_t ticks);

struct OldestProcess {
  int pid = 0;  // 0: nobody is there
  uint64_t ticks = 0;
};
// Of the cgroup in `folder` (a whole path) and all cgroups in it.
OldestProcess oldest_process(const std::string& host_root, const std::string& folder);

// The addresses in a /proc/PID/net/fib_trie, and in an if_inet6, that are the host's own there,
// without loopback and those of a link alone.
std::vector<std::string> local_addresses(const std::string& fib_trie);
std::vector<std::string> local_ipv6_addresses(const std::string& if_inet6);

}  // namespace ctrace
