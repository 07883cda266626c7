// Where names and facts of a container come from: one function a source, which fills what it knows.
// The table of all of them, in the order of their word's weight, is in container_metadata.cc.
#pragma once

#include <string>
#include <string_view>

#include "format/model/event.h"
#include "record/metadata/json_files.h"

namespace ctrace {

class EngineApi;

// One container that is looked up. What an earlier source said stays; later ones add.
class Lookup {
 public:
  Lookup(JsonFiles& known_files, EngineApi* asked, Container& row)
      : files(known_files), api(asked), container(row) {}

  JsonFiles& files;
  EngineApi* api;  // null: nobody is asked
  Container& container;
  std::string bundle;     // folder of the OCI bundle, when a source knew it
  std::string data_root;  // of the engine, when a source knew it

  // Who speaks from here on: "docker".
  void speak_as(std::string_view source) { source_ = source; }
  // A fact of container_facts.h; empty values and what was said before are left out, and more than
  // a reader could want.
  void add(std::string_view key, std::string value);
  // The same where a column has it too.
  void name(std::string value);
  void image(std::string value);
  void runtime(std::string value);
  void engine(std::string value);
  void label(std::string key, std::string value);
  // "NAME@sha256:HEX" of an image "NAME:TAG" and its digest.
  void image_digest(std::string_view image, const std::string& digest);
  // What a source, the current one if none is named, said first under a key; empty when nothing.
  std::string said(std::string_view key) const { return said_by(source_, key); }
  std::string said_by(std::string_view source, std::string_view key) const;

 private:
  void column(std::string& field, std::string_view key, std::string value);
  std::string_view source_;
  size_t label_bytes_ = 0;
};

// Each says whether it knew the container.
bool read_docker_config(Lookup& lookup);
bool read_podman_storage(Lookup& lookup);
bool read_containerd_database(Lookup& lookup);
bool read_runc_state(Lookup& lookup);
bool read_crun_status(Lookup& lookup);
bool read_oci_bundle(Lookup& lookup);
bool read_lxc_config(Lookup& lookup);
bool read_machine(Lookup& lookup);
bool read_api(Lookup& lookup);
bool read_process(Lookup& lookup);
bool read_cgroup_path(Lookup& lookup);

// What podman's own database adds to its storage.
void take_podman_database(const std::string& root, Lookup& lookup);

// What annotations of a bundle, or labels, say of the names: CRI, CRI-O, Kubernetes, OCI.
void take_well_known_labels(Lookup& lookup);

}  // namespace ctrace
