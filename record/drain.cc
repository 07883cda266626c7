#include "record/drain.h"

#include <pthread.h>
#include <signal.h>
#include <time.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <limits>

#include "format/base/capabilities.h"

namespace ctrace {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

// Copied and not yet taken: past it the rings must hold the rest (and drop, counted, when full).
constexpr size_t kMaxQueuedBytes = 4u << 20;
constexpr size_t kChunkBytes = 512u << 10;
// With less than this in a pass the thread may sleep longer.
constexpr size_t kBusyBytes = 64u << 10;
constexpr microseconds kShortestSleep = milliseconds(1), kLongestSleep = milliseconds(10);
// After a second in which nothing came it sleeps as long as the smallest ring holds what one CPU
// can make meanwhile, at twice the 200 MB/s that were seen; and no longer than somebody who looks
// at live output would notice.
constexpr microseconds kLongestIdleSleep = milliseconds(80);
constexpr int kIdlePasses = 100;
constexpr uint64_t kIdleBytesPerUs = 400;
// A store becomes visible to other CPUs within this time, by a wide margin: see pass().
constexpr uint64_t kStoreMarginNs = 100'000;

size_t bytes_of(const Drain::Pass& pass) {
  size_t bytes = 0;
  for (const RingChunk& chunk : pass.chunks) bytes += chunk.words.size() * 8;
  return bytes;
}

}  // namespace

uint64_t monotonic_ns() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(now.tv_nsec);
}

Drain::Drain(std::vector<Ring>& rings, RingWatcher* watcher)
    : rings_(rings), watcher_(watcher), final_ns_(rings.size()), thread_([this] { run(); }) {}

Drain::~Drain() { finish(); }

void Drain::finish() {
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
  }
  taken_.notify_all();
  if (thread_.joinable()) thread_.join();
}

std::vector<Drain::Pass> Drain::take(int timeout_ms) {
  std::unique_lock lock(mutex_);
  ready_.wait_for(lock, milliseconds(timeout_ms), [this] { return !passes_.empty(); });
  std::vector<Pass> taken(std::make_move_iterator(passes_.begin()),
                          std::make_move_iterator(passes_.end()));
  passes_.clear();
  backlog_ = {ring_percent_, static_cast<unsigned>(100 * queued_bytes_ / kMaxQueuedBytes)};
  queued_bytes_ = 0;
  taken_.notify_all();
  return taken;
}

// A record's time is taken before its bytes are there. `busy` says that one is on its way; a ring
// that is not busy and then read has all that is older than the moment of looking, less the time
// that the busy flag itself may need to be seen.
bool Drain::wait_until_whole(const Ring& ring) const {
  for (int i = 0; i < 200 && ring.busy(); ++i) std::this_thread::yield();
  return !ring.busy();
}

// Each ring has a time before which it has nothing more to give: when it was emptied, the pass's
// start; when some was left behind, that of the last record taken, since each CPU's records are in
// order. The earliest of these is the watermark.
Drain::Pass Drain::pass() {
  Pass pass;
  const uint64_t start_ns = monotonic_ns();
  const size_t share = kMaxQueuedBytes / rings_.size();
  uint64_t watermark_ns = std::numeric_limits<uint64_t>::max(), fullest = 0;
  for (size_t i = 0; i < rings_.size(); ++i) {
    bool emptied = wait_until_whole(rings_[i]);
    uint64_t& final_ns = final_ns_[i];
    rings_[i].begin_account(start_ns);
    fullest = std::max(fullest, 100 * rings_[i].waiting_bytes() / rings_[i].size_bytes());
    for (size_t taken = 0;;) {
      RingChunk chunk;
      if (!rings_[i].drain(chunk, kChunkBytes)) malformed_ = true;
      const size_t bytes = chunk.words.size() * 8;
      taken += bytes;
      final_ns = std::max(final_ns, chunk.last_ns);
      if (bytes > 0) pass.chunks.push_back(std::move(chunk));
      if (bytes < kChunkBytes) break;
      if (taken >= share) {
        emptied = false;
        break;
      }
    }
    if (emptied) final_ns = std::max(final_ns, start_ns - kStoreMarginNs);
    watermark_ns = std::min(watermark_ns, final_ns);
    if (auto account = rings_[i].received_account())
      pass.accounts.emplace_back(rings_[i].cpu(), *account);
  }
  ring_percent_ = static_cast<unsigned>(fullest);
  pass.watermark_ns = watermark_ns;
  return pass;
}

void Drain::wait_for_room(std::unique_lock<std::mutex>& lock) {
  const auto has_room = [this] { return queued_bytes_ < kMaxQueuedBytes || stop_; };
  if (!watcher_) return taken_.wait(lock, has_room);
  while (!taken_.wait_for(lock, kShortestSleep, has_room)) {
    lock.unlock();
    watcher_->look(rings_);
    lock.lock();
  }
}

void Drain::show_watcher(const Pass& pass) {
  if (!watcher_) return;
  for (const RingChunk& chunk : pass.chunks) watcher_->saw(chunk);
  watcher_->look(rings_);
}

void Drain::run() {
  microseconds sleep = kShortestSleep;
  bool had_bytes = false;
  int idle_passes = 0;
  microseconds idle_sleep = kLongestIdleSleep;
  for (const Ring& ring : rings_)
    idle_sleep = std::min(idle_sleep, microseconds(ring.size_bytes() / kIdleBytesPerUs));
  // Signals are for the other thread, which may be waiting in a write that they end.
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
  (void)keep_capabilities(0);  // it copies memory
  for (bool last = false; !last;) {
    {
      std::unique_lock lock(mutex_);
      last = stop_;
      if (!last) wait_for_room(lock);
    }
    Pass done = pass();
    show_watcher(done);
    const size_t bytes = bytes_of(done);
    if (last && bytes > 0) last = false;  // until a pass finds nothing
    if (last) done.watermark_ns = std::numeric_limits<uint64_t>::max();
    {
      std::lock_guard lock(mutex_);
      queued_bytes_ += bytes;
      // Of passes that found nothing only the newest watermark and accounts matter.
      if (bytes == 0 && !passes_.empty()) {
        Pass& back = passes_.back();
        back.watermark_ns = done.watermark_ns;
        if (!done.accounts.empty()) back.accounts = std::move(done.accounts);
      } else {
        passes_.push_back(std::move(done));
      }
    }
    // A pass after one with bytes makes their last records final; an idle one wakes nobody.
    if (bytes > 0 || had_bytes || last) ready_.notify_one();
    had_bytes = bytes > 0;
    idle_passes = had_bytes ? 0 : std::min(idle_passes + 1, kIdlePasses);
    if (stop_) continue;
    const microseconds longest = watcher_ ? 2 * kShortestSleep : kLongestSleep;
    sleep = bytes >= kBusyBytes ? kShortestSleep : std::min(sleep * 2, longest);
    if (!watcher_ && idle_passes == kIdlePasses) sleep = std::max(sleep, idle_sleep);
    if (bytes < kMaxQueuedBytes / 4) std::this_thread::sleep_for(sleep);
  }
}

}  // namespace ctrace
