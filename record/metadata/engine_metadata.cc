// What engines keep of their containers beside the bundle: docker, podman, lxc, systemd-machined.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "record/metadata/engine_api.h"
#include "record/metadata/json_facts.h"
#include "record/metadata/metadata_sources.h"

namespace ctrace {
namespace {

constexpr JsonFact kDockerFacts[] = {
    {"image.id", "/Image"},
    {"created", "/Created", time_at},
    {"started", "/State/StartedAt", time_at},
    {"finished", "/State/FinishedAt", time_at},
    {"hostname", "/Config/Hostname"},
    {"user", "/Config/User"},
    {"apparmor", "/AppArmorProfile"},
    {"selinux", "/ProcessLabel"},
};

void take_docker_network(const Json& config, Lookup& lookup) {
  const Json* networks = value_at(config, "/NetworkSettings/Networks");
  if (networks && networks->is_object()) {
    for (const auto& [name, network] : networks->items()) {
      if (!network.is_object()) continue;
      lookup.add("address", member_text(network, "IPAddress"));
      lookup.add("address", member_text(network, "GlobalIPv6Address"));
    }
  }
  const Json* ports = value_at(config, "/NetworkSettings/Ports");
  if (!ports || !ports->is_object()) return;
  for (const auto& [port, bindings] : ports->items()) {
    if (!bindings.is_array()) continue;
    for (const Json& binding : bindings) {
      if (!binding.is_object()) continue;
      lookup.add("port", member_text(binding, "HostIp") + ":" + member_text(binding, "HostPort") +
                             "->" + port);
    }
  }
}

// "NAME=VALUE" lines; values may be quoted.
std::string value_of_line(const std::string& text, std::string_view name) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const size_t equals = line.find('=');
    if (equals == line.npos) continue;
    std::string key = line.substr(0, equals), value = line.substr(equals + 1);
    key.erase(std::remove(key.begin(), key.end(), ' '), key.end());
    if (key != name) continue;
    const size_t first = value.find_first_not_of(" \t\"");
    const size_t last = value.find_last_not_of(" \t\"\r");
    return first == value.npos ? "" : value.substr(first, last - first + 1);
  }
  return "";
}

// The storage drivers that have been podman's.
constexpr const char* kDrivers[] = {"overlay", "vfs", "btrfs", "zfs"};

bool take_podman_row(const Json& rows, Lookup& lookup) {
  if (!rows.is_array()) return false;
  for (const Json& row : rows) {
    if (!row.is_object() || member_text(row, "id") != lookup.container.id) continue;
    lookup.engine("podman");
    lookup.name(text_at(row, "/names/0"));
    // The metadata is a JSON document in a string.
    const Json metadata = Json::parse(member_text(row, "metadata"), nullptr, false);
    if (metadata.is_object()) {
      lookup.name(member_text(metadata, "name"));
      lookup.image(member_text(metadata, "image-name"));
    }
    const std::string image = member_text(row, "image");
    if (!image.empty()) lookup.add("image.id", "sha256:" + image);
    lookup.add("created", time_at(row, "/created"));
    return true;
  }
  return false;
}

// By which a registry knows the container's image, from the list of all.
void take_podman_digest(const std::string& file, Lookup& lookup) {
  const std::string id = lookup.said("image.id");
  const auto images = id.empty() ? nullptr : lookup.files.read_cached(file);
  if (!images || !images->is_array()) return;
  for (const Json& image : *images) {
    if (!image.is_object() || "sha256:" + member_text(image, "id") != id) continue;
    lookup.image_digest(text_at(image, "/names/0"), member_text(image, "digest"));
  }
}

// The same of docker's, whose list has a row for each name that an image is known by.
void take_docker_digest(const std::string& root, const std::string& driver, Lookup& lookup) {
  if (!usable_as_file_name(driver)) return;
  const auto list = lookup.files.read_cached(root + "/image/" + driver + "/repositories.json");
  const Json* repositories = list ? value_at(*list, "/Repositories") : nullptr;
  if (!repositories || !repositories->is_object()) return;
  const std::string id = lookup.said("image.id");
  for (const auto& [repository, names] : repositories->items()) {
    if (!names.is_object()) continue;
    for (const auto& [name, image] : names.items()) {
      if (name.find('@') != name.npos && image.is_string() && image.get<std::string>() == id)
        lookup.add("image.digest", name);
    }
  }
}

}  // namespace

// A config.v2.json, or what the API says of a container, which is much the same.
static void take_docker_document(const Json& config, Lookup& lookup) {
  std::string name = text_at(config, "/Name");
  if (name.starts_with('/')) name.erase(0, 1);
  lookup.name(name);
  lookup.image(text_at(config, "/Config/Image"));
  take_facts(config, kDockerFacts, lookup);
  take_docker_network(config, lookup);
  take_labels(config, "/Config/Labels", lookup);
  take_well_known_labels(lookup);
}

