#include "record/memory_watch.h"

#include <linux/shm.h>
#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "format/catalogue/catalogue.h"
#include "format/print/print_cache.h"

namespace ctrace {
namespace {

constexpr uint64_t kPage = 4096;  // mappings are never finer
constexpr uint32_t kProtMask = PROT_READ | PROT_WRITE | PROT_EXEC;
constexpr std::string_view kCalls[] = {"mmap",     "mmap2",         "munmap", "mremap",
                                       "mprotect", "pkey_mprotect", "shmat"};

uint64_t end_of(uint64_t begin, uint64_t bytes) {
  const uint64_t rounded = (bytes + kPage - 1) & ~(kPage - 1);
  return begin + rounded < begin ? UINT64_MAX : begin + rounded;
}

bool is_both(uint32_t prot) { return (prot & PROT_WRITE) && (prot & PROT_EXEC); }

}  // namespace

std::span<const std::string_view> memory_calls() { return kCalls; }

std::optional<MemoryWatch::Alert> MemoryWatch::call_ended(uint32_t pid, const Event& call) {
  using Handler = std::optional<Alert> (MemoryWatch::*)(uint32_t, const Event&);
  static constexpr Handler kHandlers[] = {&MemoryWatch::on_mmap,     &MemoryWatch::on_mmap,
                                          &MemoryWatch::on_munmap,   &MemoryWatch::on_mremap,
                                          &MemoryWatch::on_mprotect, &MemoryWatch::on_mprotect,
                                          &MemoryWatch::on_shmat};
  static_assert(std::size(kHandlers) == std::size(kCalls));
  // Which handler an event has: its number + 1.
  static const auto kByEvent = [] {
    std::array<uint8_t, 5120> made = {};
    for (size_t i = 0; i < std::size(kCalls); ++i) {
      for (const EventType* type : find_events(kCalls[i])) {
        // i386's old mmap takes a pointer to its arguments.
        if (type->args.size() >= 2) made[type->id] = static_cast<uint8_t>(i + 1);
      }
    }
    return made;
  }();
  const uint16_t id = call.type->id;
  if (id >= kByEvent.size() || kByEvent[id] == 0 || is_failed(call)) return std::nullopt;
  const size_t before = ranges_of(pid).size();
  const auto alert = (this->*kHandlers[kByEvent[id] - 1])(pid, call);
  count_ += ranges_of(pid).size() - before;
  return alert;
}

MemoryWatch::Ranges& MemoryWatch::ranges_of(uint32_t pid) {
  std::shared_ptr<Ranges>& ranges = processes_[pid];
  if (!ranges) ranges = std::make_shared<Ranges>();
  if (ranges.use_count() > 1) {
    ranges = std::make_shared<Ranges>(*ranges);
    count_ += ranges->size();
  }
  return *ranges;
}

void MemoryWatch::ended(uint32_t pid) {
  const auto found = processes_.find(pid);
  if (found == processes_.end()) return;
  if (found->second.use_count() == 1) count_ -= found->second->size();
  processes_.erase(found);
}

void MemoryWatch::forked(uint32_t parent, uint32_t child) {
  ended(child);
  const auto found = processes_.find(parent);
  if (found == processes_.end()) return;
  const std::shared_ptr<Ranges> shared = found->second;
  processes_[child] = shared;
}

// Nothing is known of [begin, end) any more.
void MemoryWatch::cut(Ranges& ranges, uint64_t begin, uint64_t end) {
  auto at = ranges.lower_bound(begin);
  if (at != ranges.begin()) {
    const auto before = std::prev(at);
    if (before->second.end > begin) {
      const Range whole = before->second;
      before->second.end = begin;
      if (whole.end > end) ranges[end] = whole;
    }
  }
  while (at != ranges.end() && at->first < end) {
    const Range range = at->second;
    at = ranges.erase(at);
    if (range.end > end) ranges[end] = range;
  }
}

void MemoryWatch::set(Ranges& ranges, uint64_t begin, uint64_t end, uint32_t prot) const {
  cut(ranges, begin, end);
  if (begin < end && ranges.size() < kMaxRanges && count_ < kMaxRangesOfAll)
    ranges[begin] = {end, prot & kProtMask};
}

std::optional<MemoryWatch::Alert> MemoryWatch::on_mmap(uint32_t pid, const Event& call) {
  const auto begin = static_cast<uint64_t>(call.result), bytes = call.args[1];
  const auto prot = static_cast<uint32_t>(call.args[2]) & kProtMask;
  set(ranges_of(pid), begin, end_of(begin, bytes), prot);
  if (!is_both(prot)) return std::nullopt;
  return Alert{kMappedWritable, begin, bytes, prot, PROT_NONE};
}

std::optional<MemoryWatch::Alert> MemoryWatch::on_munmap(uint32_t pid, const Event& call) {
  cut(ranges_of(pid), call.args[0], end_of(call.args[0], call.args[1]));
  return std::nullopt;
}

// What is moved keeps its protection.
std::optional<MemoryWatch::Alert> MemoryWatch::on_mremap(uint32_t pid, const Event& call) {
  const auto old_begin = call.args[0], begin = static_cast<uint64_t>(call.result);
  Ranges& ranges = ranges_of(pid);
  auto found = ranges.upper_bound(old_begin);
  std::optional<uint32_t> prot;
  if (found != ranges.begin() && std::prev(found)->second.end > old_begin)
    prot = std::prev(found)->second.prot;
  cut(ranges, old_begin, end_of(old_begin, call.args[1]));
  if (prot) {
    set(ranges, begin, end_of(begin, call.args[2]), *prot);
  } else {
    cut(ranges, begin, end_of(begin, call.args[2]));
  }
  return std::nullopt;
}

std::optional<MemoryWatch::Alert> MemoryWatch::on_mprotect(uint32_t pid, const Event& call) {
  const uint64_t begin = call.args[0], end = end_of(begin, call.args[1]);
  const auto prot = static_cast<uint32_t>(call.args[2]) & kProtMask;
  Ranges& ranges = ranges_of(pid);
  bool inexecutable = false, executable = false, both = false;
  uint32_t before = 0;
  auto at = ranges.upper_bound(begin);
  if (at != ranges.begin() && std::prev(at)->second.end > begin) --at;
  for (; at != ranges.end() && at->first < end; ++at) {
    const uint32_t was = at->second.prot;
    before |= was;
    both |= is_both(was);
    executable |= (was & PROT_EXEC) && !(was & PROT_WRITE);
    inexecutable |= !(was & PROT_EXEC);
  }
  const bool known = inexecutable || executable || both;
  set(ranges, begin, end, prot);
  if (!(prot & PROT_EXEC) || begin == end) return std::nullopt;
  Alert alert{kMadeExecutable, begin, call.args[1], prot,
              known ? static_cast<int32_t>(before) : -1};
  if (inexecutable || !known) return alert;
  if (executable && (prot & PROT_WRITE)) {
    alert.alert = kMadeWritable;
  } else if (both && !(prot & PROT_WRITE)) {
    alert.alert = kMadeUnwritable;
  } else {
    return std::nullopt;  // as it was
  }
  return alert;
}

std::optional<MemoryWatch::Alert> MemoryWatch::on_shmat(uint32_t, const Event& call) {
  const auto flags = static_cast<uint32_t>(call.args[2]);
  if (!(flags & SHM_EXEC) || (flags & SHM_RDONLY)) return std::nullopt;
  return Alert{kMappedWritable, static_cast<uint64_t>(call.result), 0,
               PROT_READ | PROT_WRITE | PROT_EXEC, PROT_NONE};
}

}  // namespace ctrace
