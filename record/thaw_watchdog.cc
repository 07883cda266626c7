#include "record/thaw_watchdog.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

namespace ctrace {
namespace {

constexpr const char* kName = "ctrace-thaw";

void close_all_but(int a, int b) {
  const auto [low, high] = std::minmax(a, b);
  if (low > 0) close_range(0, static_cast<unsigned>(low - 1), 0);
  if (high > low + 1)
    close_range(static_cast<unsigned>(low + 1), static_cast<unsigned>(high - 1), 0);
  close_range(static_cast<unsigned>(high + 1), ~0u, 0);
}

// `pkill -9 -f ctrace-record` must not end both: the command line says what this one is. The words
// of the command line lie where the kernel put them, told by fields 48 and 49 of stat(5).
void rename_command_line() {
  std::ifstream stat("/proc/self/stat");
  std::string text((std::istreambuf_iterator<char>(stat)), {});
  const size_t after_comm = text.rfind(')');
  if (after_comm == std::string::npos) return;
  uintptr_t begin = 0, end = 0;
  size_t at = after_comm + 2;
  for (int field = 3; field <= 49 && at < text.size(); ++field) {
    if (field == 48) begin = strtoull(text.c_str() + at, nullptr, 10);
    if (field == 49) end = strtoull(text.c_str() + at, nullptr, 10);
    at = text.find(' ', at) + 1;
    if (at == 0) break;
  }
  if (begin == 0 || end <= begin + std::strlen(kName)) return;
  std::memset(reinterpret_cast<void*>(begin), 0, end - begin);
  std::memcpy(reinterpret_cast<void*>(begin), kName, std::strlen(kName));
}

void become_watchdog(int pipe, int inotify) {
  setsid();  // Ctrl-C and the terminal's end are for the recorder
  for (int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGTSTP, SIGUSR1, SIGUSR2})
    signal(number, SIG_IGN);
  close_all_but(pipe, inotify);
  for (int fd = 0; fd <= 2; ++fd) {
    if (fd != pipe && fd != inotify && open("/dev/null", O_RDWR) != fd) break;
  }
  prctl(PR_SET_NAME, kName);
  rename_command_line();
  if (chdir("/") != 0) return;
  // Best effort: it is to be the last to go, and soon at work.
  std::ofstream("/proc/self/oom_score_adj") << -1000;
  setpriority(PRIO_PROCESS, 0, -20);
}

void write_word(const std::string& file, const char* word) {
  const int fd = open(file.c_str(), O_WRONLY | O_CLOEXEC);
  if (fd < 0) return;
  if (write(fd, word, std::strlen(word)) < 0) {
  }  // gone meanwhile
  close(fd);
}

// Whoever is still in it goes back where the recorder was.
void remove_folder(const std::string& folder) {
  for (int i = 0; i < 100 && rmdir(folder.c_str()) != 0 && errno == EBUSY; ++i) {
    std::ifstream procs(folder + "/cgroup.procs");
    for (std::string pid; std::getline(procs, pid);)
      write_word(folder + "/../cgroup.procs", pid.c_str());
    usleep(10000);
  }
}

void undo(FrozenTable& table, int inotify) {
  const std::vector<int> taken_over = read_writes(inotify);
  std::vector<std::string> removed;
  for (size_t i = 0; i < table.used(); ++i) {
    FrozenSlot& slot = table.at(i);
    struct stat info = {};
    const std::string folder = slot.folder;
    if (folder.empty() || stat(slot.folder, &info) != 0 || info.st_ino != slot.inode) continue;
    const bool owners = std::count(taken_over.begin(), taken_over.end(), slot.watch) > 0;
    if (slot.held && (slot.writing || !owners))
      write_word(folder + "/" + slot.kind().file, slot.kind().thawed);
    if (slot.remove) removed.push_back(folder);
  }
  for (const std::string& folder : removed) remove_folder(folder);
}

[[noreturn]] void watch(FrozenTable& table, int pipe, int inotify) {
  become_watchdog(pipe, inotify);
  char nothing;
  while (read(pipe, &nothing, 1) > 0 || errno == EINTR) errno = 0;
  undo(table, inotify);
  _exit(0);
}

}  // namespace

Result<ThawWatchdog> ThawWatchdog::start(FrozenTable& table, int inotify) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return unexpected(system_message("cannot make a pipe", errno));
  const pid_t pid = fork();
  if (pid == 0) watch(table, ends[0], inotify);
  const int number = errno;
  close(ends[0]);
  ThawWatchdog watchdog(pid, ends[1]);
  if (pid < 0) return unexpected(system_message("cannot fork", number));
  return watchdog;
}

ThawWatchdog::ThawWatchdog(ThawWatchdog&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), pipe_(std::exchange(other.pipe_, -1)) {}

ThawWatchdog::~ThawWatchdog() {
  if (pipe_ >= 0) close(pipe_);
  if (pid_ > 0) waitpid(pid_, nullptr, 0);
}

bool ThawWatchdog::alive() const {
  pollfd end = {pipe_, POLLOUT, 0};
  return poll(&end, 1, 0) >= 0 && !(end.revents & POLLERR);
}

}  // namespace ctrace
