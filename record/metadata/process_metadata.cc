// What the kernel says in /proc of a container's first process: what is in force, whatever the
// runtime was asked for.
#include <algorithm>
#include <ctime>
#include <sstream>

#include "format/base/capabilities.h"
#include "format/decode/decode.h"
#include "record/metadata/metadata_sources.h"
#include "record/process_files.h"
#include "record/spaces.h"

namespace ctrace {
namespace {

// Whether the process is (still) in the container's cgroup or one in it. Where the reader has a
// cgroup namespace of its own, paths begin with "/..".
bool is_in(const std::string& cgroups, const std::string& path) {
  std::istringstream lines(cgroups);
  for (std::string line; std::getline(lines, line);) {
    const size_t colon = line.find(':', line.find(':') + 1);
    if (colon == line.npos) continue;
    const size_t at = line.find(path, colon + 1);
    if (at == line.npos) continue;
    const size_t end = at + path.size();
    if (end == line.size() || line[end] == '/') return true;
  }
  return false;
}

struct StatusFact {
  std::string_view line, key;
  std::string (*text)(const std::string& value);
};
std::string as_it_is(const std::string& value) { return value; }
std::string as_flag(const std::string& value) { return value == "1" ? "true" : "false"; }
std::string as_capabilities(const std::string& value) {
  std::string names;
  const CapabilitySet set = std::strtoull(value.c_str(), nullptr, 16);
  for (int i = 0; i < 64; ++i) {
    if (!(set & capability_bit(i))) continue;
    OutputBuffer name(-1);
    append_decoded(Kind::capability, static_cast<uint64_t>(i), name);
    names += (names.empty() ? "" : " ") + std::string(name.text());
  }
  return names.empty() ? "none" : names;
}
std::string as_seccomp(const std::string& value) {
  constexpr const char* kModes[] = {"off", "strict", "filter"};
  const size_t mode = std::strtoul(value.c_str(), nullptr, 10);
  return mode < std::size(kModes) ? kModes[mode] : value;
}
constexpr StatusFact kStatusFacts[] = {
    {"CapBnd:", "capabilities", as_capabilities},
    {"CapEff:", "capabilities.effective", as_capabilities},
    {"NoNewPrivs:", "no_new_privileges", as_flag},
    {"Seccomp:", "seccomp", as_seccomp},
    {"Seccomp_filters:", "seccomp.filters", as_it_is},
};

void take_status(const std::string& status, Lookup& lookup) {
  std::istringstream lines(status);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string first, value;
    words >> first >> value;
    const auto row = std::ranges::find(kStatusFacts, first, &StatusFact::line);
    if (row != std::end(kStatusFacts)) lookup.add(row->key, row->text(value));
  }
}

// "0 100000 65536"; that all ids are as outside is no mapping.
void take_id_map(const std::string& text, std::string_view key, Lookup& lookup) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string inside, outside, count;
    words >> inside >> outside >> count;
    if (count != "4294967295") lookup.add(key, inside + " " + outside + " " + count);
  }
}

// "docker-default (enforce)" of AppArmor's; SELinux's is user:role:type:level.
void take_label(std::string label, Lookup& lookup) {
  while (!label.empty() && (label.back() == '\n' || label.back() == '\0')) label.pop_back();
  if (std::ranges::count(label, ':') >= 3)
    lookup.add("selinux", label);
  else
    lookup.add("apparmor", label.substr(0, label.find(" (")));
}

constexpr std::string_view kNamespaces[] = {"mnt", "pid", "net",    "user",
                                            "uts", "ipc", "cgroup", "time"};

// "mnt:[4026531841]", where the recorder may look: when it starts, at what runs already.
// "4026532281" of a link "pid:[4026532281]", empty when it cannot be read.
std::string namespace_inode(const std::string& process, std::string_view name, Lookup& lookup) {
  const std::string link = lookup.files.link(process + "/ns/" + std::string(name));
  const size_t begin = link.find('['), end = link.find(']');
  const bool whole = begin != link.npos && end != link.npos && begin < end;
  return whole ? link.substr(begin + 1, end - begin - 1) : "";
}

void take_namespaces(const std::string& process, Lookup& lookup) {
  for (const std::string_view name : kNamespaces) {
    std::string inode = namespace_inode(process, name, lookup);
    if (!inode.empty()) lookup.add("ns." + std::string(name), std::move(inode));
  }
}

// Whether the process is (still) the container's.
bool is_its_process(const std::string& process, Lookup& lookup) {
  const Container& container = lookup.container;
  if (is_space(container.cgroup_id)) {
    return namespace_inode(process, "pid", lookup) ==
           std::to_string(namespace_of_space(container.cgroup_id));
  }
  return !container.cgroup_path.empty() &&
         is_in(lookup.files.text(process + "/cgroup"), container.cgroup_path);
}

// Those of the host are not the container's.
void take_addresses(const std::string& process, Lookup& lookup) {
  const std::string trie = lookup.files.text(process + "/net/fib_trie");
  if (trie.empty() || trie == lookup.files.text("/proc/1/net/fib_trie")) return;
  for (std::string& address : local_addresses(trie)) lookup.add("address", std::move(address));
  for (std::string& address : local_ipv6_addresses(lookup.files.text(process + "/net/if_inet6")))
    lookup.add("address", std::move(address));
}

void take_start(int pid, Lookup& lookup) {
  const std::string root = lookup.files.below_root("");
  const auto start_s = static_cast<time_t>(start_time_s(boot_time_s(root), start_ticks(root, pid)));
  std::tm parts = {};
  char text[64];
  if (start_s && gmtime_r(&start_s, &parts) &&
      std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts))
    lookup.add("started", text);
}

}  // namespace

// Before its own program began it shows the runtime, as which the container is not.
bool read_process(Lookup& lookup) {
  const Container& container = lookup.container;
  const std::string pid(container.fact("pid"));
  if (pid.empty()) return false;
  if (!container.existing && !container.started_ns) return false;
  const std::string process = "/proc/" + pid;
  if (!is_its_process(process, lookup)) return false;
  take_start(std::atoi(pid.c_str()), lookup);
  take_status(lookup.files.text(process + "/status"), lookup);
  take_id_map(lookup.files.text(process + "/uid_map"), "user_map", lookup);
  take_id_map(lookup.files.text(process + "/gid_map"), "group_map", lookup);
  take_label(lookup.files.text(process + "/attr/current"), lookup);
  take_namespaces(process, lookup);
  take_addresses(process, lookup);
  return true;
}

}  // namespace ctrace
