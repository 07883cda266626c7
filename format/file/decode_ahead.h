// The blocks of a file, decoded one after the other: while the events of one are delivered, a
// thread decodes the next.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>

#include "format/file/block_decoder.h"
#include "format/model/event.h"

namespace ctrace {

class DecodeAhead {
 public:
  // Opens the next block; false: there is none, or `stop` was set, which a long way there looks at.
  // Called by the other thread, also while events of the block before are delivered.
  using Next = std::function<bool(BlockDecoder&, const std::atomic<bool>& stop)>;

  // Called by the maker's thread before that block is delivered, and once for the end: what was
  // found on the way to a block counts only if somebody wanted to go there.
  using Taken = std::function<void(const BlockDecoder&)>;

  // `first` and `second` are taken in turn.
  DecodeAhead(BlockDecoder* first, BlockDecoder* second, Next next, Taken taken)
      : turns_{{first}, {second}}, next_(std::move(next)), taken_(std::move(taken)) {}
  ~DecodeAhead() { stop(); }

  // Delivers all events, in order, until `sink` returns false. Without `ahead`, and where there can
  // be no thread, blocks are decoded when they are wanted, by the first decoder alone.
  void deliver(const std::function<bool(const Event&)>& sink, bool ahead);

 private:
  struct Turn {
    BlockDecoder* decoder;
    bool is_open = false;  // decoded and not yet delivered
  };

  bool start();
  void run();
  void stop();
  bool wait_for(const Turn& turn);

  Turn turns_[2];
  Next next_;
  Taken taken_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool at_end_ = false;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

}  // namespace ctrace
