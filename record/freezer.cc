#include "record/freezer.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <sstream>

#include "record/cgroup_hierarchy.h"

namespace ctrace {
namespace {

// The inode of the first cgroup namespace, PROC_CGROUP_INIT_INO in include/linux/proc_ns.h.
constexpr ino_t kInitialCgroupNamespace = 0xEFFFFFFB;

// Where the freezer controller of cgroup v1 is mounted, empty when it is not.
std::string v1_freezer_mount(const std::string& host_root) {
  std::ifstream mounts(host_root + "/proc/self/mounts");
  for (std::string line; std::getline(mounts, line);) {
    std::istringstream words(line);
    std::string device, where, type, options;
    words >> device >> where >> type >> options;
    if (type == "cgroup" && ("," + options + ",").find(",freezer,") != std::string::npos)
      return where;
  }
  return "";
}

// The recorder's own cgroup in cgroup v2 ("0::/path") or in the freezer's hierarchy of v1
// ("6:freezer:/path"); empty: in none.
std::string own_cgroup(bool v1) {
  std::ifstream lines("/proc/self/cgroup");
  for (std::string line; std::getline(lines, line);) {
    const size_t first = line.find(':'), second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",";
    const bool wanted =
        v1 ? controllers.find(",freezer,") != std::string::npos : line.starts_with("0::");
    if (wanted) return line.substr(second + 1);
  }
  return "";
}

bool is_at_or_below(std::string_view path, std::string_view top) {
  return path.starts_with(top) && (path.size() == top.size() || path[top.size()] == '/');
}

bool write_word(int fd, const char* word) {
  const auto size = static_cast<ssize_t>(std::strlen(word));
  return pwrite(fd, word, static_cast<size_t>(size), 0) == size;
}

}  // namespace

Result<std::unique_ptr<Freezer>> Freezer::start(const std::string& host_root) {
  struct stat own = {};
  if (stat("/proc/self/ns/cgroup", &own) == 0 && own.st_ino != kInitialCgroupNamespace)
    return unexpected(
        "--lossless must know which cgroup is its own: start it in the host's cgroup namespace "
        "(docker run --cgroupns=host)");
  auto table = FrozenTable::make();
  if (!table) return unexpected(table.error());
  const int inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (inotify < 0) return unexpected(system_message("cannot watch files (inotify)", errno));
  std::unique_ptr<Freezer> freezer(new Freezer(host_root, std::move(*table), inotify));
  if (freezer->mount_v2_.empty() && freezer->mount_v1_.empty())
    return unexpected("--lossless needs cgroup v2, or the freezer of cgroup v1, mounted");
  auto watchdog = ThawWatchdog::start(freezer->table_, inotify);
  if (!watchdog) return unexpected(watchdog.error());
  freezer->watchdog_ = std::make_unique<ThawWatchdog>(std::move(*watchdog));
  return freezer;
}

Freezer::Freezer(const std::string& host_root, FrozenTable table, int inotify)
    : host_root_(host_root), table_(std::move(table)), inotify_(inotify) {
  const CgroupHierarchy hierarchy = find_cgroup_hierarchy(host_root);
  const std::string v1 = v1_freezer_mount(host_root);
  if (!hierarchy.is_v1() && !hierarchy.mount.empty()) mount_v2_ = host_root + hierarchy.mount;
  if (!v1.empty()) mount_v1_ = host_root + v1;
}

Freezer::~Freezer() {
  thaw();
  watchdog_.reset();  // it removes what was made
  for (auto& [id, member] : members_) close(member.fd);
  close(inotify_);
}

void Freezer::add(uint64_t id, const std::string& path, bool certain) {
  std::lock_guard lock(mutex_);
  if (certain) refused_.erase(id);
  if (path.empty() || members_.contains(id) || refused_.contains(id)) return;
  // Where both are mounted runtimes pause by the v1 freezer, so that v2's is nobody else's.
  struct stat info = {};
  const bool v2 = !mount_v2_.empty() && stat((mount_v2_ + path).c_str(), &info) == 0;
  if (v2 && info.st_ino != id) return;  // that one is gone, another has its name
  if (!v2 && mount_v1_.empty()) return;
  add_folder(id, path, !v2, false);
}

void Freezer::add_folder(uint64_t id, const std::string& path, bool v1, bool remove) {
  struct stat info = {};
  const std::string folder = (v1 ? mount_v1_ : mount_v2_) + path;
  if (stat(folder.c_str(), &info) != 0) return;
  Member member;
  member.path = path;
  const std::string file = folder + "/" + (v1 ? kFreezerV1 : kFreezerV2).file;
  member.fd = open(file.c_str(), O_WRONLY | O_CLOEXEC);
  if (member.fd < 0) {
    if (errno != ENOENT) {
      refused_.insert(id);
      note(system_message("cannot freeze: cannot open '" + file + "'", errno));
    }
    return;
  }
  member.slot = table_.take(folder, info.st_ino, v1);
  if (!member.slot) {
    close(member.fd);
    refused_.insert(id);
    note("cannot freeze '" + path + "': too many cgroups, or too long a path");
    return;
  }
  member.slot->remove = remove;
  member.slot->watch = inotify_add_watch(inotify_, file.c_str(), IN_MODIFY);
  Member& added = members_.emplace(id, std::move(member)).first->second;
  if (frozen_) hold(added);
}

void Freezer::remove(uint64_t id, bool for_good) {
  std::lock_guard lock(mutex_);
  if (for_good)
    refused_.insert(id);
  else
    refused_.erase(id);
  const auto found = members_.find(id);
  if (found == members_.end()) return;
  heed_owners();
  drop(found->second);
  members_.erase(found);
}

void Freezer::drop(Member& member) {
  let_go(member);
  if (member.slot->watch >= 0) inotify_rm_watch(inotify_, member.slot->watch);
  table_.give_back(member.slot);
  close(member.fd);
}

Result<void> Freezer::make_cgroup(const std::string& name, pid_t pid) {
  std::lock_guard lock(mutex_);
  const bool v1 = mount_v2_.empty();
  const std::string own = own_cgroup(v1), path = (own == "/" ? "" : own) + "/" + name;
  const std::string folder = (v1 ? mount_v1_ : mount_v2_) + path;
  struct stat info = {};
  if (mkdir(folder.c_str(), 0755) != 0 || stat(folder.c_str(), &info) != 0)
    return unexpected(system_message("cannot make the cgroup '" + folder + "'", errno));
  add_folder(info.st_ino, path, v1, true);
  if (!members_.contains(info.st_ino)) {
    rmdir(folder.c_str());
    return unexpected("cannot freeze the cgroup '" + folder + "'");
  }
  std::ofstream procs(folder + "/cgroup.procs");
  procs << pid << std::flush;
  if (!procs)
    return unexpected(system_message("cannot move the command to '" + folder + "'", errno));
  return {};
}

bool Freezer::freeze() {
  std::lock_guard lock(mutex_);
  if (!is_watched()) return false;
  own_v2_ = own_cgroup(false);
  own_v1_ = own_cgroup(true);
  written_.clear();
  read_writes(inotify_);  // what was done before is read from the files
  frozen_ = true;
  for (auto& [id, member] : members_) hold(member);
  return true;
}

void Freezer::thaw() {
  std::lock_guard lock(mutex_);
  thaw_all();
}

void Freezer::thaw_all() {
  if (!frozen_) return;
  heed_owners();
  frozen_ = false;
  for (auto& [id, member] : members_) let_go(member);
}

bool Freezer::look() {
  std::lock_guard lock(mutex_);
  if (frozen_ && !is_watched()) thaw_all();
  if (frozen_) heed_owners();
  return frozen_;
}

bool Freezer::is_watched() {
  if (watchdog_->alive()) return true;
  note("the watchdog was killed: nothing is frozen any more, events may be lost");
  return false;
}

void Freezer::hold(Member& member) {
  FrozenSlot& slot = *member.slot;
  if (slot.held || is_frozen(slot.folder, slot.kind())) return;  // the owner's
  if (holds_recorder(member)) {
    note("'" + member.path + "' is not frozen: the recorder is in it");
    return;
  }
  slot.writing = slot.held = true;
  if (!write_word(member.fd, slot.kind().frozen)) slot.held = false;  // gone
  // What the owner does from here on is told apart from the write above by being told later.
  for (int watch : read_writes(inotify_)) {
    if (watch != slot.watch) written_.push_back(watch);
  }
  slot.writing = false;
}

void Freezer::let_go(Member& member) {
  if (!member.slot->held) return;
  write_word(member.fd, member.slot->kind().thawed);
  member.slot->held = false;
}

// One whose owner wrote its state meanwhile is as the owner wants it: paused, then it is the
// owner's to resume, or running, then it is frozen again if the others are.
void Freezer::heed_owners() {
  std::vector<int> watches = read_writes(inotify_);
  watches.insert(watches.end(), written_.begin(), written_.end());
  written_.clear();
  for (int watch : watches) {
    for (auto& [id, member] : members_) {
      if (member.slot->watch != watch) continue;
      member.slot->held = false;
      if (frozen_) hold(member);
    }
  }
}

bool Freezer::holds_recorder(const Member& member) const {
  return is_at_or_below(member.slot->v1 ? own_v1_ : own_v2_, member.path);
}

void Freezer::note(std::string text) {
  constexpr size_t kMostNotes = 256;
  if (said_.size() < kMostNotes && said_.insert(text).second) notes_.push_back(std::move(text));
}

std::vector<std::string> Freezer::take_notes() {
  std::lock_guard lock(mutex_);
  is_watched();
  return std::exchange(notes_, {});
}

}  // namespace ctrace
