// What must be undone when the recorder is gone, however it went: the cgroups that it froze, in
// memory that it shares with its watchdog. The recorder writes, the watchdog reads at the end.
#pragma once

#include <linux/limits.h>

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "format/base/result.h"

namespace ctrace {

// The two ways to freeze a cgroup: cgroup v2's, and the controller of cgroup v1.
struct FreezerKind {
  const char* file;  // in the cgroup's folder
  const char *frozen, *thawed;
  const char*
      own_state;  // the file that says whether the cgroup itself is frozen, not one above it
};
inline constexpr FreezerKind kFreezerV2 = {"cgroup.freeze", "1", "0", "cgroup.freeze"};
inline constexpr FreezerKind kFreezerV1 = {"freezer.state", "FROZEN", "THAWED",
                                           "freezer.self_freezing"};

struct FrozenSlot {
  std::atomic<bool> held;     // set before the cgroup is frozen, cleared after it is thawed
  std::atomic<bool> writing;  // what inotify tells of it is, or may be, the recorder's own write
  bool remove;                // the recorder made the folder: it goes away with the recorder
  bool v1;
  int watch;       // inotify's number of the freezer's file, see read_writes()
  uint64_t inode;  // of the folder: another one of the same name is not ours
  char folder[PATH_MAX];

  const FreezerKind& kind() const { return v1 ? kFreezerV1 : kFreezerV2; }
};

class FrozenTable {
 public:
  static constexpr size_t kSlots = 4096;  // only those that are used take memory

  static Result<FrozenTable> make();
  FrozenTable(FrozenTable&& other) noexcept;
  FrozenTable& operator=(FrozenTable&&) = delete;
  ~FrozenTable();

  // A free slot for the cgroup, null when there is none or the path is too long.
  FrozenSlot* take(const std::string& folder, uint64_t inode, bool v1);
  void give_back(FrozenSlot* slot);
  size_t used() const { return memory_->used; }  // slots beyond it never were
  FrozenSlot& at(size_t index) { return memory_->slots[index]; }

 private:
  struct Memory {
    std::atomic<size_t> used;
    FrozenSlot slots[kSlots];
  };
  explicit FrozenTable(Memory* memory) : memory_(memory) {}
  Memory* memory_ = nullptr;
};

// Whether the cgroup itself, not one above it, is to be frozen at present; false when it is gone.
bool is_frozen(const std::string& folder, const FreezerKind& kind);

// The watches (inotify, IN_MODIFY, not blocking) that tell of a write since the last call: by the
// recorder, or by the cgroup's owner who paused or resumed it. Not IN_CLOSE_WRITE: the recorder's
// death closes all its files.
std::vector<int> read_writes(int inotify);

}  // namespace ctrace
