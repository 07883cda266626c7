// The containers of a recording: what each was, did and lost, and how it ended.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "analyze/scope.h"
#include "format/file/recording_reader.h"
#include "format/print/output_buffer.h"

namespace ctrace {

struct ContainerReport {
  Container container;
  uint64_t events = 0, calls = 0;      // calls: as the kernel side counted them, where it did
  uint64_t denied = 0;                 // events of calls that seccomp refused
  uint64_t lost = 0;                   // records
  uint64_t first_ns = 0, last_ns = 0;  // monotonic; 0: no event
  std::string status;                  // "running", "exited (7)", "killed (SIGKILL)", "ended"
};

// In the order of their indices. Reads all events.
Result<std::vector<ContainerReport>> gather_containers(RecordingReader& reader,
                                                       const Chosen& chosen);
nlohmann::ordered_json containers_json(const std::vector<ContainerReport>& reports,
                                       const RecordingHeader& header);
void print_containers(const std::vector<ContainerReport>& reports, const RecordingHeader& header,
                      OutputBuffer& out);

}  // namespace ctrace
