#include "record/container_metadata.h"

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>

#include "record/container_rules.h"

namespace ctrace {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

// These files belong to root; even so no more is read than such a file may reasonably have.
constexpr size_t kMaxFileBytes = 8u << 20;

std::optional<Json> read_json(const fs::path& file) {
  std::error_code error;
  const auto size = fs::file_size(file, error);
  if (error || size > kMaxFileBytes) return std::nullopt;
  std::ifstream stream(file);
  Json document = Json::parse(stream, nullptr, false);
  if (document.is_discarded()) return std::nullopt;
  return document;
}

std::string text_at(const Json& document, const char* pointer) {
  const Json::json_pointer path(pointer);
  if (!document.contains(path) || !document.at(path).is_string()) return "";
  return document.at(path).get<std::string>();
}

void set_if_empty(std::string& field, std::string value) {
  if (field.empty()) field = std::move(value);
}

// Ids come from paths that a container's owner may choose: never let one leave its folder.
bool usable_as_file_name(const std::string& id) {
  return !id.empty() && id.find('/') == std::string::npos && id != "." && id != "..";
}

// Annotations of an OCI bundle, as runc keeps them in its state: "key=value".
void take_labels(const Json& labels, Container& container) {
  if (!labels.is_array()) return;
  for (const Json& label : labels) {
    if (!label.is_string()) continue;
    const std::string text = label.get<std::string>();
    const size_t equals = text.find('=');
    if (equals == std::string::npos) continue;
    const std::string key = text.substr(0, equals), value = text.substr(equals + 1);
    container.attributes.emplace_back(key, value);
    if (key == "org.opencontainers.image.ref.name" || key == "io.kubernetes.cri.image-name")
      set_if_empty(container.image, value);
    if (key == "io.kubernetes.cri.container-name") set_if_empty(container.name, value);
  }
}

// "/sys/fs/cgroup/pids/web" and "/sys/fs/cgroup/web" are the cgroup "/web", and so no "/x/web".
bool is_same_cgroup(std::string_view path, std::string_view cgroup_path) {
  constexpr std::string_view kMount = "/sys/fs/cgroup";
  if (!path.starts_with(kMount) || !path.ends_with(cgroup_path)) return false;
  path.remove_prefix(kMount.size());
  path.remove_suffix(cgroup_path.size());
  return path.rfind('/') == 0 || path.empty();
}

// state.json of a container that has the id, or whose cgroup is this one (runc lets the user choose
// both freely).
std::optional<Json> find_runc_state(const fs::path& folder, const Container& container) {
  if (usable_as_file_name(container.id)) {
    if (auto state = read_json(folder / container.id / "state.json")) return state;
  }
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    auto state = read_json(entry.path() / "state.json");
    if (!state || !state->contains("cgroup_paths")) continue;
    for (const auto& [controller, path] : (*state)["cgroup_paths"].items()) {
      if (path.is_string() && !container.cgroup_path.empty() &&
          is_same_cgroup(path.get<std::string>(), container.cgroup_path))
        return state;
    }
  }
  return std::nullopt;
}

}  // namespace

bool read_runc_state(const std::string& host_root, Container& container) {
  std::vector<fs::path> folders = {host_root + "/run/runc", host_root + "/run/crun"};
  std::error_code error;
  for (const char* parent : {"/run/containerd/runc", "/run/docker/runtime-runc"}) {
    for (const auto& entry : fs::directory_iterator(host_root + parent, error))
      folders.push_back(entry.path());
  }
  for (const fs::path& folder : folders) {
    const auto state = find_runc_state(folder, container);
    if (!state) continue;
    container.runtime = folder.filename() == "crun" ? "crun" : "runc";
    const std::string id = text_at(*state, "/id");
    if (!id.empty()) container.id = id;
    if (state->contains("/config/labels"_json_pointer))
      take_labels((*state)["config"]["labels"], container);
    if (state->contains("/config/no_new_privileges"_json_pointer) &&
        (*state)["config"]["no_new_privileges"].is_boolean())
      container.no_new_privs = (*state)["config"]["no_new_privileges"].get<bool>();
    return true;
  }
  return false;
}

bool read_docker_config(const std::string& host_root, Container& container) {
  if (!usable_as_file_name(container.id)) return false;
  const auto config =
      read_json(host_root + "/var/lib/docker/containers/" + container.id + "/config.v2.json");
  if (!config) return false;
  std::string name = text_at(*config, "/Name");
  if (name.starts_with('/')) name.erase(0, 1);
  container.name = name;
  container.image = text_at(*config, "/Config/Image");
  container.engine = "docker";
  return true;
}

bool read_podman_storage(const std::string& host_root, Container& container) {
  const auto containers =
      read_json(host_root + "/var/lib/containers/storage/overlay-containers/containers.json");
  if (!containers || !containers->is_array()) return false;
  for (const Json& row : *containers) {
    if (text_at(row, "/id") != container.id) continue;
    if (row.contains("/names/0"_json_pointer)) container.name = text_at(row, "/names/0");
    // The metadata is a JSON document in a string.
    const Json metadata = Json::parse(text_at(row, "/metadata"), nullptr, false);
    if (metadata.is_object()) container.image = text_at(metadata, "/image-name");
    container.engine = "podman";
    return true;
  }
  return false;
}

bool read_containerd_bundle(const std::string& host_root, Container& container) {
  if (!usable_as_file_name(container.id)) return false;
  std::error_code error;
  const std::string tasks = host_root + "/run/containerd/io.containerd.runtime.v2.task";
  for (const auto& entry : fs::directory_iterator(tasks, error)) {
    const auto config = read_json(entry.path() / container.id / "config.json");
    if (!config) continue;
    set_if_empty(container.engine, "containerd");
    set_if_empty(container.name, text_at(*config, "/annotations/io.kubernetes.cri.container-name"));
    set_if_empty(container.image, text_at(*config, "/annotations/io.kubernetes.cri.image-name"));
    return true;
  }
  return false;
}

bool read_metadata(const std::string& host_root, Container& container) {
  container.attributes.clear();
  // The engine's word on the name comes before the runtime's, which only knows ids.
  bool known = read_docker_config(host_root, container);
  known = read_podman_storage(host_root, container) || known;
  known = read_containerd_bundle(host_root, container) || known;
  known = read_runc_state(host_root, container) || known;
  if (known) set_if_empty(container.name, container.id);
  return known;
}

}  // namespace ctrace
