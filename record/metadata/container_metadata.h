// What the files of engines and runtimes say of a container. All is read below a root folder that
// is passed in, so that tests use one of their own and the recorder may itself run in a container.
#pragma once

#include <string>

#include "format/model/event.h"
#include "record/metadata/json_files.h"

namespace ctrace {

class MetadataReader {
 public:
  explicit MetadataReader(std::string host_root) : files_(std::move(host_root)) {}

  // Fills name, image, runtime, engine, attributes and facts of `container`, of which id, engine
  // and cgroup_path are as the cgroup has them. Facts of the kernel's stay. False when no file
  // knows the container (yet).
  bool read(Container& container);

 private:
  JsonFiles files_;
};

}  // namespace ctrace
