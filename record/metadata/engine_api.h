// Asks Docker-compatible APIs (docker's own, podman's) over their sockets for what the engines'
// files do not tell. In a process of its own: an API may be slow or never answer, and who may speak
// to it may do everything, which the recorder gives up before it looks at a container's bytes.
//
// Nothing here ever waits but wait(). HTTP is libcurl's, which is loaded when it is there.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "format/base/file.h"
#include "record/metadata/json_files.h"

namespace ctrace {

// Of an engine ("docker"; empty: of any), below the host's root.
struct ApiSocket {
  std::string engine, path;
};
// Where engines have theirs, and `more`, paths of the user's; none when that is "none".
std::vector<ApiSocket> api_sockets(const std::vector<std::string>& more);

// What the process is called.
inline constexpr char kApiHelperName[] = "ctrace-api";

class EngineApi {
 public:
  // Null when none of the sockets is there, or no libcurl, here or when this was built. To be
  // called before there are threads.
  static std::unique_ptr<EngineApi> start(const std::string& host_root,
                                          std::vector<ApiSocket> sockets);
  EngineApi(FileDescriptor channel, pid_t pid) : channel_(std::move(channel)), pid_(pid) {}

  // Asks for the container, now and then a few times more, and gives the newest answer so far: what
  // GET /containers/ID/json and /version said, as "inspect" and "version". Null: none yet.
  std::shared_ptr<const Json> about(std::string_view engine, const std::string& id);
  // What was answered meanwhile; and whether there is an answer that about() has not given yet.
  void listen();
  bool has_news(const std::string& id) const;
  void forget(const std::string& id) { asked_.erase(id); }
  // Until all that was asked is answered, but not longer.
  void wait(uint64_t most_ms);
  // Of the process, which ends with this object.
  pid_t pid() const { return pid_; }

 private:
  struct Asked {
    int times = 0;
    bool open = false;  // not answered yet
    bool news = false;
    std::shared_ptr<const Json> answer;
  };
  FileDescriptor channel_;
  const pid_t pid_;
  std::map<std::string, Asked> asked_;  // by id
};

}  // namespace ctrace
