#include "record/container_list.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

#include "record/cgroup_hierarchy.h"
#include "record/container_rules.h"

namespace ctrace {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMaxFileBytes = 8u << 20;

std::string text_of(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  std::string text;
  char block[4096];
  while (stream && text.size() < kMaxFileBytes) {
    stream.read(block, sizeof block);
    text.append(block, static_cast<size_t>(stream.gcount()));
  }
  return text;
}

// Field 22 of /proc/PID/stat: clock ticks since boot. The name before it may hold anything.
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

struct Oldest {
  int pid = 0;
  uint64_t ticks = 0;
};
void look_for_oldest(const std::string& host_root, const std::string& cgroup, Oldest& oldest) {
  std::istringstream pids(text_of(cgroup + "/cgroup.procs"));
  for (int pid; pids >> pid;) {
    const uint64_t ticks = start_ticks(host_root, pid);
    if (ticks && (!oldest.pid || ticks < oldest.ticks)) oldest = {pid, ticks};
  }
}

std::vector<std::string> arguments_of(const std::string& host_root, int pid) {
  const std::string text = text_of(host_root + "/proc/" + std::to_string(pid) + "/cmdline");
  std::vector<std::string> words;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\0', at), text.size());
    words.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

bool is_frozen(const std::string& host_root, const std::string& mount, const std::string& path) {
  const std::string events = text_of(host_root + mount + path + "/cgroup.events");
  if (events.find("frozen 1") != events.npos) return true;
  return text_of(host_root + "/sys/fs/cgroup/freezer" + path + "/freezer.state")
      .starts_with("FROZEN");
}

std::string link_of(const std::string& path) {
  std::error_code error;
  return fs::read_symlink(path, error).string();
}

std::vector<std::string> facts_of(const Container& container, std::string_view key) {
  std::vector<std::string> values;
  for (const Fact& fact : container.facts) {
    if (fact.key == key) values.push_back(fact.value);
  }
  return values;
}

}  // namespace

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

std::vector<ListedContainer> list_containers(const std::string& host_root) {
  ExistingContainers scanned = scan_containers(host_root);
  const std::string mount = find_cgroup_hierarchy(host_root).mount;
  const uint64_t boot_s = boot_time_s(host_root);
  const auto ticks_per_s = static_cast<uint64_t>(std::max(1L, sysconf(_SC_CLK_TCK)));
  const std::string host_network = link_of(host_root + "/proc/1/ns/net");
  std::vector<ListedContainer> list;
  for (Container& container : scanned.containers) {
    ListedContainer& row = list.emplace_back();
    row.container = std::move(container);
    Oldest oldest;
    for (const ExistingCgroup& cgroup : scanned.cgroups) {
      if (cgroup.top == row.container.cgroup_id)
        look_for_oldest(host_root, host_root + mount + cgroup.path, oldest);
    }
    row.paused = is_frozen(host_root, mount, row.container.cgroup_path);
    row.ports = facts_of(row.container, "port");
    row.addresses = facts_of(row.container, "address");
    if (!oldest.pid) continue;
    row.pid = static_cast<uint32_t>(oldest.pid);
    if (boot_s) row.started_s = boot_s + oldest.ticks / ticks_per_s;
    row.argv = arguments_of(host_root, oldest.pid);
    const std::string proc = host_root + "/proc/" + std::to_string(oldest.pid);
    if (row.addresses.empty() && link_of(proc + "/ns/net") != host_network)
      row.addresses = local_addresses(text_of(proc + "/net/fib_trie"));
  }
  std::ranges::sort(list, {}, [](const ListedContainer& row) {
    return std::pair(row.started_s, std::string_view(row.container.id));
  });
  return list;
}

}  // namespace ctrace
