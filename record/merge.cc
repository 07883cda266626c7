#include "record/merge.h"

#include <cassert>
#include <limits>

namespace ctrace {

void Merge::add(RingChunk&& chunk) {
  if (chunk.words.empty()) return;
  assert(chunk.cpu < cpus_.size());
  waiting_bytes_ += chunk.words.size() * 8;
  cpus_[chunk.cpu].chunks.push_back(std::move(chunk));
}

bool Merge::fill_head(Cpu& cpu) {
  while (!cpu.head_valid && !cpu.chunks.empty()) {
    if (next_record(cpu.chunks.front(), cpu.position, cpu.head)) {
      cpu.head_valid = true;
    } else {
      waiting_bytes_ -= cpu.chunks.front().words.size() * 8;
      cpu.chunks.pop_front();
      cpu.position = 0;
    }
  }
  return cpu.head_valid;
}

void Merge::run(uint64_t watermark_ns, const Sink& sink) {
  for (;;) {
    Cpu* oldest = nullptr;
    uint64_t oldest_ns = watermark_ns, next_ns = watermark_ns;
    for (Cpu& cpu : cpus_) {
      if (!fill_head(cpu)) continue;
      const uint64_t time_ns = cpu.head.record->time_ns;
      if (time_ns < oldest_ns) {
        next_ns = oldest ? oldest_ns : next_ns;
        oldest_ns = time_ns;
        oldest = &cpu;
      } else if (time_ns < next_ns) {
        next_ns = time_ns;
      }
    }
    if (!oldest) return;
    const auto number = static_cast<uint16_t>(oldest - cpus_.data());
    // This CPU's records up to the next CPU's oldest come out without looking around again.
    do {
      const uint32_t sequence = oldest->head.record->seq;
      const uint64_t lost = uint32_t(sequence - static_cast<uint32_t>(oldest->expected));
      oldest->expected += lost + 1;
      ++oldest->received;
      sink(number, oldest->head, lost);
      oldest->head_valid = false;
    } while (fill_head(*oldest) && oldest->head.record->time_ns < next_ns);
  }
}

}  // namespace ctrace
