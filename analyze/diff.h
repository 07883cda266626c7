// How the runs of one side differ from those of another.
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "analyze/run_items.h"
#include "format/print/output_buffer.h"

namespace ctrace {

struct DiffRules {
  // An item is a difference when all runs of one side have it and none of the other does; with
  // `any`, when some run of one side has it and none of the other does.
  bool any = false;
  uint64_t factor = 10;  // counts that changed so much are told
};

struct Difference {
  Item item;
  bool only_in_b = false;
};

struct CountChange {
  Item item;
  double a = 0, b = 0;  // mean counts of the runs
};

struct RunDiff {
  std::vector<Difference> differences;  // in the order of the items
  std::vector<CountChange> changes;     // of calls that both sides have; never make sides differ
  uint64_t chance = 0;  // items that were in some runs of one side alone: taken for noise
  bool differ() const { return !differences.empty(); }
};

// Compared are the sorts of items that all runs have: of profiles and recordings, calls alone.
RunDiff diff_runs(const std::vector<RunItems>& a, const std::vector<RunItems>& b,
                  const DiffRules& rules);

nlohmann::ordered_json diff_json(const RunDiff& diff);
void print_diff(const RunDiff& diff, OutputBuffer& out);

}  // namespace ctrace
