// Puts the records of all CPUs into one order, that of time.
//
// Each CPU's records are in time order already. After a pass over all rings everything older than
// the pass's start is in hand (the watermark), so records up to it are final and come out merged.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <vector>

#include "record/ring_reader.h"

namespace ctrace {

class Merge {
 public:
  explicit Merge(size_t cpus) : cpus_(cpus) {}

  void add(RingChunk&& chunk);
  // Gives every record with a time below `watermark_ns` to `sink`, oldest first. `lost` is how many
  // records of that CPU are missing right before it. Views live during the call alone.
  using Sink = std::function<void(uint16_t cpu, const RecordView& view, uint64_t lost)>;
  void run(uint64_t watermark_ns, const Sink& sink);

  // Records taken out so far, and the sequence number that must come next, by CPU.
  uint64_t received(uint16_t cpu) const { return cpus_[cpu].received; }
  uint64_t expected(uint16_t cpu) const { return cpus_[cpu].expected; }
  uint64_t waiting_bytes() const { return waiting_bytes_; }

 private:
  struct Cpu {
    std::deque<RingChunk> chunks;
    size_t position = 0;  // in chunks.front()
    RecordView head;      // the oldest record, when head_valid
    bool head_valid = false;
    uint64_t received = 0;
    uint64_t expected = 0;  // sequence number
  };
  bool fill_head(Cpu& cpu);

  std::vector<Cpu> cpus_;
  uint64_t waiting_bytes_ = 0;
};

}  // namespace ctrace
