#include "record/metadata/metadata_watch.h"

#include <linux/capability.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "format/base/capabilities.h"

namespace ctrace {
namespace {

// Each costs some 50 us a millisecond. Found ones wait to be taken.
constexpr size_t kMostWatched = 4096;
constexpr std::chrono::milliseconds kPause(1);

}  // namespace

MetadataWatch::MetadataWatch(std::string host_root, uint64_t patience_ms)
    : reader_(std::move(host_root)), patience_ms_(patience_ms), thread_([this] { run(); }) {}

MetadataWatch::~MetadataWatch() {
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void MetadataWatch::watch(const Container& container) {
  std::lock_guard lock(mutex_);
  if (watched_.size() >= kMostWatched) return;
  watched_[container.cgroup_id] = {container};
  wake_.notify_all();
}

std::optional<Container> MetadataWatch::take(uint64_t cgroup_id) {
  std::lock_guard lock(mutex_);
  const auto found = watched_.find(cgroup_id);
  if (found == watched_.end() || !found->second.found) return std::nullopt;
  Container container = std::move(found->second.container);
  watched_.erase(found);
  return container;
}

void MetadataWatch::forget(uint64_t cgroup_id) {
  std::lock_guard lock(mutex_);
  watched_.erase(cgroup_id);
}

void MetadataWatch::run() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
  // The state of runtimes may belong to another user; more is not needed.
  (void)keep_capabilities(effective_capabilities() & capability_bit(CAP_DAC_READ_SEARCH));
  std::unique_lock lock(mutex_);
  while (!stop_) {
    std::vector<uint64_t> open;
    for (const auto& [id, watched] : watched_) {
      if (!watched.found) open.push_back(id);
    }
    if (open.empty()) {
      wake_.wait(lock);
      continue;
    }
    lock.unlock();
    for (uint64_t id : open) look(id);
    std::this_thread::sleep_for(kPause);
    lock.lock();
  }
}

// Nothing is locked while files are read: a slow disk holds up nobody.
bool MetadataWatch::look(uint64_t cgroup_id) {
  Container container;
  {
    std::lock_guard lock(mutex_);
    const auto found = watched_.find(cgroup_id);
    if (found == watched_.end()) return false;
    if (++found->second.looks > patience_ms_) {
      watched_.erase(found);
      return false;
    }
    container = found->second.container;
  }
  // A process of its own is what a runtime's state tells once the container is made.
  if (!reader_.read(container) || container.fact("pid").empty()) return false;
  std::lock_guard lock(mutex_);
  const auto found = watched_.find(cgroup_id);
  if (found == watched_.end()) return false;
  found->second.container = std::move(container);
  found->second.found = true;
  return true;
}

}  // namespace ctrace
