// What a cgroup's path and the runtimes' files say about a container. Everything is below a root
// folder that is passed in, so that tests use one of their own and the recorder may itself run in
// a container.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "format/model/event.h"

namespace ctrace {

class EngineApi;

enum class CgroupVerdict { kContainer, kNoContainer, kUnknown };

struct CgroupFacts {
  CgroupVerdict verdict = CgroupVerdict::kUnknown;
  std::string id;      // the container's id as the path has it
  std::string engine;  // "docker", "podman", "cri-o", "containerd", "lxc", or empty
};

// By the path alone, within the cgroup file system: "/docker/<64 hex>", ".../libpod-<id>.scope",
// "/system.slice/cron.service". Unknown: "/web", which only a runtime's files or the namespaces of
// the tasks in it can tell.
CgroupFacts facts_of_path(std::string_view cgroup_path);

// A cgroup that exists, in the hierarchy that find_cgroup_hierarchy() names.
struct ExistingCgroup {
  uint64_t id = 0, top = 0;
  std::string path;  // within the file system
};
// Containers that run already: rows (existing, index not set) and their cgroups, sub-cgroups
// included. A cgroup counts by its path, by a runtime's file or by the namespaces of its tasks;
// where none does, a pid namespace may.
struct ExistingContainers {
  std::vector<Container> containers;
  std::vector<ExistingCgroup> cgroups;
  // Cgroups in which nobody is, and of which nothing tells that they are no container's (top is 0).
  std::vector<ExistingCgroup> empty;
};
// `api`: asked too, if it is not null; what it says comes with a later look at them.
ExistingContainers scan_containers(const std::string& host_root, EngineApi* api = nullptr);

}  // namespace ctrace
