#include "format/options/program.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "format/print/escape.h"

namespace ctrace {
namespace {

int message_fd = STDERR_FILENO;

Result<int> open_for_writing(const std::string& path, int flags) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0644);
  if (fd < 0) return unexpected(system_message("cannot write '" + path + "'", errno));
  return fd;
}

}  // namespace

void tell(std::string_view program, std::string_view message) {
  OutputBuffer line(message_fd);  // one write: lines of several processes do not mix
  line.append(program);
  line.append(": ");
  append_escaped(message, line);
  line.append('\n');
}

int fail(std::string_view program, const Error& error) {
  tell(program, error.message);
  if (!error.excerpt.empty()) {
    OutputBuffer lines(message_fd);
    lines.append(error.excerpt);
    lines.append('\n');
  }
  return kExitTrouble;
}

Result<int> open_events_path(const OutputPaths& paths) {
  if (paths.events.empty()) return STDOUT_FILENO;
  return open_for_writing(paths.events, O_TRUNC);
}

Result<void> tell_into(const OutputPaths& paths) {
  if (paths.errors.empty()) return {};
  const auto fd = open_for_writing(paths.errors, O_APPEND);
  if (!fd) return unexpected(fd.error());
  message_fd = *fd;
  return {};
}

void ignore_broken_pipes() { std::signal(SIGPIPE, SIG_IGN); }

}  // namespace ctrace
