// Looks at the files of containers that are being set up every millisecond, on a thread of its own:
// a bare runtime removes its state when the container ends, which may be before the events that
// tell of it are looked at.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "format/model/event.h"
#include "record/metadata/container_metadata.h"

namespace ctrace {

class MetadataWatch {
 public:
  // Starts the thread. `patience_ms`: a container of which nothing is told for so long is
  // forgotten.
  explicit MetadataWatch(std::string host_root, uint64_t patience_ms = 3000);
  ~MetadataWatch();
  MetadataWatch(const MetadataWatch&) = delete;

  // From now on looks for `container`, by its cgroup_id. Of too many at once the rest is not
  // watched.
  void watch(const Container& container);
  // What was found of it, once: all that MetadataReader fills, when a runtime had begun it.
  std::optional<Container> take(uint64_t cgroup_id);
  void forget(uint64_t cgroup_id);

 private:
  struct Watched {
    Container container;
    uint64_t looks = 0;
    bool found = false;
  };
  void run();
  bool look(uint64_t cgroup_id);

  MetadataReader reader_;  // the thread's
  const uint64_t patience_ms_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::map<uint64_t, Watched> watched_;  // by cgroup
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace ctrace
