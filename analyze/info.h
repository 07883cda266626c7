// What a recording says about itself, gathered from header, index and trailer: no event is decoded.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "format/file/recording_reader.h"
#include "format/print/output_buffer.h"

namespace ctrace {

struct ContainerInfo {
  Container container;
  uint64_t events = 0;
};

struct RecordingInfo {
  std::string file;
  RecordingHeader header;
  RecordingTotals totals;
  RecordingState state = RecordingState::kComplete;
  uint64_t bytes = 0;
  uint64_t duration_ns = 0;
  uint64_t host_events = 0;  // of no container; counted, which more are than recorded
  std::vector<ContainerInfo> containers;
  std::vector<DropRow> drops;  // who lost what

  double bytes_per_event() const;  // 0 when there are no events
};

RecordingInfo gather_info(const std::string& file, RecordingReader& reader);
nlohmann::ordered_json info_json(const RecordingInfo& info);
void print_info(const RecordingInfo& info, OutputBuffer& out);

}  // namespace ctrace
