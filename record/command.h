// `-- COMMAND ARG...`: a child that waits until it is watched, then becomes the command.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "format/base/result.h"

namespace ctrace {

class Command {
 public:
  // Forks the child, which waits.
  static Result<Command> prepare(const std::vector<std::string>& words);
  Command(Command&& other) noexcept;
  Command& operator=(Command&&) = delete;
  // A child that was never released goes away without having run anything.
  ~Command();

  pid_t pid() const { return pid_; }
  // Lets it become the command. Fails when that cannot be executed: exit_status() then says 127
  // (not found) or 126, as a shell would.
  Result<void> release();
  // The exit status once it ended (128 + signal when one killed it), without waiting.
  std::optional<int> exit_status();
  void send_signal(int number) const;

 private:
  Command(pid_t pid, int go, int trouble) : pid_(pid), go_(go), trouble_(trouble) {}
  pid_t pid_ = -1;
  int go_ = -1;       // closed: go
  int trouble_ = -1;  // errno of a failed execve, or the end when it succeeded
  std::optional<int> status_;
};

}  // namespace ctrace
