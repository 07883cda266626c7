#include "analyze/call_evidence.h"

#include <algorithm>

#include "analyze/call_facts.h"
#include "analyze/process_programs.h"

namespace ctrace {
namespace {

// The value of the argument worth a rule; false when the event has it not.
bool checked_value_of(const Event& event, const CheckedArg& arg, uint64_t& value) {
  if (arg.index >= event.type->args.size()) return false;
  const ArgType& type = event.type->args[arg.index];
  if (type.kind != arg.kind || has_text(type.form)) return false;
  value = event.args[arg.index] & arg.mask;
  return true;
}

}  // namespace

int errno_of(int64_t result) {
  constexpr int64_t kLargest = 4095;
  return result < 0 && result >= -kLargest ? static_cast<int>(-result) : 0;
}

bool CallEvidence::is_starting(const Event& event) {
  Start& start = starts_[event.task->container == nullptr ? 0 : event.task->container->index];
  if (start.over) return false;
  if (start.first_ns == 0) start.first_ns = event.time_ns;
  // Times of several processors may go back a little.
  start.over = waits_for_work(event.type->name) ||
               (event.time_ns > start.first_ns && event.time_ns - start.first_ns > startup_ns_);
  // The wait itself is the first steady call.
  return !start.over;
}

void CallEvidence::add_own(const Event& event, const std::string& program, uint64_t begin_ns) {
  CallUse*& use = known_[{event.type->id, event.abi}];
  if (use == nullptr) {
    use = &calls_[{event.type->name, event.abi}];
    ++use->runs;
  }
  const uint64_t at_ns = event.time_ns > begin_ns ? event.time_ns - begin_ns : 0;
  use->first_ns = use->count == 0 ? at_ns : std::min(use->first_ns, at_ns);
  use->last_ns = std::max(use->last_ns, at_ns);
  ++use->count;
  use->startup += is_starting(event) ? 1 : 0;
  use->comms.add(event.task->comm);
  use->programs.add(program);
  if (const int number = errno_of(event.result); number != 0) {
    ++use->failed;
    use->errnos.add(number);
  }
  const CheckedArg* arg = find_checked_arg(event.type->name);
  if (arg == nullptr) return;
  uint64_t value = 0;
  if (checked_value_of(event, *arg, value)) {
    use->values.add(value);
  } else {
    use->values_unknown = true;
  }
}

Result<void> CallEvidence::add(RecordingReader& reader, const Chosen& chosen) {
  starts_.clear();
  known_.clear();
  ++recordings_;
  const uint64_t begin_ns = reader.header().monotonic_ns;
  ProcessPrograms programs;
  return reader.read({}, [&](const Event& event) {
    programs.see(event);
    if (!event.type->is_syscall) return true;
    if (is_own(*event.task, chosen)) {
      add_own(event, programs.of(event), begin_ns);
    } else if (is_setup(*event.task, chosen)) {
      const CheckedArg* arg = find_checked_arg(event.type->name);
      uint64_t value = 0;
      if (arg != nullptr && checked_value_of(event, *arg, value)) {
        setup_values_[event.type->name].add(value);
      }
    }
    return true;
  });
}

}  // namespace ctrace
