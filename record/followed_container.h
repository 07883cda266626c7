// `-- docker run ...`: the container that a command of docker's starts is made by its daemon, not
// below the command. The client tells its id in a file before it is started, when asked to
// (--cidfile).
#pragma once

#include <string>
#include <vector>

#include "format/base/result.h"

namespace ctrace {

class FollowedContainer {
 public:
  // Does this command make a container by a daemon?
  static bool is_made_by(const std::vector<std::string>& command);

  // Adds the file to the command, in a folder of its own making, unless the command has one
  // already. Forks a process that removes both when the recorder has ended, which by then may not
  // any more.
  static Result<FollowedContainer> make(std::vector<std::string>& command);
  // Its id, as soon as the file has it; empty before.
  const std::string& id() const;

 private:
  explicit FollowedContainer(std::string file) : file_(std::move(file)) {}
  std::string file_;
  mutable std::string id_;
};

}  // namespace ctrace