bool read_docker_config(Lookup& lookup) {
  if (!usable_as_file_name(lookup.container.id)) return false;
  const std::string root = lookup.data_root.empty() ? "/var/lib/docker" : lookup.data_root;
  const std::string folder = root + "/containers/" + lookup.container.id;
  const auto document = lookup.files.read(folder + "/config.v2.json");
  if (!document || !document->is_object()) return false;
  lookup.engine("docker");
  take_docker_document(*document, lookup);
  take_docker_digest(root, text_at(*document, "/Driver"), lookup);
  if (const auto host = lookup.files.read(folder + "/hostconfig.json")) {
    lookup.add("privileged", flag_at(*host, "/Privileged"));
    // A shim's name says less than the runtime's own state.
    if (lookup.container.runtime.empty()) lookup.runtime(text_at(*host, "/Runtime"));
  }
  return true;
}

constexpr JsonFact kInspectFacts[] = {
    {"pid", "/State/Pid", process_at},
    {"privileged", "/HostConfig/Privileged", flag_at},
    {"read_only_root", "/HostConfig/ReadonlyRootfs", flag_at},
    {"pod.uid", "/Pod"},  // podman's
};

// The version of the engine's own stands with those of what it uses: docker says "runc", podman
// "OCI Runtime (runc)".
static void take_versions(const Json& version, Lookup& lookup) {
  const Json* components = value_at(version, "/Components");
  if (!components || !components->is_array()) return;
  const std::string& runtime = lookup.container.runtime;
  for (const Json& part : *components) {
    if (!part.is_object()) continue;
    const std::string name = member_text(part, "Name");
    const bool of_runtime =
        !runtime.empty() && (name == runtime || name.ends_with("(" + runtime + ")"));
    const bool of_engine = name == "Engine" || name == "Podman Engine";
    // Of a version of many lines the first one.
    const std::string text = member_text(part, "Version");
    const std::string line = text.substr(0, text.find('\n'));
    if (of_runtime) lookup.add("runtime.version", line);
    if (of_engine) lookup.add("engine.version", line);
  }
}

bool read_api(Lookup& lookup) {
  if (!lookup.api) return false;
  const auto answer = lookup.api->about(lookup.container.engine, lookup.container.id);
  const Json* inspect = answer ? value_at(*answer, "/inspect") : nullptr;
  if (!inspect || !inspect->is_object()) return false;
  take_docker_document(*inspect, lookup);
  take_facts(*inspect, kInspectFacts, lookup);
  if (const Json* version = value_at(*answer, "/version")) take_versions(*version, lookup);
  return true;
}

bool read_podman_storage(Lookup& lookup) {
  const std::string& known = lookup.data_root;
  const std::string root = known.empty() ? "/var/lib/containers/storage" : known;
  for (const char* driver : kDrivers) {
    const std::string folder = root + "/" + driver + "-containers";
    const auto rows = lookup.files.read_cached(folder + "/containers.json");
    // Newer ones keep containers that need not outlive a boot (--rm) by themselves.
    const auto brief = lookup.files.read_cached(folder + "/volatile-containers.json");
    if (!(rows && take_podman_row(*rows, lookup)) && !(brief && take_podman_row(*brief, lookup)))
      continue;
    take_podman_digest(root + "/" + driver + "-images/images.json", lookup);
    take_podman_database(root, lookup);
    return true;
  }
  return false;
}

bool read_lxc_config(Lookup& lookup) {
  const std::string& id = lookup.container.id;
  if (lookup.container.engine != "lxc" || !usable_as_file_name(id)) return false;
  lookup.name(id);
  const std::string text = lookup.files.text("/var/lib/lxc/" + id + "/config");
  if (text.empty()) return true;
  lookup.add("hostname", value_of_line(text, "lxc.uts.name"));
  lookup.add("apparmor", value_of_line(text, "lxc.apparmor.profile"));
  lookup.add("bundle", "/var/lib/lxc/" + id);
  return true;
}

// systemd's units escape what a name may not have: "\x2d" is '-'.
static std::string unescaped_unit(const std::string& name) {
  std::string text;
  for (size_t i = 0; i < name.size(); ++i) {
    if (name[i] == '\\' && i + 3 < name.size() && name[i + 1] == 'x' &&
        std::isxdigit(static_cast<unsigned char>(name[i + 2])) &&
        std::isxdigit(static_cast<unsigned char>(name[i + 3]))) {
      text += static_cast<char>(std::stoi(name.substr(i + 2, 2), nullptr, 16));
      i += 3;
    } else {
      text += name[i];
    }
  }
  return text;
}

bool read_machine(Lookup& lookup) {
  if (lookup.container.engine != "nspawn") return false;
  const std::string name = unescaped_unit(lookup.container.id);
  if (!usable_as_file_name(name)) return false;
  lookup.name(name);
  const std::string text = lookup.files.text("/run/systemd/machines/" + name);
  lookup.runtime(value_of_line(text, "SERVICE"));
  lookup.add("pid", value_of_line(text, "LEADER"));
  lookup.add("bundle", value_of_line(text, "ROOT"));
  return true;
}

}  // namespace ctrace
