#include "record/container_list.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "record/cgroup_hierarchy.h"
#include "record/container_rules.h"
#include "record/metadata/container_metadata.h"
#include "record/metadata/engine_api.h"
#include "record/process_files.h"
#include "record/spaces.h"

namespace ctrace {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kMostWaitMs = 2000;
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

OldestProcess first_process(const std::string& host_root, const std::string& mount,
                            const Container& container) {
  if (!is_space(container.cgroup_id))
    return oldest_process(host_root, host_root + mount + container.cgroup_path);
  const int pid = std::atoi(std::string(container.fact("pid")).c_str());
  return {pid, start_ticks(host_root, pid)};
}

std::vector<std::string> facts_of(const Container& container, std::string_view key) {
  std::vector<std::string> values;
  for (const Fact& fact : container.facts) {
    if (fact.key == key) values.push_back(fact.value);
  }
  return values;
}

}  // namespace

std::vector<ListedContainer> list_containers(const std::string& host_root, EngineApi* api) {
  ExistingContainers scanned = scan_containers(host_root, api);
  if (api) {
    api->wait(kMostWaitMs);
    MetadataReader reader(host_root);
    reader.ask(api);
    for (Container& container : scanned.containers) {
      const Container before = container;
      reader.read(container);
      keep_facts(before, container);
    }
  }
  const std::string mount = find_cgroup_hierarchy(host_root).mount;
  const uint64_t boot_s = boot_time_s(host_root);
  std::vector<ListedContainer> list;
  for (Container& container : scanned.containers) {
    ListedContainer& row = list.emplace_back();
    row.container = std::move(container);
    const OldestProcess oldest = first_process(host_root, mount, row.container);
    row.paused = !is_space(row.container.cgroup_id) &&
                 is_frozen(host_root, mount, row.container.cgroup_path);
    row.ports = facts_of(row.container, "port");
    row.addresses = facts_of(row.container, "address");
    if (!oldest.pid) continue;
    row.pid = static_cast<uint32_t>(oldest.pid);
    row.started_s = start_time_s(boot_s, oldest.ticks);
    row.argv = arguments_of(host_root, oldest.pid);
  }
  std::ranges::sort(list, {}, [](const ListedContainer& row) {
    return std::pair(row.started_s, std::string_view(row.container.id));
  });
  return list;
}

}  // namespace ctrace
