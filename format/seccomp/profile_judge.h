// What would a profile say of a recorded call? Its filter is run on number, table and arguments.
//
//   ProfileJudge judge(filter);
//   if (auto answer = judge.answer(event); answer && !is_allowed(*answer)) ...
//
// Limits: a rule on an argument that points to text or an address sees 0 (a recording holds the
// text, not the pointer); of a negative 32-bit argument the upper half of its register is not
// recorded, so the call is refused when one of the two possible registers would be.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "format/model/event.h"
#include "format/seccomp/filter_machine.h"

namespace ctrace {

class ProfileJudge {
 public:
  // `filter` must have passed check_filter(), as what compile_filter() makes does.
  explicit ProfileJudge(FilterProgram filter) : filter_(std::move(filter)) {}

  // SECCOMP_RET_* with its data; empty for what is no system call or has no number in its table.
  std::optional<uint32_t> answer(const Event& event);
  // Types of events have other ids from now on.
  void next_recording() { known_.clear(); }
  const FilterProgram& filter() const { return filter_; }

 private:
  // What is known without a look at the arguments.
  struct Known {
    std::optional<int> number;
    bool depends_on_args = false;
    uint32_t answer = 0;
  };
  const Known& known(const Event& event);

  FilterProgram filter_;
  std::map<std::pair<uint16_t, Abi>, Known> known_;
};

}  // namespace ctrace
