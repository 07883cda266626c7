#include "analyze/written_paths.h"

#include <fcntl.h>

#include <algorithm>
#include <iterator>

#include "analyze/address.h"
#include "analyze/event_args.h"

namespace ctrace {
namespace {

constexpr int kAtFdCwd = -100;

// kName: an entry of a directory comes or goes; kItself: the file changes; kOpen: as the flags say;
// kHidden: flags that no recording has; kDescriptor: the file behind one.
enum class Way { kName, kItself, kOpen, kHidden, kDescriptor, kSocketName };
struct WriteRow {
  std::string_view call;
  Way way;
  std::string_view path, dirfd = {};  // names of arguments
};
constexpr WriteRow kWrites[] = {
    {"open", Way::kOpen, "pathname"},
    {"openat", Way::kOpen, "pathname", "dirfd"},
    {"openat2", Way::kHidden, "pathname", "dirfd"},
    {"creat", Way::kName, "pathname"},
    {"mkdir", Way::kName, "pathname"},
    {"mkdirat", Way::kName, "pathname", "dirfd"},
    {"mknod", Way::kName, "pathname"},
    {"mknodat", Way::kName, "pathname", "dirfd"},
    {"rmdir", Way::kName, "pathname"},
    {"unlink", Way::kName, "pathname"},
    {"unlinkat", Way::kName, "pathname", "dirfd"},
    {"rename", Way::kName, "oldpath"},
    {"rename", Way::kName, "newpath"},
    {"renameat", Way::kName, "oldpath", "olddirfd"},
    {"renameat", Way::kName, "newpath", "newdirfd"},
    {"renameat2", Way::kName, "oldpath", "olddirfd"},
    {"renameat2", Way::kName, "newpath", "newdirfd"},
    {"link", Way::kName, "newpath"},
    {"linkat", Way::kName, "newpath", "newdirfd"},
    {"symlink", Way::kName, "linkpath"},
    {"symlinkat", Way::kName, "linkpath", "newdirfd"},
    {"bind", Way::kSocketName, "addr"},
    {"chmod", Way::kItself, "pathname"},
    {"fchmodat", Way::kItself, "pathname", "dirfd"},
    {"fchmodat2", Way::kItself, "pathname", "dirfd"},
    {"chown", Way::kItself, "pathname"},
    {"lchown", Way::kItself, "pathname"},
    {"fchownat", Way::kItself, "pathname", "dirfd"},
    {"truncate", Way::kItself, "path"},
    {"truncate64", Way::kItself, "path"},
    {"utime", Way::kItself, "filename"},
    {"utimes", Way::kItself, "filename"},
    {"futimesat", Way::kItself, "pathname", "dirfd"},
    {"utimensat", Way::kItself, "pathname", "dirfd"},
    {"setxattr", Way::kItself, "path"},
    {"lsetxattr", Way::kItself, "path"},
    {"setxattrat", Way::kItself, "pathname", "dirfd"},
    {"removexattr", Way::kItself, "path"},
    {"lremovexattr", Way::kItself, "path"},
    {"removexattrat", Way::kItself, "pathname", "dirfd"},
    {"file_setattr", Way::kItself, "pathname", "dirfd"},
    {"fchmod", Way::kDescriptor, "fd"},
    {"fchown", Way::kDescriptor, "fd"},
    {"fsetxattr", Way::kDescriptor, "fd"},
    {"fremovexattr", Way::kDescriptor, "fd"},
    // What was opened for writing is told by then: ftruncate, fallocate.
};
constexpr std::string_view kOtherFileSystems[] = {"/proc", "/sys", "/dev"};

// Flags of open that all machines have alike.
constexpr uint64_t kAccessMode = 3, kCreate = 0100, kTruncate = 01000, kPathOnly = 010000000,
                   kTemporary = 020000000;

bool is_within(std::string_view path, std::string_view folder) {
  if (folder == "/") return true;
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

bool is_of_others(std::string_view path) {
  return std::ranges::any_of(kOtherFileSystems,
                             [&](std::string_view folder) { return is_within(path, folder); });
}

std::string directory_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == 0 || slash == std::string::npos ? "/" : path.substr(0, slash);
}

}  // namespace

void WrittenPaths::add_place(const Event& event, std::string path, bool in_directory) {
  if (is_of_others(path)) return;
  ++calls_;
  const std::pair who{event.task->comm, event.type->name};
  if (path.empty()) {
    if (unknown_.contains(who) || unknown_.size() < kMaxPaths) ++unknown_[who];
    return;
  }
  if (in_directory) path = directory_of(path);
  if (!places_.contains(path) && places_.size() >= kMaxPaths) {
    is_cut_ = true;
    return;
  }
  ++places_[path][who];
}

void WrittenPaths::add(const Event& event, const ProcessPaths& paths) {
  if (!event.type->is_syscall || event.result < 0 || is_refused(event.denied)) return;
  for (const WriteRow& row : kWrites) {
    if (row.call != event.type->name) continue;
    if (row.way == Way::kDescriptor) {
      const Descriptor* file =
          paths.find(event, static_cast<int>(arg_number(event, row.path).value_or(0)));
      if (file == nullptr || !file->is_nameless) add_place(event, file ? file->path : "", false);
      continue;
    }
    const auto text = arg_text(event, row.path);
    if (row.way == Way::kSocketName) {
      const auto address = text ? parse_address(*text) : std::nullopt;
      if (!address || address->port || address->host.empty() || address->host[0] == '@') continue;
      add_place(event, paths.resolve(event, kAtFdCwd, address->host), true);
      continue;
    }
    const uint64_t flags = row.way == Way::kOpen ? arg_number(event, "flags").value_or(0) : 0;
    const bool makes = (flags & kCreate) != 0;
    if (row.way == Way::kOpen) {
      const uint64_t writes = kCreate | kTruncate | kTemporary;
      if (((flags & kAccessMode) == 0 && (flags & writes) == 0) || (flags & kPathOnly) != 0)
        continue;
    }
    const int dirfd =
        row.dirfd.empty() ? kAtFdCwd : static_cast<int>(arg_number(event, row.dirfd).value_or(0));
    // A null path is the descriptor itself.
    const auto index = arg_index(*event.type, row.path);
    const bool is_null = index && event.texts[*index].state == Text::State::kNull;
    std::string path;
    if (text || is_null) path = paths.resolve(event, dirfd, text.value_or(""));
    // Whether it was opened for writing is not known, unless it is none of the root's anyway.
    if (row.way == Way::kHidden && !is_of_others(path)) path.clear();
    add_place(event, path, row.way == Way::kName || makes);
  }
}

std::map<std::string, WriteUses> WrittenPaths::places() const {
  std::map<std::string, WriteUses> outermost;
  for (const auto& [path, uses] : places_) {
    std::string folder = path;
    while (folder != "/" && !outermost.contains(folder)) folder = directory_of(folder);
    // A folder's own path sorts before those in it.
    WriteUses& all = outermost[folder != "/" ? folder : path];
    for (const auto& [who, count] : uses) all[who] += count;
  }
  return outermost;
}

}  // namespace ctrace
