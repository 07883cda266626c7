// What runtimes keep of their containers: runc's and crun's state, the OCI bundle; and what the
// path of the cgroup says.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "record/metadata/json_facts.h"
#include "record/metadata/metadata_sources.h"

namespace ctrace {
namespace {

// [{FIRST: 0, OUTSIDE: 100000, SIZE: 65536}]; the names of the members are each runtime's own.
void take_map(const Json& document, const char* pointer, const char* (&members)[3],
              std::string_view key, Lookup& lookup) {
  const Json* list = value_at(document, pointer);
  if (!list || !list->is_array()) return;
  for (const Json& range : *list) {
    std::string text;
    for (const char* member : members) {
      const auto found = range.is_object() ? range.find(member) : range.end();
      if (!range.is_object() || found == range.end() || !found->is_number_integer()) return;
      text += (text.empty() ? "" : " ") + found->dump();
    }
    lookup.add(key, text);
  }
}

constexpr JsonFact kRuncFacts[] = {
    {"created", "/created"},
    {"pid", "/init_process_pid", process_at},
    {"hostname", "/config/hostname"},
    {"read_only_root", "/config/readonlyfs", flag_at},
    {"no_new_privileges", "/config/no_new_privileges", flag_at},
    {"apparmor", "/config/apparmor_profile"},
    {"selinux", "/config/process_label"},
    {"capabilities", "/config/capabilities/Bounding", words_at},
};
constexpr JsonFact kCrunFacts[] = {
    {"created", "/created"},
    {"pid", "/pid", process_at},
};
constexpr JsonFact kBundleFacts[] = {
    {"command", "/process/args", command_at},
    {"user", "/process/user", user_at},
    {"hostname", "/hostname"},
    {"no_new_privileges", "/process/noNewPrivileges", flag_at},
    {"capabilities", "/process/capabilities/bounding", words_at},
    {"apparmor", "/process/apparmorProfile"},
    {"selinux", "/process/selinuxLabel"},
    {"read_only_root", "/root/readonly", flag_at},
};

// What labels and annotations of engines mean.
struct WellKnown {
  std::string_view label, fact;
  void (Lookup::*column)(std::string) = nullptr;
};
constexpr WellKnown kWellKnown[] = {
    {"io.kubernetes.cri.container-name", "pod.container", &Lookup::name},
    {"io.kubernetes.cri.image-name", "", &Lookup::image},
    {"io.kubernetes.cri.sandbox-name", "pod.name"},
    {"io.kubernetes.cri.sandbox-namespace", "pod.namespace"},
    {"io.kubernetes.cri.sandbox-uid", "pod.uid"},
    {"io.kubernetes.container.name", "pod.container", &Lookup::name},
    {"io.kubernetes.pod.name", "pod.name"},
    {"io.kubernetes.pod.namespace", "pod.namespace"},
    {"io.kubernetes.pod.uid", "pod.uid"},
    {"io.kubernetes.cri-o.ImageName", "", &Lookup::image},
    {"io.kubernetes.cri-o.ImageRef", "image.id"},
    {"nerdctl/name", "", &Lookup::name},
    {"org.opencontainers.image.ref.name", "", &Lookup::image},
};
// By the beginning of an annotation's key: who manages the container.
constexpr std::pair<std::string_view, std::string_view> kManagers[] = {
    {"io.kubernetes.cri-o.", "cri-o"},
    {"io.kubernetes.cri.", "containerd"},
    {"nerdctl/", "containerd"},
    {"io.podman.annotations.", "podman"},
};

std::string label_of(const Container& container, std::string_view key) {
  for (const auto& [known, value] : container.attributes) {
    if (known == key) return value;
  }
  return "";
}

// "/sys/fs/cgroup/pids/web" and "/sys/fs/cgroup/web" are the cgroup "/web", and so no "/x/web".
bool is_same_cgroup(std::string_view path, std::string_view cgroup_path) {
  constexpr std::string_view kMount = "/sys/fs/cgroup";
  if (path == cgroup_path) return true;
  if (!path.starts_with(kMount) || !path.ends_with(cgroup_path)) return false;
  path.remove_prefix(kMount.size());
  path.remove_suffix(cgroup_path.size());
  return path.rfind('/') == 0 || path.empty();
}

// The file in one of `folders` of a container that has the id, or whose cgroup is this one: bare
// runtimes let the user choose both freely.
std::string find_state(const std::vector<std::string>& folders, const std::string& file,
                       Lookup& lookup) {
  const Container& container = lookup.container;
  for (const std::string& folder : folders) {
    const std::string path = folder + "/" + container.id + file;
    if (usable_as_file_name(container.id) && lookup.files.stamp(path) != FileStamp()) return path;
  }
  if (!container.engine.empty() || container.cgroup_path.empty()) return "";
  for (const std::string& folder : folders) {
    for (const std::string& name : lookup.files.names_in(folder)) {
      const std::string path = folder + "/" + name + file;
      if (std::ranges::any_of(lookup.files.cgroups_of_state(path), [&](const std::string& cgroup) {
            return is_same_cgroup(cgroup, container.cgroup_path);
          }))
        return path;
    }
  }
  return "";
}

std::vector<std::string> with_folders_in(std::vector<std::string> folders, const JsonFiles& files,
                                         std::initializer_list<const char*> parents) {
  for (const char* parent : parents) {
    for (const std::string& name : files.names_in(parent))
      folders.push_back(std::string(parent) + "/" + name);
  }
  return folders;
}

std::string last_but_one_part(const std::string& path) {
  const size_t end = path.rfind('/');
  const size_t start = end == 0 || end == path.npos ? path.npos : path.rfind('/', end - 1);
  return start == path.npos ? "" : path.substr(start + 1, end - start - 1);
}

constexpr std::string_view kTasks = "io.containerd.runtime.v2.task";

// Where containerd keeps bundles of a namespace: its own, and that of docker's.
std::string find_bundle(const Lookup& lookup) {
  if (!lookup.bundle.empty()) return lookup.bundle;
  const std::string& id = lookup.container.id;
  if (!usable_as_file_name(id)) return "";
  for (const char* state : {"/run/containerd", "/run/docker/containerd/daemon"}) {
    const std::string tasks = std::string(state) + "/" + std::string(kTasks);
    for (const std::string& name : lookup.files.names_in(tasks)) {
      const std::string folder = tasks + "/" + name + "/" + id;
      if (lookup.files.stamp(folder + "/config.json") != FileStamp()) return folder;
    }
  }
  for (const char* root : {"/run/containers/storage", "/var/lib/containers/storage"}) {
    const std::string folder = std::string(root) + "/overlay-containers/" + id + "/userdata";
    if (lookup.files.stamp(folder + "/config.json") != FileStamp()) return folder;
  }
  return "";
}

// "/data" of a mount of "/data/containers/ID/hosts", which is docker's.
void take_mounts(const Json& config, Lookup& lookup) {
  const Json* mounts = value_at(config, "/mounts");
  if (!mounts || !mounts->is_array()) return;
  const std::string own = "/containers/" + lookup.container.id + "/";
  for (const Json& mount : *mounts) {
    if (!mount.is_object()) continue;
    const std::string source = text_at(mount, "/source"), to = text_at(mount, "/destination");
    const std::string options = " " + words_at(mount, "/options") + " ";
    const bool bind = text_at(mount, "/type") == "bind" || options.find("bind ") != options.npos;
    if (!bind || source.empty() || source.front() != '/') continue;
    const bool read_only = options.find(" ro ") != options.npos;
    lookup.add("mount", to + "=" + source + (read_only ? " (ro)" : ""));
    if (const size_t at = source.find(own); at != source.npos)
      lookup.data_root = source.substr(0, at);
  }
}

void take_seccomp(const Json& config, Lookup& lookup) {
  const std::string action = text_at(config, "/linux/seccomp/defaultAction");
  lookup.add("seccomp", action.empty() ? "off" : "filter, else " + action);
}

// The data root and the namespace that the bundle's place tells.
void take_place(Lookup& lookup) {
  const std::string& folder = lookup.bundle;
  lookup.add("bundle", folder);
  if (const size_t tasks = folder.find(kTasks); tasks != folder.npos) {
    const std::string name = last_but_one_part(folder);
    lookup.add("engine.namespace", name);
    lookup.engine(name == "moby" ? "docker" : "containerd");
    return;
  }
  const size_t end = folder.find("-containers/");
  const size_t root = end == folder.npos ? end : folder.rfind('/', end);
  if (root != folder.npos && folder.ends_with("/userdata"))
    lookup.data_root = folder.substr(0, root);
}

bool is_hex64(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == text.npos;
}

// "pod12-34", "kubepods-besteffort-pod12_34.slice", "machine-libpod_pod_<64 hex>.slice", and the
// <64 hex> between libpod_parent and the container.
std::string pod_of(std::string_view part, std::string_view above) {
  if (above.starts_with("libpod_parent") && is_hex64(part)) return std::string(part);
  const bool slice = part.ends_with(".slice");
  if (slice) part.remove_suffix(std::string_view(".slice").size());
  constexpr std::string_view kPodman = "libpod_pod_";
  if (const size_t at = part.find(kPodman); slice && at != part.npos)
    return std::string(part.substr(at + kPodman.size()));
  const size_t pod = slice ? part.rfind("-pod") : 0;
  const std::string_view begin = slice ? "-pod" : "pod";
  if (pod == part.npos || !part.substr(pod).starts_with(begin)) return "";
  std::string uid(part.substr(pod + begin.size()));
  if (uid.size() < 32 || uid.find_first_not_of("0123456789abcdefABCDEF-_") != uid.npos) return "";
  if (slice) std::ranges::replace(uid, '_', '-');
  return uid;
}

}  // namespace

void take_well_known_labels(Lookup& lookup) {
  for (const WellKnown& row : kWellKnown) {
    const std::string value = label_of(lookup.container, row.label);
    if (value.empty()) continue;
    if (!row.fact.empty()) lookup.add(row.fact, value);
    if (row.column) (lookup.*row.column)(value);
  }
  if (label_of(lookup.container, "io.kubernetes.cri.container-type") == "sandbox")
    lookup.name("POD");
  if (label_of(lookup.container, "io.podman.annotations.privileged") == "TRUE")
    lookup.add("privileged", "true");
  // It takes over annotations of CRI-O's.
  if (label_of(lookup.container, "io.container.manager") == "libpod") {
    lookup.engine("podman");
    return;
  }
  for (const auto& manager : kManagers) {
    if (std::ranges::any_of(lookup.container.attributes, [&](const auto& label) {
          return label.first.starts_with(manager.first);
        }))
      lookup.engine(std::string(manager.second));
  }
}

bool read_runc_state(Lookup& lookup) {
  const auto folders = with_folders_in({"/run/runc"}, lookup.files,
                                       {"/run/containerd/runc", "/run/docker/runtime-runc"});
  const std::string path = find_state(folders, "/state.json", lookup);
  const auto document = path.empty() ? nullptr : lookup.files.read(path);
  if (!document || !document->is_object()) return false;
  const Json& state = *document;
  lookup.runtime("runc");
  // Where the cgroup is called otherwise, the id stays the cgroup's (it never changes) and the
  // runtime's word is the name.
  if (const std::string id = text_at(state, "/id"); id != lookup.container.id) lookup.name(id);
  const Json* labels = value_at(state, "/config/labels");
  for (const Json& label : labels && labels->is_array() ? *labels : Json::array()) {
    const std::string text = label.is_string() ? label.get<std::string>() : "";
    const size_t equals = text.find('=');
    if (equals == text.npos) continue;
    if (text.starts_with("bundle=")) {
      lookup.bundle = text.substr(equals + 1);
    } else {
      lookup.label(text.substr(0, equals), text.substr(equals + 1));
    }
  }
  if (const Json* flag = value_at(state, "/config/no_new_privileges"); flag && flag->is_boolean())
    lookup.container.no_new_privs = flag->get<bool>();
  take_facts(state, kRuncFacts, lookup);
  const char* members[] = {"container_id", "host_id", "size"};
  take_map(state, "/config/uid_mappings", members, "user_map", lookup);
  take_map(state, "/config/gid_mappings", members, "group_map", lookup);
  take_well_known_labels(lookup);
  return true;
}

bool read_crun_status(Lookup& lookup) {
  const std::string path = find_state({"/run/crun"}, "/status", lookup);
  const auto document = path.empty() ? nullptr : lookup.files.read(path);
  if (!document || !document->is_object()) return false;
  lookup.runtime("crun");
  const std::string folder = path.substr(0, path.rfind('/'));
  if (const std::string id = folder.substr(folder.rfind('/') + 1); id != lookup.container.id)
    lookup.name(id);
  lookup.bundle = text_at(*document, "/bundle");
  take_facts(*document, kCrunFacts, lookup);
  return true;
}

bool read_oci_bundle(Lookup& lookup) {
  lookup.bundle = find_bundle(lookup);
  const auto document =
      lookup.bundle.empty() ? nullptr : lookup.files.read(lookup.bundle + "/config.json");
  if (!document || !document->is_object()) return false;
  const Json& config = *document;
  take_place(lookup);
  take_labels(config, "/annotations", lookup);
  take_well_known_labels(lookup);
  take_facts(config, kBundleFacts, lookup);
  const char* members[] = {"containerID", "hostID", "size"};
  take_map(config, "/linux/uidMappings", members, "user_map", lookup);
  take_map(config, "/linux/gidMappings", members, "group_map", lookup);
  take_seccomp(config, lookup);
  take_mounts(config, lookup);
  return true;
}

bool read_cgroup_path(Lookup& lookup) {
  std::string_view left = lookup.container.cgroup_path, above;
  while (!left.empty()) {
    const size_t slash = std::min(left.find('/'), left.size());
    const std::string_view part = left.substr(0, slash);
    lookup.add("pod.uid", pod_of(part, above));
    above = part.empty() ? above : part;
    left.remove_prefix(std::min(slash + 1, left.size()));
  }
  lookup.engine(lookup.container.engine);
  return true;
}

}  // namespace ctrace
