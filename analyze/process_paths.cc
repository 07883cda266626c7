#include "analyze/process_paths.h"

#include <fcntl.h>

#include <algorithm>
#include <iterator>
#include <vector>

#include "analyze/event_args.h"
#include "format/catalogue/catalogue.h"
#include "format/print/print_cache.h"

namespace ctrace {
namespace {

constexpr int kAtFdCwd = -100;
constexpr int kSocketTypeMask = 0xf;

// What a call that succeeded changes.
enum class Change {
  kOpens,
  kMakesNameless,
  kSocket,
  kBinds,
  kCloses,
  kClosesRange,
  kCopies,
  kCopiesTo,
  kFcntl,
  kChdir,
  kTellsCwd,
  kFchdir,
  kChroot
};
struct ChangeRow {
  std::string_view call;
  Change change;
  std::string_view path = {}, dirfd = {};  // names of arguments
};
constexpr ChangeRow kChanges[] = {
    {"open", Change::kOpens, "pathname"},
    {"openat", Change::kOpens, "pathname", "dirfd"},
    {"openat2", Change::kOpens, "pathname", "dirfd"},
    {"creat", Change::kOpens, "pathname"},
    {"memfd_create", Change::kMakesNameless},
    {"memfd_secret", Change::kMakesNameless},
    {"eventfd", Change::kMakesNameless},
    {"eventfd2", Change::kMakesNameless},
    {"epoll_create", Change::kMakesNameless},
    {"epoll_create1", Change::kMakesNameless},
    {"accept", Change::kMakesNameless},
    {"accept4", Change::kMakesNameless},
    {"socket", Change::kSocket},
    {"bind", Change::kBinds},
    {"close", Change::kCloses},
    {"close_range", Change::kClosesRange},
    {"dup", Change::kCopies},
    {"dup2", Change::kCopiesTo},
    {"dup3", Change::kCopiesTo},
    {"fcntl", Change::kFcntl},
    {"fcntl64", Change::kFcntl},
    {"chdir", Change::kChdir, "path"},
    {"getcwd", Change::kTellsCwd, "buf"},
    {"fchdir", Change::kFchdir},
    {"chroot", Change::kChroot},
    {"pivot_root", Change::kChroot},
};

int number_of(const Event& event, std::string_view name, int when_absent = -1) {
  const auto value = arg_number(event, name);
  return value ? static_cast<int>(*value) : when_absent;
}

}  // namespace

std::string normal_path(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    const size_t slash = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, slash);
    path.remove_prefix(std::min(slash + 1, path.size()));
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      parts.push_back(part);
    } else if (!parts.empty()) {
      parts.pop_back();
    }
  }
  std::string normal;
  for (const std::string_view part : parts) (normal += '/') += part;
  return normal.empty() ? "/" : normal;
}

std::string ProcessPaths::resolve(const Event& event, int dirfd, std::string_view path) const {
  if (path.starts_with('/')) return normal_path(path);
  const auto found = processes_.find(event.task->pid);
  if (found == processes_.end()) return {};
  std::string base = found->second.cwd;
  if (dirfd != kAtFdCwd) {
    const Descriptor* descriptor = find(event, dirfd);
    base = descriptor ? descriptor->path : std::string();
  }
  if (base.empty()) return {};
  return path.empty() ? base : normal_path(base + '/' + std::string(path));
}

const Descriptor* ProcessPaths::find(const Event& event, int fd) const {
  const auto process = processes_.find(event.task->pid);
  if (process == processes_.end()) return nullptr;
  const auto row = process->second.descriptors.find(fd);
  return row == process->second.descriptors.end() ? nullptr : &row->second;
}

void ProcessPaths::put(Process& process, int fd, Descriptor descriptor) {
  if (entries_ >= kMaxEntries) {
    is_cut_ = true;
    return;
  }
  entries_ += process.descriptors.insert_or_assign(fd, std::move(descriptor)).second;
}

void ProcessPaths::drop(Process& process, int64_t first, int64_t last) {
  auto& all = process.descriptors;
  for (auto row = all.begin(); row != all.end();) {
    const bool gone = row->first >= first && row->first <= last;
    entries_ -= gone;
    row = gone ? all.erase(row) : std::next(row);
  }
}

