#include "format/file/decode_ahead.h"

#include <pthread.h>
#include <signal.h>

#include <system_error>

namespace ctrace {

bool DecodeAhead::start() {
  // Signals are for the other threads.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  try {
    thread_ = std::thread([this] { run(); });
  } catch (const std::system_error&) {
    // A limit on processes, or a sandbox: it goes without.
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return thread_.joinable();
}

void DecodeAhead::run() {
  std::unique_lock lock(mutex_);
  for (size_t i = 0;; i ^= 1) {
    Turn& turn = turns_[i];
    changed_.wait(lock, [&] { return !turn.is_open || stop_; });
    if (stop_) return;
    lock.unlock();
    const bool opened = next_(*turn.decoder, stop_);
    lock.lock();
    turn.is_open = opened;
    at_end_ = !opened;
    changed_.notify_all();
    if (at_end_) return;
  }
}

// False: there are no more.
bool DecodeAhead::wait_for(const Turn& turn) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return turn.is_open || at_end_; });
  return turn.is_open;
}

void DecodeAhead::stop() {
  if (!thread_.joinable()) return;
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void DecodeAhead::deliver(const std::function<bool(const Event&)>& sink, bool ahead) {
  if (!ahead || !start()) {
    BlockDecoder& decoder = *turns_[0].decoder;
    bool more = true;
    while (more) {
      more = next_(decoder, stop_);
      taken_(decoder);
      more = more && decoder.deliver(sink);
    }
    return;
  }
  for (size_t i = 0;; i ^= 1) {
    const bool is_open = wait_for(turns_[i]);
    taken_(*turns_[i].decoder);
    if (!is_open || !turns_[i].decoder->deliver(sink)) break;
    {
      std::lock_guard lock(mutex_);
      turns_[i].is_open = false;
    }
    changed_.notify_all();
  }
  stop();
}

}  // namespace ctrace
