#include "record/container_rules.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <sstream>

#include "record/cgroup_hierarchy.h"
#include "record/metadata/container_metadata.h"
#include "record/process_files.h"
#include "record/spaces.h"

namespace ctrace {
namespace {

namespace fs = std::filesystem;

// A component of a cgroup path that says "container", with the engine that writes it so.
struct PathForm {
  std::string_view prefix, suffix, engine;
};
constexpr PathForm kPathForms[] = {
    {"docker-", ".scope", "docker"},
    {"libpod-", ".scope", "podman"},
    {"libpod-", "", "podman"},
    {"crio-", ".scope", "cri-o"},
    {"crio-", "", "cri-o"},
    {"cri-containerd-", ".scope", "containerd"},
    {"nerdctl-", ".scope", "containerd"},
    {"lxc.payload.", "", "lxc"},
    {"systemd-nspawn@", ".service", "nspawn"},
    {"machine-", ".scope", "nspawn"},
    {"", ".scope", ""},
    {"", "", ""},
};
// Where names are of the user's choosing, not 64 hexadecimal digits.
constexpr std::string_view kNamingEngines[] = {"lxc", "nspawn"};
// machined's scopes of virtual machines.
constexpr std::string_view kVirtualMachines[] = {"machine-qemu", "machine-libvirt"};
// The parent folder tells the engine where the component is just an id.
struct ParentForm {
  std::string_view parent, engine;
};
constexpr ParentForm kParentForms[] = {
    {"docker", "docker"},
    {"kubepods", "containerd"},
};
// Where such a folder is a pod of podman's, with its containers in it.
constexpr std::string_view kPodParent = "libpod_parent";
// What systemd makes for its own purposes, and the helpers of the engines.
constexpr std::string_view kNoContainerSuffixes[] = {".service", ".slice", ".mount", ".socket",
                                                     ".swap"};
constexpr std::string_view kNoContainerPrefixes[] = {
    "libpod-conmon-", "crio-conmon-", "session-",      "user@",
    "init.scope",     "lxc.monitor.", "ctrace-record-"};

bool is_hex_id(std::string_view text) {
  return text.size() == 64 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

std::vector<std::string_view> components_of(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    const size_t slash = std::min(path.find('/'), path.size());
    if (slash > 0) parts.push_back(path.substr(0, slash));
    path.remove_prefix(std::min(slash + 1, path.size()));
  }
  return parts;
}

std::optional<CgroupFacts> match_component(std::string_view component, std::string_view parent) {
  for (const PathForm& form : kPathForms) {
    if (!component.starts_with(form.prefix) || !component.ends_with(form.suffix)) continue;
    if (component.size() <= form.prefix.size() + form.suffix.size()) continue;
    if (form.prefix.empty() && parent == kPodParent) continue;
    std::string_view id = component.substr(form.prefix.size());
    id.remove_suffix(form.suffix.size());
    const bool named = std::ranges::find(kNamingEngines, form.engine) != std::end(kNamingEngines);
    if (!is_hex_id(id) && !named) continue;
    if (std::ranges::any_of(kVirtualMachines,
                            [&](std::string_view begin) { return component.starts_with(begin); }))
      continue;
    CgroupFacts facts = {CgroupVerdict::kContainer, std::string(id), std::string(form.engine)};
    for (const ParentForm& above : kParentForms) {
      if (facts.engine.empty() && parent.starts_with(above.parent)) facts.engine = above.engine;
    }
    return facts;
  }
  return std::nullopt;
}

std::vector<int> pids_in(const fs::path& cgroup) {
  std::ifstream procs(cgroup / "cgroup.procs");
  return {std::istream_iterator<int>(procs), {}};
}

// "mnt:[4026531841]" of a process, empty when it cannot be read.
std::string namespace_link(const std::string& host_root, const std::string& pid, const char* name) {
  std::error_code error;
  const fs::path link = host_root + "/proc/" + pid + "/ns/" + name;
  return fs::read_symlink(link, error).string();
}

// What /proc/PID/status says of a process; parent 0 when it is gone.
struct Ancestry {
  std::string parent = "0";
  std::string inner_pid;         // its number in its own pid namespace
  bool inner_namespace = false;  // below the host's pid namespace
  size_t level = 0;              // by how many
};

Ancestry ancestry_of(const std::string& host_root, const std::string& pid) {
  Ancestry found;
  std::ifstream status(host_root + "/proc/" + pid + "/status");
  for (std::string line; std::getline(status, line);) {
    std::istringstream words(line);
    std::string key, first;
    words >> key >> first;
    if (key == "PPid:") found.parent = first;
    if (key != "NSpid:") continue;
    for (; words >> found.inner_pid; ++found.level) found.inner_namespace = true;
  }
  return found;
}

// As the kernel side's has_own_mounts() (bpf/task.bpf.h), of a task below the host's pid namespace.
bool has_own_mounts(const std::string& host_root, const std::string& pid, const Ancestry& process) {
  const std::string own = namespace_link(host_root, pid, "mnt");
  std::string above = namespace_link(host_root, process.parent, "mnt");
  if (own == above && process.inner_pid == "1")
    above = namespace_link(host_root, ancestry_of(host_root, process.parent).parent, "mnt");
  return !own.empty() && !above.empty() && own != above;
}

bool has_own_namespaces(const std::string& host_root, const fs::path& cgroup) {
  return std::ranges::any_of(pids_in(cgroup), [&](int number) {
    const std::string pid = std::to_string(number);
    const Ancestry process = ancestry_of(host_root, pid);
    return process.inner_namespace && has_own_mounts(host_root, pid, process);
  });
}

uint64_t namespace_number(const std::string& link) {
  const size_t begin = link.find('[');
  return begin == link.npos ? 0 : std::strtoull(link.c_str() + begin + 1, nullptr, 10);
}

std::string comm_of(const std::string& host_root, const std::string& pid) {
  std::ifstream file(host_root + "/proc/" + pid + "/comm");
  std::string comm;
  std::getline(file, comm);
  return comm;
}

class Scan {
 public:
  Scan(const std::string& host_root, EngineApi* api) : root_(host_root), metadata_(host_root) {
    metadata_.ask(api);
  }

