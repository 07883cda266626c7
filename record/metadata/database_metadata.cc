// What engines keep of their containers in databases of their own: containerd, podman.
#include <nlohmann/json.hpp>

#include "record/metadata/bolt_file.h"
#include "record/metadata/json_facts.h"
#include "record/metadata/metadata_sources.h"

namespace ctrace {
namespace {

constexpr std::string_view kTasks = "/io.containerd.runtime.v2.task/";
constexpr std::string_view kContainerdRoot = "/var/lib/containerd";

// A bundle's link "work" leads below containerd's root, wherever that is.
std::string containerd_root(const Lookup& lookup) {
  const std::string work = lookup.files.link(lookup.bundle + "/work");
  const size_t end = work.find(kTasks);
  return end == work.npos || !work.starts_with('/') ? std::string(kContainerdRoot)
                                                    : work.substr(0, end);
}

struct ContainerdRow {
  std::string image, digest;
  std::vector<std::pair<std::string, std::string>> labels;
};
ContainerdRow read_containerd_row(BoltFile& database, const std::string& name,
                                  const std::string& id) {
  const BoltFile::Path place = {"v1", name, "containers", id};
  ContainerdRow row;
  row.image = database.value(place, "image");
  row.digest = database.value({"v1", name, "images", row.image, "target"}, "digest");
  row.labels = database.items({"v1", name, "containers", id, "labels"});
  return row;
}

// A JSON document that stands in a database's value.
Json document_in(BoltFile& database, const BoltFile::Path& bucket, const char* key) {
  return Json::parse(database.value(bucket, key), nullptr, false);
}

constexpr JsonFact kPodmanStateFacts[] = {
    {"started", "/startedTime", time_at},
    {"finished", "/finishedTime", time_at},
    {"pid", "/pid", process_at},
};

}  // namespace

bool read_containerd_database(Lookup& lookup) {
  const std::string name = lookup.said_by("bundle", "engine.namespace");
  // Of docker's containers docker itself knows more.
  if (lookup.bundle.empty() || name.empty() || name == "moby") return false;
  auto database = BoltFile::open(
      lookup.files.below_root(containerd_root(lookup) + "/io.containerd.metadata.v1.bolt/meta.db"));
  if (!database) return false;
  const auto row = database->consistent<ContainerdRow>(
      [&](BoltFile& file) { return read_containerd_row(file, name, lookup.container.id); });
  if (!row || (row->image.empty() && row->labels.empty())) return false;
  lookup.image(row->image);
  lookup.image_digest(row->image, row->digest);
  for (const auto& [key, value] : row->labels) lookup.label(key, value);
  take_well_known_labels(lookup);
  return true;
}

void take_podman_database(const std::string& root, Lookup& lookup) {
  auto database = BoltFile::open(lookup.files.below_root(root + "/libpod/bolt_state.db"));
  if (!database) return;
  struct Row {
    Json config, state, pod;
  };
  const auto row = database->consistent<Row>([&](BoltFile& file) {
    const BoltFile::Path place = {"ctr", lookup.container.id};
    Row found = {document_in(file, place, "config"), document_in(file, place, "state"), {}};
    const std::string pod = found.config.is_object() ? member_text(found.config, "pod") : "";
    if (!pod.empty()) found.pod = document_in(file, {"pod", pod}, "config");
    return found;
  });
  if (!row || !row->config.is_object()) return;
  take_labels(row->config, "/labels", lookup);
  lookup.image(text_at(row->config, "/rootfsImageName"));
  lookup.add("runtime", text_at(row->config, "/runtime"));
  if (row->pod.is_object()) {
    lookup.add("pod.name", text_at(row->pod, "/name"));
    lookup.add("pod.uid", text_at(row->pod, "/id"));
  }
  if (row->state.is_object()) take_facts(row->state, kPodmanStateFacts, lookup);
}

}  // namespace ctrace