void ProcessPaths::copy(const Event& event, int from, int64_t to) {
  Process& process = process_of(event);
  const Descriptor* known = find(event, from);
  if (from == to || to < 0) return;
  if (known == nullptr) return drop(process, to, to);
  put(process, static_cast<int>(to), Descriptor(*known));
}

void ProcessPaths::see_call(const Event& event) {
  const auto* row = std::ranges::find(kChanges, event.type->name, &ChangeRow::call);
  if (row == std::end(kChanges)) return;
  if (processes_.size() >= kMaxEntries && !processes_.contains(event.task->pid)) {
    is_cut_ = true;
    return;
  }
  Process& process = process_of(event);
  switch (row->change) {
    case Change::kOpens: {
      const auto path = arg_text(event, row->path);
      const int dirfd = row->dirfd.empty() ? kAtFdCwd : number_of(event, row->dirfd);
      return put(process, static_cast<int>(event.result),
                 {path ? resolve(event, dirfd, *path) : std::string()});
    }
    case Change::kMakesNameless:
      return put(process, static_cast<int>(event.result), {"", true});
    case Change::kSocket:
      return put(
          process, static_cast<int>(event.result),
          {"", true, number_of(event, "domain"), number_of(event, "type") & kSocketTypeMask});
    case Change::kBinds: {
      const auto bound = process.descriptors.find(number_of(event, "sockfd"));
      if (bound != process.descriptors.end()) bound->second.is_bound = true;
      return;
    }
    case Change::kCloses:
      return drop(process, number_of(event, "fd"), number_of(event, "fd"));
    case Change::kClosesRange:
      if (number_of(event, "flags", 0) != 0) return;  // closed when a program is executed
      return drop(process, static_cast<uint32_t>(number_of(event, "first")),
                  static_cast<uint32_t>(number_of(event, "last")));
    case Change::kCopies:
      return copy(event, number_of(event, "oldfd"), event.result);
    case Change::kCopiesTo:
      return copy(event, number_of(event, "oldfd"), event.result);
    case Change::kFcntl: {
      const int command = number_of(event, "cmd");
      const bool copies = command == F_DUPFD || command == F_DUPFD_CLOEXEC;
      return copies ? copy(event, number_of(event, "fd"), event.result) : void();
    }
    case Change::kChdir: {
      const auto path = arg_text(event, row->path);
      process.cwd = path ? resolve(event, kAtFdCwd, *path) : std::string();
      return;
    }
    case Change::kTellsCwd:
      if (const auto path = arg_text(event, row->path); path && path->starts_with('/')) {
        process.cwd = normal_path(path->substr(0, path->find('\0')));
      }
      return;
    case Change::kFchdir:
      process.cwd = resolve(event, number_of(event, "fd"), "");
      return;
    case Change::kChroot:
      // Names from before are those of another root.
      process.cwd.clear();
      return drop(process, INT32_MIN, INT32_MAX);
  }
}

void ProcessPaths::see_fork(const Event& event) {
  const auto child = static_cast<uint32_t>(arg_number(event, "child_pid").value_or(0));
  if (child == 0 || child == event.task->pid) return;  // a thread
  Process copied = process_of(event);
  if (entries_ + copied.descriptors.size() > kMaxEntries) {
    is_cut_ = true;
    copied.descriptors.clear();
  }
  if (processes_.size() >= kMaxEntries) return void(is_cut_ = true);
  Process& made = processes_[child];
  entries_ += copied.descriptors.size();
  entries_ -= made.descriptors.size();
  made = std::move(copied);
}

void ProcessPaths::see(const Event& event) {
  if (event.type->id == kProcessFork) return see_fork(event);
  if (event.type->id == kProcessExit) {
    if (arg_number(event, "group_dead").value_or(0) == 0) return;
    const auto ended = processes_.find(event.task->pid);
    if (ended == processes_.end()) return;
    entries_ -= ended->second.descriptors.size();
    processes_.erase(ended);
    return;
  }
  const bool done = event.type->is_syscall && event.result >= 0 && !is_refused(event.denied);
  if (done) see_call(event);
}

}  // namespace ctrace
