// The thread that empties the rings: it copies and does nothing else, so that the kernel side finds
// room while the rest of the recorder sorts, prints, compresses or waits for a slow disk.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "record/ease.h"
#include "record/ring_reader.h"

namespace ctrace {

// Looks on while the rings are emptied, in the thread that does it.
class RingWatcher {
 public:
  virtual ~RingWatcher() = default;
  // What was just taken out of a ring.
  virtual void saw(const RingChunk& chunk) = 0;
  // After each pass, and every millisecond while there is no room for what a pass would take.
  virtual void look(const std::vector<Ring>& rings) = 0;
};

class Drain {
 public:
  // One pass over all rings: what was in them, and the time before which nothing more will come.
  struct Pass {
    std::vector<RingChunk> chunks;
    std::vector<std::pair<uint16_t, RingAccount>> accounts;  // by CPU
    uint64_t watermark_ns = 0;
  };

  // Starts the thread. `rings` must outlive it, and so must `watcher`, for which the thread looks
  // oftener.
  explicit Drain(std::vector<Ring>& rings, RingWatcher* watcher = nullptr);
  ~Drain();

  // The passes since the last call; waits up to `timeout_ms` for the first.
  std::vector<Pass> take(int timeout_ms);
  // Ends the thread after a last pass over rings that nobody fills any more; take() then gives the
  // rest, with the last watermark at the end of time.
  void finish();
  // A ring held what no kernel side writes.
  bool malformed() const { return malformed_; }
  // As it was when the passes were there that take() gave last.
  Backlog backlog() const { return backlog_; }

 private:
  void run();
  void wait_for_room(std::unique_lock<std::mutex>& lock);
  void show_watcher(const Pass& pass);
  Pass pass();
  bool wait_until_whole(const Ring& ring) const;

  std::vector<Ring>& rings_;
  RingWatcher* const watcher_;
  std::mutex mutex_;
  std::condition_variable ready_, taken_;
  std::deque<Pass> passes_;
  size_t queued_bytes_ = 0;
  std::atomic<bool> stop_ = false;
  std::atomic<bool> malformed_ = false;
  std::atomic<unsigned> ring_percent_ = 0;  // of the fullest ring, at the last pass
  Backlog backlog_;                         // take()'s
  std::vector<uint64_t> final_ns_;          // of each ring: nothing older is to come
  std::thread thread_;
};

// CLOCK_MONOTONIC, as events have it.
uint64_t monotonic_ns();

}  // namespace ctrace
