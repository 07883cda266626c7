// Which memory of a process may be written and which executed, as far as its calls tell, so that a
// change between the two is seen: the event mem_prot_alert. It follows from mmap, mprotect,
// pkey_mprotect, mremap, munmap and shmat that succeeded. What the kernel maps by itself (the
// program of an execve, stacks, the heap) and what was there before the recording is not known:
// what is made executable there is told with a previous protection that is not known.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>

#include "format/model/event.h"

namespace ctrace {

// By the original tracer's numbers.
enum ProtAlert : uint32_t {
  kMappedWritable = 1,  // a mapping that is writable and executable from its beginning
  kMadeExecutable = 2,
  kMadeWritable = 3,    // what was executable
  kMadeUnwritable = 4,  // what was both, and is still executable
};

class MemoryWatch {
 public:
  struct Alert {
    ProtAlert alert = kMappedWritable;
    uint64_t address = 0;
    uint64_t bytes = 0;  // 0: not known (shmat)
    uint32_t prot = 0;
    int32_t prev_prot = 0;  // of all of it together, -1: not known
  };

  // A call that process `pid` made, at its end. Calls that change no mappings are passed over.
  std::optional<Alert> call_ended(uint32_t pid, const Event& call);
  // `child` begins with a copy of what `parent` has.
  void forked(uint32_t parent, uint32_t child);
  // It has ended, or runs another program.
  void ended(uint32_t pid);
  size_t ranges() const { return count_; }

 private:
  // Of one process, and of all, some 20 MB; beyond them new ones are not known.
  static constexpr size_t kMaxRanges = 4096, kMaxRangesOfAll = 1u << 18;
  struct Range {
    uint64_t end;
    uint32_t prot;
  };
  using Ranges = std::map<uint64_t, Range>;  // by address; none overlaps another

  Ranges& ranges_of(uint32_t pid);
  static void cut(Ranges& ranges, uint64_t begin, uint64_t end);
  void set(Ranges& ranges, uint64_t begin, uint64_t end, uint32_t prot) const;
  std::optional<Alert> on_mmap(uint32_t pid, const Event& call);
  std::optional<Alert> on_mprotect(uint32_t pid, const Event& call);
  std::optional<Alert> on_mremap(uint32_t pid, const Event& call);
  std::optional<Alert> on_munmap(uint32_t pid, const Event& call);
  std::optional<Alert> on_shmat(uint32_t pid, const Event& call);

  std::unordered_map<uint32_t, std::shared_ptr<Ranges>> processes_;  // shared until one changes it
  size_t count_ = 0;                                                 // of all of them
};

// The calls that it wants to hear of, by name.
std::span<const std::string_view> memory_calls();

}  // namespace ctrace
