// Where the processes of a recording are, and what their descriptors are, so that the paths that
// calls were given become absolute ones.
//
//   ProcessPaths paths;
//   for each event of the stream, the runtime's set-up too: { ... paths.resolve(...) ...;
//   paths.see(event); }
//
// From calls alone: open, chdir, dup, fork and their kind, that succeeded. Symbolic links are not
// followed, `..` is taken by the words. Memory is bounded: beyond kMaxEntries nothing more is
// learnt, and is_cut() says so.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "format/model/event.h"

namespace ctrace {

// What is known of a descriptor.
struct Descriptor {
  std::string path;          // absolute, normal; empty: not a file's, or not known
  bool is_nameless = false;  // certainly none of a file system: a socket, memory
  int family = 0, type = 0;  // of a socket, without flags
  bool is_bound = false;     // by a call of bind
};

// Without `//`, `.` and `..`: "/a/b". `path` must be absolute.
std::string normal_path(std::string_view path);

class ProcessPaths {
 public:
  static constexpr size_t kMaxEntries = 1 << 18;

  // Call it after each event.
  void see(const Event& event);

  // `path` as the event's process meant it, below the directory `dirfd` (AT_FDCWD: where it works;
  // an empty path is the descriptor itself). Empty: not known.
  std::string resolve(const Event& event, int dirfd, std::string_view path) const;
  // Null: not known.
  const Descriptor* find(const Event& event, int fd) const;
  bool is_cut() const { return is_cut_; }

 private:
  struct Process {
    std::string cwd;  // empty: not known
    std::map<int, Descriptor> descriptors;
  };
  Process& process_of(const Event& event) { return processes_[event.task->pid]; }
  void put(Process& process, int fd, Descriptor descriptor);
  void drop(Process& process, int64_t first, int64_t last);
  void copy(const Event& event, int from, int64_t to);
  void see_call(const Event& event);
  void see_fork(const Event& event);

  std::map<uint32_t, Process> processes_;  // by pid, as the recorder saw it
  size_t entries_ = 0;
  bool is_cut_ = false;
};

}  // namespace ctrace
