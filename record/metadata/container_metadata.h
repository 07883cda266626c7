// What the files of engines and runtimes say of a container. All is read below a root folder that
// is passed in, so that tests use one of their own and the recorder may itself run in a container.
#pragma once

#include <string>

#include "format/model/event.h"
#include "record/metadata/json_files.h"

namespace ctrace {

class EngineApi;

// What was known of a container before and is not told any more stays known.
void keep_facts(const Container& before, Container& now);

class MetadataReader {
 public:
  explicit MetadataReader(std::string host_root) : files_(std::move(host_root)) {}

  // Fills name, image, runtime, engine, attributes and facts of `container`, of which id, engine
  // and cgroup_path are as the cgroup has them. Facts of the kernel's stay. False when no file
  // knows the container (yet).
  bool read(Container& container);
  // From here on the engines' APIs are asked too; `api` must outlive the reader. What they say
  // comes later, with the next look.
  void ask(EngineApi* api) { api_ = api; }

 private:
  JsonFiles files_;
  EngineApi* api_ = nullptr;
};

}  // namespace ctrace
