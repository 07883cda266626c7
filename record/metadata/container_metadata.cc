#include "record/metadata/container_metadata.h"

#include <algorithm>

#include "format/file/model_codec.h"
#include "record/metadata/metadata_sources.h"

namespace ctrace {
namespace {

// A container may have thousands of mounts and labels; of a text nobody reads more.
constexpr size_t kMaxFacts = 240, kMaxLabels = 512, kMaxText = 4096;
// So that the file takes all of them: a key and a source have less than 64 bytes.
static_assert(kMaxFacts * (kMaxText + 64) < kMaxAttributeBytes);

std::string cut(std::string text) {
  return text.size() > kMaxText ? text.substr(0, kMaxText - 3) + "..." : text;
}

struct Source {
  std::string_view name;
  bool (*read)(Lookup&);
  bool knows = true;  // what it says is of this container, not of its cgroup's path alone
};
// Engines come before runtimes, which only know ids; but a runtime's state says where the bundle
// is, and the bundle where the engine keeps its data.
constexpr Source kSources[] = {
    {"runc", read_runc_state},
    {"crun", read_crun_status},
    {"bundle", read_oci_bundle},
    {"docker", read_docker_config},
    {"podman", read_podman_storage},
    {"containerd", read_containerd_database},
    {"api", read_api},
    {"lxc", read_lxc_config},
    {"machined", read_machine},
    {"proc", read_process, false},
    {"cgroup", read_cgroup_path, false},
};

// Whose word on a column weighs most; all others follow in the order of kSources.
constexpr std::string_view kByWeight[] = {"docker", "podman", "api", "lxc", "machined", "bundle"};

size_t weight_of(std::string_view source) {
  return static_cast<size_t>(std::ranges::find(kByWeight, source) - std::begin(kByWeight));
}

// By weight too, so that the first fact of a key is the one that holds.
void sort_facts(Container& container) {
  std::ranges::stable_sort(container.facts, {}, [](const Fact& fact) {
    return std::pair(std::string_view(fact.key), weight_of(fact.source));
  });
}

// The heaviest word on each column that several sources have one on.
void choose_columns(Container& container) {
  struct {
    std::string_view key;
    std::string Container::*field;
  } const columns[] = {{"name", &Container::name},
                       {"image", &Container::image},
                       {"runtime", &Container::runtime},
                       {"engine", &Container::engine}};
  for (const auto& [key, field] : columns) {
    size_t best = SIZE_MAX;
    for (const Fact& fact : container.facts) {
      if (fact.key != key || weight_of(fact.source) >= best) continue;
      best = weight_of(fact.source);
      container.*field = fact.value;
    }
  }
}

}  // namespace

bool MetadataReader::read(Container& container) {
  container.attributes.clear();
  std::erase_if(container.facts, [](const Fact& fact) { return fact.source != "kernel"; });
  Lookup lookup(files_, api_, container);
  bool known = false;
  for (const Source& source : kSources) {
    lookup.speak_as(source.name);
    known = (source.read(lookup) && source.knows) || known;
  }
  choose_columns(container);
  if (known && container.name.empty()) container.name = container.id;
  sort_facts(container);
  return known;
}

void keep_facts(const Container& before, Container& now) {
  for (const Fact& fact : before.facts) {
    const bool told = std::ranges::any_of(now.facts, [&fact](const Fact& newer) {
      return newer.key == fact.key && newer.source == fact.source;
    });
    if (!told && now.facts.size() < kMaxFacts) now.facts.push_back(fact);
  }
  if (now.attributes.empty()) now.attributes = before.attributes;
  sort_facts(now);
}

void Lookup::add(std::string_view key, std::string value) {
  if (value.empty() || container.facts.size() >= kMaxFacts) return;
  value = cut(std::move(value));
  const bool said = std::ranges::any_of(
      container.facts, [&](const Fact& fact) { return fact.key == key && fact.value == value; });
  if (!said) container.facts.push_back({std::string(key), std::move(value), std::string(source_)});
}

void Lookup::column(std::string& field, std::string_view key, std::string value) {
  if (value.empty()) return;
  value = cut(std::move(value));
  if (field.empty()) field = value;
  add(key, std::move(value));
}
void Lookup::name(std::string value) { column(container.name, "name", std::move(value)); }
void Lookup::image(std::string value) { column(container.image, "image", std::move(value)); }
void Lookup::runtime(std::string value) { column(container.runtime, "runtime", std::move(value)); }
void Lookup::engine(std::string value) { column(container.engine, "engine", std::move(value)); }

void Lookup::image_digest(std::string_view image, const std::string& digest) {
  // A port of the registry's has a colon too.
  const size_t colon = image.rfind(':'), slash = image.rfind('/');
  if (colon != image.npos && (slash == image.npos || colon > slash)) image = image.substr(0, colon);
  if (!image.empty() && digest.starts_with("sha256:"))
    add("image.digest", std::string(image.substr(0, image.find('@'))) + "@" + digest);
}

std::string Lookup::said_by(std::string_view source, std::string_view key) const {
  for (const Fact& fact : container.facts) {
    if (fact.key == key && fact.source == source) return fact.value;
  }
  return "";
}

void Lookup::label(std::string key, std::string value) {
  if (container.attributes.size() >= kMaxLabels || key.empty()) return;
  key = cut(std::move(key));
  value = cut(std::move(value));
  if (label_bytes_ + key.size() + value.size() > kMaxAttributeBytes) return;
  const bool said = std::ranges::any_of(container.attributes,
                                        [&](const auto& known) { return known.first == key; });
  if (said) return;
  label_bytes_ += key.size() + value.size();
  container.attributes.emplace_back(std::move(key), std::move(value));
}

}  // namespace ctrace
