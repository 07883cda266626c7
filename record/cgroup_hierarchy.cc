#include "record/cgroup_hierarchy.h"

#include <bpf/btf.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <fstream>
#include <memory>
#include <sstream>
#include <string_view>
#include <vector>

namespace ctrace {
namespace {

// In the order of how surely runtimes make a cgroup there, with the kernel's name where it differs.
struct Controller {
  std::string_view name, kernel_name;
};
constexpr Controller kControllers[] = {
    {"pids", ""},    {"memory", ""}, {"devices", ""},         {"freezer", ""},    {"cpu", ""},
    {"cpuacct", ""}, {"cpuset", ""}, {"blkio", "io_cgrp_id"}, {"perf_event", ""},
};

bool has_word(const std::string& list, std::string_view word) {
  std::istringstream words(list);
  for (std::string each; std::getline(words, each, ',');) {
    if (each == word) return true;
  }
  return false;
}

// The id of the hierarchy that has the controller: "4:cpu,cpuacct:/path".
uint32_t hierarchy_id(const std::string& host_root, std::string_view controller) {
  std::ifstream cgroups(host_root + "/proc/self/cgroup");
  for (std::string id, controllers, path; std::getline(cgroups, id, ':');) {
    if (!std::getline(cgroups, controllers, ':') || !std::getline(cgroups, path)) break;
    if (has_word(controllers, controller))
      return static_cast<uint32_t>(strtoul(id.c_str(), nullptr, 10));
  }
  return 0;
}

}  // namespace

CgroupHierarchy find_cgroup_hierarchy(const std::string& host_root) {
  struct V1Mount {
    std::string where, options;
  };
  std::vector<V1Mount> v1_mounts;
  std::ifstream mounts(host_root + "/proc/self/mounts");
  for (std::string line; std::getline(mounts, line);) {
    std::istringstream words(line);
    std::string device, where, type, options;
    words >> device >> where >> type >> options;
    if (type == "cgroup2") return {where, "", 0};
    if (type == "cgroup") v1_mounts.push_back({where, options});
  }
  for (const Controller& controller : kControllers) {
    for (const V1Mount& mount : v1_mounts) {
      if (!has_word(mount.options, controller.name)) continue;
      const uint32_t id = hierarchy_id(host_root, controller.name);
      if (id) return {mount.where, std::string(controller.name), id};
    }
  }
  return {};
}

// Lines of "HIERARCHY:CONTROLLERS:PATH" (cgroups(7)); an id is the folder's inode.
CgroupPlace cgroup_of_process(const std::string& host_root, pid_t pid) {
  const CgroupHierarchy hierarchy = find_cgroup_hierarchy(host_root);
  const std::string wanted = std::to_string(hierarchy.id) + ":";
  std::ifstream cgroups(host_root + "/proc/" + std::to_string(pid) + "/cgroup");
  for (std::string line; std::getline(cgroups, line);) {
    const size_t controllers_end = line.find(':', wanted.size());
    if (!line.starts_with(wanted) || controllers_end == std::string::npos) continue;
    CgroupPlace place = {0, line.substr(controllers_end + 1)};
    struct stat info = {};
    const std::string folder = host_root + hierarchy.mount + place.path;
    if (stat(folder.c_str(), &info) == 0) place.id = info.st_ino;
    return place;
  }
  return {};
}

uint32_t css_set_offset(const KernelTypes& kernel, const std::string& controller) {
  std::string wanted = controller + "_cgrp_id";
  for (const Controller& known : kControllers) {
    if (known.name == controller && !known.kernel_name.empty()) wanted = known.kernel_name;
  }
  const btf* types = kernel.get();
  const uint32_t ids = kernel.find("cgroup_subsys_id", BTF_KIND_ENUM);
  const uint32_t set = kernel.find("css_set", BTF_KIND_STRUCT);
  if (ids == 0 || set == 0) return 0;
  const btf_type* id_type = btf__type_by_id(types, ids);
  const btf_type* set_type = btf__type_by_id(types, set);
  for (uint32_t i = 0; i < btf_vlen(id_type); ++i) {
    const struct btf_enum& id = btf_enum(id_type)[i];
    if (wanted != btf__name_by_offset(types, id.name_off)) continue;
    for (uint32_t member = 0; member < btf_vlen(set_type); ++member) {
      const char* name = btf__name_by_offset(types, btf_members(set_type)[member].name_off);
      if (std::string_view(name) == "subsys")
        return btf_member_bit_offset(set_type, member) / 8 +
               static_cast<uint32_t>(id.val) * static_cast<uint32_t>(sizeof(void*));
    }
  }
  return 0;
}

}  // namespace ctrace
