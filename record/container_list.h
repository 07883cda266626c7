// The containers that run now, with what /proc and the engines' files say of each: for `ls`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "format/model/event.h"

namespace ctrace {

class EngineApi;

struct ListedContainer {
  Container container;
  uint32_t pid = 0;        // of its oldest process, as the host sees it; 0: none is left
  uint64_t started_s = 0;  // since the epoch; 0: not known
  bool paused = false;
  std::vector<std::string> argv;       // of that process; bytes of the container's own choosing
  std::vector<std::string> addresses;  // "10.0.0.2"; empty where it shares the host's network
  std::vector<std::string> ports;      // "127.0.0.1:8080->80/tcp", by the engine
};

// In the order of their start, then of their ids. Everything is read below `host_root`.
// `api`: engines are asked as well, if it is not null, which takes two seconds at most.
std::vector<ListedContainer> list_containers(const std::string& host_root,
                                             EngineApi* api = nullptr);

}  // namespace ctrace
