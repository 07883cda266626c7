#include "record/process_files.h"

#include <arpa/inet.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

namespace ctrace {
namespace {

namespace fs = std::filesystem;

std::string text_of(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  std::stringstream text;
  if (stream) text << stream.rdbuf();
  return text.str();
}

void look_in(const std::string& host_root, const fs::path& folder, OldestProcess& oldest) {
  std::ifstream pids(folder / "cgroup.procs");
  for (int pid; pids >> pid;) {
    const uint64_t ticks = start_ticks(host_root, pid);
    if (ticks && (!oldest.pid || ticks < oldest.ticks)) oldest = {pid, ticks};
  }
}

}  // namespace

// Field 22 of /proc/PID/stat. The name before it may hold anything.
uint64_t start_ticks(const std::string& host_root, int pid) {
  const std::string stat = text_of(host_root + "/proc/" + std::to_string(pid) + "/stat");
  const size_t end_of_name = stat.rfind(')');
  if (end_of_name == stat.npos) return 0;
  std::istringstream fields(stat.substr(end_of_name + 1));
  std::string field;
  for (int i = 3; i <= 22; ++i) fields >> field;
  return std::strtoull(field.c_str(), nullptr, 10);
}

uint64_t boot_time_s(const std::string& host_root) {
  std::istringstream lines(text_of(host_root + "/proc/stat"));
  for (std::string word; lines >> word;) {
    uint64_t seconds = 0;
    if (word == "btime" && lines >> seconds) return seconds;
  }
  return 0;
}

uint64_t start_time_s(uint64_t boot_s, uint64_t ticks) {
  static const auto ticks_per_s = static_cast<uint64_t>(std::max(1L, sysconf(_SC_CLK_TCK)));
  return boot_s && ticks ? boot_s + ticks / ticks_per_s : 0;
}

OldestProcess oldest_process(const std::string& host_root, const std::string& folder) {
  OldestProcess oldest;
  look_in(host_root, folder, oldest);
  std::error_code error;
  for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end;
       at.increment(error)) {
    if (at->is_directory(error)) look_in(host_root, at->path(), oldest);
  }
  return oldest;
}

std::vector<std::string> local_addresses(const std::string& fib_trie) {
  std::set<std::string> found;
  std::string address;
  std::istringstream lines(fib_trie);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string first, second, third;
    words >> first >> second >> third;
    if (first == "|--") address = second;
    if (first == "/32" && second == "host" && third == "LOCAL" && !address.starts_with("127."))
      found.insert(address);
  }
  return {found.begin(), found.end()};
}

// "fd00…02 05 40 00 80 eth0": the address, the interface, its prefix, the scope, flags, a name.
std::vector<std::string> local_ipv6_addresses(const std::string& if_inet6) {
  constexpr std::string_view kGlobal = "00";
  std::set<std::string> found;
  std::istringstream lines(if_inet6);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string digits, interface, prefix, scope;
    words >> digits >> interface >> prefix >> scope;
    if (digits.size() != 32 || scope != kGlobal) continue;
    std::string text;
    for (size_t i = 0; i < digits.size(); i += 4) text += (i ? ":" : "") + digits.substr(i, 4);
    in6_addr address;
    char shortest[INET6_ADDRSTRLEN];
    if (inet_pton(AF_INET6, text.c_str(), &address) == 1 &&
        inet_ntop(AF_INET6, &address, shortest, sizeof shortest))
      found.insert(shortest);
  }
  return {found.begin(), found.end()};
}

}  // namespace ctrace
