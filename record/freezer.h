// Freezes cgroups and thaws them again: those that it was told of, and never one that holds the
// recorder itself. What it froze is thawed when the recorder ends, however that happens; what its
// owner froze (docker pause) is left alone, also when the owner did so while it was frozen here.
//
// All functions may be called by several threads.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "record/frozen_table.h"
#include "record/thaw_watchdog.h"

namespace ctrace {

class Freezer {
 public:
  // Before there are threads and BPF objects, see ThawWatchdog.
  static Result<std::unique_ptr<Freezer>> start(const std::string& host_root);
  ~Freezer();

  // `path` is the cgroup's within its file system: "/docker/<id>". `id` is what remove() takes. One
  // that comes while the others are frozen is frozen at once. What is there already or is gone is
  // passed over.
  // `certain`: wanted, whatever remove() said before.
  void add(uint64_t id, const std::string& path, bool certain);
  // Thaws it; `for_good`: add() is not heeded any more unless it is certain.
  void remove(uint64_t id, bool for_good);
  // A cgroup of the recorder's making below its own, added; it is removed with the recorder, and
  // who is in it then goes back. `pid` is moved into it.
  Result<void> make_cgroup(const std::string& name, pid_t pid);

  // Freezes and thaws all. False: there is no watchdog any more, and so nothing is frozen.
  bool freeze();
  void thaw();
  // While frozen: heeds what owners did meanwhile. False as above.
  bool look();

  // What could not be frozen and why, since the last call. Looks after the watchdog too.
  std::vector<std::string> take_notes();

 private:
  struct Member {
    std::string path;
    FrozenSlot* slot = nullptr;
    int fd = -1;  // of the freezer's file
  };
  Freezer(const std::string& host_root, FrozenTable table, int inotify);
  void add_folder(uint64_t id, const std::string& path, bool v1, bool remove);
  void hold(Member& member);
  void let_go(Member& member);
  void drop(Member& member);
  void heed_owners();
  void thaw_all();
  bool is_watched();
  bool holds_recorder(const Member& member) const;
  void note(std::string text);

  std::mutex mutex_;
  const std::string host_root_;
  std::string mount_v2_, mount_v1_;  // with the host's root before them; empty: not there
  FrozenTable table_;
  int inotify_ = -1;
  std::unique_ptr<ThawWatchdog> watchdog_;
  std::unordered_map<uint64_t, Member> members_;
  std::unordered_set<uint64_t> refused_;
  std::vector<int> written_;  // watches that told of a write and were not heeded yet
  std::vector<std::string> notes_;
  std::unordered_set<std::string> said_;
  std::string own_v2_, own_v1_;  // the recorder's cgroups, as of the last freeze()
  bool frozen_ = false;
};

}  // namespace ctrace
