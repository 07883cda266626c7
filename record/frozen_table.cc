#include "record/frozen_table.h"

#include <errno.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <utility>

namespace ctrace {

Result<FrozenTable> FrozenTable::make() {
  void* memory = mmap(nullptr, sizeof(Memory), PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return unexpected(system_message("cannot share memory", errno));
  return FrozenTable(static_cast<Memory*>(memory));
}

FrozenTable::FrozenTable(FrozenTable&& other) noexcept
    : memory_(std::exchange(other.memory_, nullptr)) {}

FrozenTable::~FrozenTable() {
  if (memory_) munmap(memory_, sizeof *memory_);
}

FrozenSlot* FrozenTable::take(const std::string& folder, uint64_t inode, bool v1) {
  if (folder.size() >= sizeof(FrozenSlot::folder)) return nullptr;
  for (size_t i = 0; i < kSlots; ++i) {
    FrozenSlot& slot = memory_->slots[i];
    if (slot.folder[0]) continue;
    slot.inode = inode;
    slot.v1 = v1;
    slot.watch = -1;
    std::memcpy(slot.folder, folder.c_str(), folder.size() + 1);
    if (i >= memory_->used) memory_->used = i + 1;
    return &slot;
  }
  return nullptr;
}

void FrozenTable::give_back(FrozenSlot* slot) {
  slot->held = false;
  slot->writing = false;
  slot->remove = false;
  slot->folder[0] = 0;
}

bool is_frozen(const std::string& folder, const FreezerKind& kind) {
  char first = 0;
  std::ifstream(folder + "/" + kind.own_state) >> first;
  return first == '1';
}

std::vector<int> read_writes(int inotify) {
  std::vector<int> watches;
  alignas(inotify_event) char buffer[4096];
  for (;;) {
    const ssize_t got = read(inotify, buffer, sizeof buffer);
    if (got <= 0) return watches;
    for (ssize_t at = 0; at < got;) {
      const auto* event = reinterpret_cast<const inotify_event*>(buffer + at);
      if (event->mask & IN_MODIFY) watches.push_back(event->wd);
      at += static_cast<ssize_t>(sizeof *event + event->len);
    }
  }
}

}  // namespace ctrace
