#include "format/model/recording.h"

namespace ctrace {

void DropCounts::add(const DropCounts& other) {
  for (size_t i = 0; i < std::size(dropped); ++i) dropped[i] += other.dropped[i];
  for (size_t i = 0; i < std::size(shed); ++i) shed[i] += other.shed[i];
}

DropCounts RecordingTotals::drops() const {
  DropCounts sum;
  for (const CpuTotals& cpu : cpus) sum.add(cpu.classes);
  return sum;
}

const char* state_name(RecordingState state) {
  static constexpr const char* kNames[] = {"complete", "cut short", "being written"};
  return kNames[static_cast<size_t>(state)];
}

}  // namespace ctrace
