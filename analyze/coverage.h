// How sure is a set of system calls? What the recorded runs say about calls that were not seen yet.
//
// The runs (when there are three or more recordings) or else the processes are taken as samples;
// what counts is in how many samples a call is, not how often it was made. From calls that are in
// one sample alone (Q1) and in two (Q2) follow
//   - Good and Turing's sample coverage (in Chao and Jost's form): the share of a further sample's
//     calls that are known already;
//   - Chao2: a lower bound of the number of all calls, with a 95 % interval (log-normal).
// Assumed is that samples are alike and independent, and that further ones are of the same work:
// what no recorded work came near (an error path, a rotation of logs at night) is not estimated.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "analyze/scope.h"
#include "format/base/result.h"
#include "format/print/output_buffer.h"

namespace ctrace {

struct Estimate {
  uint64_t samples = 0, seen = 0;
  uint64_t in_one = 0, in_two = 0, incidences = 0;
  // Without two samples there is none of the following.
  bool is_possible = false;
  double coverage = 0;                  // 0 to 1
  double total = 0, low = 0, high = 0;  // calls, seen or not
};
// `samples_of`: in how many of `samples` each call is.
Estimate estimate(const std::map<std::string, uint64_t>& samples_of, uint64_t samples);

class Coverage {
 public:
  static constexpr size_t kSlices = 10;
  struct Run {
    std::string file;
    uint64_t calls = 0, fresh = 0, total = 0;  // different ones; new with this run; after it
  };

  Result<void> add(const std::string& file, RecordingReader& reader, const Chosen& chosen);

  const std::vector<Run>& runs() const { return runs_; }
  bool by_run() const { return runs_.size() >= 3; }
  Estimate result() const;
  // Calls that are in one sample alone.
  std::vector<std::string> rare() const;
  // Different calls that were seen after each tenth of the longest recording's time.
  std::vector<uint64_t> curve() const;

 private:
  struct Seen {
    uint64_t first_ns = 0;  // since the beginning of its recording
    uint64_t runs = 0, processes = 0;
  };
  std::map<std::string, uint64_t> samples_of() const;

  std::vector<Run> runs_;
  std::map<std::string, Seen> seen_;
  uint64_t processes_ = 0;
  uint64_t longest_ns_ = 0;
};

nlohmann::ordered_json coverage_json(const Coverage& coverage);
void print_coverage(const Coverage& coverage, OutputBuffer& out);

}  // namespace ctrace
