#include "format/seccomp/profile_judge.h"

#include <algorithm>

#include "format/catalogue/catalogue.h"

namespace ctrace {
namespace {

bool is_negative32(const ArgType& type, uint64_t value) {
  return type.form == Form::kSigned32 && static_cast<int64_t>(value) < 0;
}

std::optional<int> number_of(const Event& event) {
  if (event.type->id == kSyscallInvalid) return static_cast<int>(event.args[0]);
  return syscall_number(event.type->id, event.abi);
}

FilterInput input_of(const Event& event, int number) {
  FilterInput input{event.abi, number, {}};
  // The number of an invalid call stands before its registers.
  const size_t skip = event.type->id == kSyscallInvalid ? 1 : 0;
  const size_t count = std::min(arg_count(*event.type), input.args.size() + skip);
  for (size_t i = skip; i < count; ++i) input.args[i - skip] = event.args[i];
  return input;
}

}  // namespace

const ProfileJudge::Known& ProfileJudge::known(const Event& event) {
  const auto [row, is_new] = known_.try_emplace({event.type->id, event.abi});
  Known& known = row->second;
  if (!is_new) return known;
  known.number = number_of(event);
  known.depends_on_args = event.type->id == kSyscallInvalid;
  if (known.number) {
    uint16_t looked_at = 0;
    known.answer = run_filter(filter_, input_of(event, *known.number), &looked_at);
    known.depends_on_args |= (looked_at & kLookedAtArgs) != 0;
  }
  return known;
}

std::optional<uint32_t> ProfileJudge::answer(const Event& event) {
  if (!event.type->is_syscall) return {};
  const Known& facts = known(event);
  if (!facts.number) return {};
  if (!facts.depends_on_args) return facts.answer;
  FilterInput input = input_of(event, *number_of(event));
  const uint32_t answer = run_filter(filter_, input);
  bool has_other = false;
  for (size_t i = 0; i < std::min(arg_count(*event.type), input.args.size()); ++i) {
    if (!is_negative32(event.type->args[i], event.args[i])) continue;
    input.args[i] = static_cast<uint32_t>(event.args[i]);
    has_other = true;
  }
  return has_other && is_allowed(answer) ? run_filter(filter_, input) : answer;
}

}  // namespace ctrace
