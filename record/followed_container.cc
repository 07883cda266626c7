#include "record/followed_container.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <string_view>
#include <utility>

namespace ctrace {
namespace {

constexpr std::string_view kOption = "--cidfile";
constexpr size_t kMaxId = 256;

std::string_view file_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

// Options of docker's own that stand before its subcommand and take the next word.
constexpr std::string_view kWithValue[] = {"-H",        "--host",  "-c",          "--context",
                                           "--config",  "-l",      "--log-level", "--tlscacert",
                                           "--tlscert", "--tlskey"};

// Where the subcommand stands that makes a container: `docker run`, `docker container run`; else 0.
size_t place_of_run(const std::vector<std::string>& command) {
  if (command.empty() || file_name(command.front()) != "docker") return 0;
  for (size_t i = 1; i < command.size(); ++i) {
    const std::string& word = command[i];
    if (word == "run") return i;
    if (std::ranges::find(kWithValue, word) != std::end(kWithValue)) {
      ++i;
    } else if (!word.starts_with('-') && word != "container") {
      return 0;
    }
  }
  return 0;
}

// The file that the command itself names.
std::string own_file(const std::vector<std::string>& command) {
  for (size_t i = 1; i < command.size(); ++i) {
    if (command[i] == kOption && i + 1 < command.size()) return command[i + 1];
    if (command[i].starts_with(std::string(kOption) + "="))
      return command[i].substr(kOption.size() + 1);
  }
  return "";
}

// The process holds nothing of the recorder's but the reading end of a pipe, which ends with it.
Result<void> remove_at_end(const std::string& folder, const std::string& file) {
  int ends[2];
  const pid_t pid = pipe2(ends, O_CLOEXEC) == 0 ? fork() : -1;
  if (pid < 0) return unexpected(system_message("cannot wait for the end", errno));
  if (pid > 0) return close(ends[0]), Result<void>();
  setsid();  // Ctrl-C is for the others
  for (int fd = 0; fd < 1024; ++fd) {
    if (fd != ends[0]) close(fd);
  }
  char byte;
  while (read(ends[0], &byte, 1) < 0 && errno == EINTR) continue;
  unlink(file.c_str());
  rmdir(folder.c_str());
  _exit(0);
}

}  // namespace

bool FollowedContainer::is_made_by(const std::vector<std::string>& command) {
  return place_of_run(command) != 0;
}

Result<FollowedContainer> FollowedContainer::make(std::vector<std::string>& command) {
  if (std::string file = own_file(command); !file.empty())
    return FollowedContainer(std::move(file));
  const char* const temporary = secure_getenv("TMPDIR");
  std::string folder = std::string(temporary ? temporary : "/tmp") + "/ctrace.XXXXXX";
  if (!mkdtemp(folder.data()))
    return unexpected(system_message("cannot make the folder '" + folder + "'", errno));
  FollowedContainer made(folder + "/id");
  if (auto waiting = remove_at_end(folder, made.file_); !waiting)
    return unexpected(waiting.error());
  command.insert(command.begin() + static_cast<ptrdiff_t>(place_of_run(command)) + 1,
                 {std::string(kOption), made.file_});
  return made;
}

const std::string& FollowedContainer::id() const {
  if (!id_.empty()) return id_;
  std::ifstream stream(file_, std::ios::binary);
  char bytes[kMaxId];
  stream.read(bytes, sizeof bytes);
  id_.assign(bytes, static_cast<size_t>(stream.gcount()));
  return id_;
}

}  // namespace ctrace