  ExistingContainers run() {
    const std::string mount = find_cgroup_hierarchy(root_).mount;
    if (!mount.empty()) visit(root_ + mount, "", 0);
    visit_processes();
    return std::move(found_);
  }

 private:
  // `top` is the container that the folder lies in, 0: none.
  void visit(const fs::path& folder, const std::string& path, uint64_t top) {
    struct stat info;
    if (stat(folder.c_str(), &info) != 0) return;
    if (!top && !path.empty() && is_container(folder, path, info.st_ino)) top = info.st_ino;
    if (top) found_.cgroups.push_back({info.st_ino, top, path});
    if (!top && !path.empty() && facts_of_path(path).verdict == CgroupVerdict::kUnknown &&
        pids_in(folder).empty())
      found_.empty.push_back({info.st_ino, 0, path});
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
      if (entry.is_directory(error) && !entry.is_symlink(error))
        visit(entry.path(), path + "/" + entry.path().filename().string(), top);
    }
  }

  // Spaces, as the kernel side's begin_space() finds new ones.
  void visit_processes() {
    // Of most of them: what follows is for the others alone.
    const std::string host = namespace_link(root_, "self", "pid");
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(root_ + "/proc", error)) {
      const std::string pid = entry.path().filename().string();
      if (pid.find_first_not_of("0123456789") != pid.npos) continue;
      const std::string own = namespace_link(root_, pid, "pid");
      if (!own.empty() && own != host) visit_process(pid, namespace_number(own));
    }
  }

  void visit_process(const std::string& pid, uint64_t pid_namespace) {
    const Ancestry process = ancestry_of(root_, pid);
    if (process.level != 1 || process.inner_pid != "1" || process.parent == "1") return;
    const CgroupPlace place = cgroup_of_process(root_, std::atoi(pid.c_str()));
    const bool in_container = std::ranges::any_of(
        found_.cgroups, [&](const ExistingCgroup& known) { return known.id == place.id; });
    if (in_container || !has_own_mounts(root_, pid, process)) return;
    Container container;
    container.cgroup_id = space_of_namespace(pid_namespace);
    container.existing = true;
    describe_space(comm_of(root_, process.parent), container);
    container.facts.push_back({"pid", pid, "kernel"});
    metadata_.read(container);
    found_.containers.push_back(std::move(container));
  }

  bool is_container(const fs::path& folder, const std::string& path, uint64_t cgroup_id) {
    const CgroupFacts facts = facts_of_path(path);
    if (facts.verdict == CgroupVerdict::kNoContainer) return false;
    Container container;
    container.id = facts.id;
    container.engine = facts.engine;
    container.cgroup_path = path;
    container.cgroup_id = cgroup_id;
    container.existing = true;
    const bool known = metadata_.read(container);
    if (facts.verdict == CgroupVerdict::kUnknown && !known && !has_own_namespaces(root_, folder))
      return false;
    if (container.fact("pid").empty() && add_first_process(folder, container))
      metadata_.read(container);
    found_.containers.push_back(std::move(container));
    return true;
  }

  // Where no runtime tells it.
  bool add_first_process(const fs::path& folder, Container& container) const {
    const OldestProcess oldest = oldest_process(root_, folder.string());
    if (oldest.pid) container.facts.push_back({"pid", std::to_string(oldest.pid), "kernel"});
    return oldest.pid != 0;
  }

  const std::string root_;
  MetadataReader metadata_;
  ExistingContainers found_;
};

}  // namespace

CgroupFacts facts_of_path(std::string_view cgroup_path) {
  const std::vector<std::string_view> parts = components_of(cgroup_path);
  CgroupFacts facts;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (auto match = match_component(parts[i], i ? parts[i - 1] : std::string_view()))
      return *match;
  }
  if (parts.empty()) return facts;
  const std::string_view last = parts.back();
  const auto ends = [&](std::string_view suffix) { return last.ends_with(suffix); };
  const auto begins = [&](std::string_view prefix) { return last.starts_with(prefix); };
  if (std::any_of(std::begin(kNoContainerSuffixes), std::end(kNoContainerSuffixes), ends) ||
      std::any_of(std::begin(kNoContainerPrefixes), std::end(kNoContainerPrefixes), begins))
    facts.verdict = CgroupVerdict::kNoContainer;
  facts.id = last;
  return facts;
}

ExistingContainers scan_containers(const std::string& host_root, EngineApi* api) {
  return Scan(host_root, api).run();
}

}  // namespace ctrace
