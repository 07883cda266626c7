#include "record/command.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <utility>

#include "record/self_confinement.h"

namespace ctrace {
namespace {

// In the child: waits, then executes. Only what is safe after a fork.
[[noreturn]] void become(char* const* argv, int go, int trouble) {
  char token;
  if (read(go, &token, 1) != 1) _exit(0);  // never released
  drop_powers_of_file();
  signal(SIGPIPE, SIG_DFL);
  signal(SIGXFSZ, SIG_DFL);
  execvp(argv[0], argv);
  const int number = errno;
  if (write(trouble, &number, sizeof number) < 0) _exit(126);
  _exit(number == ENOENT ? 127 : 126);
}

}  // namespace

Result<Command> Command::prepare(const std::vector<std::string>& words) {
  std::vector<char*> argv;
  for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  int go[2], trouble[2];
  if (pipe2(go, O_CLOEXEC) != 0) return unexpected(system_message("cannot make a pipe", errno));
  if (pipe2(trouble, O_CLOEXEC) != 0) {
    const int number = errno;
    close(go[0]);
    close(go[1]);
    return unexpected(system_message("cannot make a pipe", number));
  }
  const pid_t pid = fork();
  if (pid == 0) {
    close(go[1]);  // else it would keep its own wait from ending
    become(argv.data(), go[0], trouble[1]);
  }
  const int number = errno;
  close(go[0]);
  close(trouble[1]);
  Command command(pid, go[1], trouble[0]);
  if (pid < 0) return unexpected(system_message("cannot fork", number));
  return command;
}

Command::Command(Command&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      go_(std::exchange(other.go_, -1)),
      trouble_(std::exchange(other.trouble_, -1)),
      status_(other.status_) {}

Command::~Command() {
  if (go_ >= 0) close(go_);
  if (trouble_ >= 0) close(trouble_);
  if (pid_ > 0 && go_ >= 0) waitpid(pid_, nullptr, 0);
}

Result<void> Command::release() {
  const char token = 1;
  const bool told = write(go_, &token, 1) == 1;
  close(std::exchange(go_, -1));
  if (!told) return unexpected(system_message("cannot start the command", errno));
  int number = 0;
  ssize_t got;
  do {
    got = read(trouble_, &number, sizeof number);
  } while (got < 0 && errno == EINTR);
  close(std::exchange(trouble_, -1));
  if (got == sizeof number) return unexpected(system_message("cannot execute the command", number));
  return {};
}

std::optional<int> Command::exit_status() {
  int status;
  if (!status_ && waitpid(pid_, &status, WNOHANG) == pid_)
    status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return status_;
}

void Command::send_signal(int number) const {
  if (pid_ > 0 && !status_) kill(pid_, number);
}

}  // namespace ctrace
