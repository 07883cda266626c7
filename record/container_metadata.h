// The runtimes' and engines' own files about a container, as read_metadata() needs them.
#pragma once

#include <string>

#include "format/model/event.h"

namespace ctrace {

// One source of names. Each fills what it knows and says whether it knew the container.
bool read_runc_state(const std::string& host_root, Container& container);
bool read_docker_config(const std::string& host_root, Container& container);
bool read_podman_storage(const std::string& host_root, Container& container);
bool read_containerd_bundle(const std::string& host_root, Container& container);

}  // namespace ctrace
