#include "replay/follow.h"

#include <algorithm>
#include <csignal>
#include <ctime>

namespace ctrace {
namespace {

constexpr uint64_t kShortestWaitNs = 200'000'000;
constexpr uint64_t kWaitsPerPass = 4;

volatile std::sig_atomic_t interrupted = 0;
void on_signal(int) { interrupted = 1; }

bool sleep_for(uint64_t ns) {
  timespec left = {static_cast<time_t>(ns / 1'000'000'000), static_cast<long>(ns % 1'000'000'000)};
  while (!interrupted && nanosleep(&left, &left) != 0) continue;
  return !interrupted;
}

}  // namespace

std::unique_ptr<RecordingReader> Follower::wait_for_more(const std::string& path,
                                                         RecordingReader& reader,
                                                         uint64_t pass_ns) {
  while (sleep_(std::max(kShortestWaitNs, pass_ns * kWaitsPerPass))) {
    auto next = open_(path);
    if (!next) return nullptr;  // gone; what there was to say is said of the last one
    const bool ended = (*next)->state() != RecordingState::kBeingWritten;
    if (ended || (*next)->file_size() != reader.file_size()) return std::move(*next);
  }
  return nullptr;
}

Follower make_follower() {
  struct sigaction action = {};
  action.sa_handler = on_signal;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  return Follower(RecordingReader::open, sleep_for);
}

bool follow_interrupted() { return interrupted != 0; }

}  // namespace ctrace
