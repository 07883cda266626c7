#include "record/seccomp_book.h"

#include <linux/seccomp.h>

#include <algorithm>
#include <cstring>

namespace ctrace {
namespace {

static_assert(wire::MAX_FILTER_LENGTH == BPF_MAXINSNS);
constexpr uint32_t kMaxErrno = 4095;  // seccomp cuts the data of SECCOMP_RET_ERRNO so
constexpr uint16_t kTableAndNumber = static_cast<uint16_t>(~(kLookedAtPointer | kLookedAtArgs));

constexpr int32_t kX32Bit = 0x40000000;  // __X32_SYSCALL_BIT

Denied kill_of(uint32_t action) {
  // The kernel kills the process for actions that it does not know.
  return action == SECCOMP_RET_KILL_THREAD ? Denied::kKillThread : Denied::kKillProcess;
}

}  // namespace

uint32_t SeccompChain::run(const FilterInput& input, uint16_t* looked_at) const {
  uint32_t answer = SECCOMP_RET_ALLOW;
  for (const auto& program : programs_)
    answer = stricter(answer, run_filter(*program, input, looked_at));
  return answer;
}

SeccompChain::Plain* SeccompChain::plain(Abi abi, int number) {
  const auto table = static_cast<size_t>(abi);
  if (table >= kTables || number < 0 || static_cast<size_t>(number) >= kNumbers) return nullptr;
  Plain& plain = plain_[table * kNumbers + static_cast<size_t>(number)];
  if (!plain.known) {
    uint16_t looked_at = 0;
    plain.answer = run({abi, number, {}}, &looked_at);
    plain.depends = (looked_at & ~kTableAndNumber) != 0;
    plain.known = true;
  }
  return &plain;
}

std::optional<uint32_t> SeccompChain::answer(const FilterInput& input, uint16_t carried) {
  const Plain* known = plain(input.abi, input.number);
  if (known && !known->depends) return known->answer;
  uint16_t looked_at = 0;
  const uint32_t answer = run(input, &looked_at);
  if (looked_at & ~(carried | kTableAndNumber)) return std::nullopt;
  return answer;
}

bool SeccompChain::always_refuses(Abi abi, int number) {
  const Plain* known = plain(abi, number);
  if (!known || known->depends) return false;
  const uint32_t action = known->answer & SECCOMP_RET_ACTION_FULL;
  return action != SECCOMP_RET_ALLOW && action != SECCOMP_RET_LOG && action != SECCOMP_RET_TRACE &&
         action != SECCOMP_RET_USER_NOTIF;
}

int64_t rolled_back(Abi abi, int number, uint64_t first_argument) {
  if (abi == Abi::kArm64 || abi == Abi::kArm) return static_cast<int64_t>(first_argument);
  return abi == Abi::kX32 ? number | kX32Bit : number;
}

std::optional<Denied> judge(uint32_t answer, int64_t result, int64_t sigsys_result) {
  const uint32_t action = answer & SECCOMP_RET_ACTION_FULL;
  const int64_t data = std::min<uint32_t>(answer & SECCOMP_RET_DATA, kMaxErrno);
  switch (action) {
    case SECCOMP_RET_ALLOW:
    case SECCOMP_RET_LOG:
      return Denied::kNo;
    case SECCOMP_RET_TRACE:
      return Denied::kTrace;
    case SECCOMP_RET_USER_NOTIF:
      return Denied::kNotify;
    case SECCOMP_RET_ERRNO:
      if (result == -data) return Denied::kErrno;
      return std::nullopt;
    case SECCOMP_RET_TRAP:
      if (result == sigsys_result) return Denied::kTrap;
      return std::nullopt;
    default:
      if (result == sigsys_result) return kill_of(action);
      return std::nullopt;
  }
}

std::optional<Denied> judge_call(SeccompChain* filters, Abi abi, const RecordView& view) {
  const wire::record& record = *view.record;
  // Where the kernel side thought of a refusal the record has all that a filter can look at.
  const bool refusable = record.args == 8;
  if (!refusable && record.nr == wire::NR_OUT_OF_RANGE) return Denied::kNo;
  const auto raw_number = static_cast<int32_t>(refusable ? view.args[6] : record.nr);
  const int number = abi == Abi::kX32 ? raw_number & ~kX32Bit : raw_number;
  FilterInput input{abi, number, {}};
  uint16_t carried = 0;
  for (size_t i = 0; i < std::min<size_t>(record.args, input.args.size()); ++i) {
    input.args[i] = view.args[i];
    carried |= looked_at_arg(i);
  }
  if (refusable) {
    input.instruction_pointer = view.args[7];
    carried |= kLookedAtPointer;
  }
  const auto answer = filters ? filters->answer(input, carried) : std::nullopt;
  const auto judged = answer
                          ? judge(*answer, record.result, rolled_back(abi, number, input.args[0]))
                          : std::nullopt;
  // What succeeded was let through, whatever the filters look at.
  return judged || refusable ? judged : Denied::kNo;
}

std::optional<Denied> judge_last_call(SeccompChain* filters, Abi abi, const RecordView& view) {
  const auto number = static_cast<int32_t>(view.args[1]);
  if (view.record->args < 11 || number < 0) return Denied::kNo;
  if (!filters) return std::nullopt;
  FilterInput input{abi, number, {}, view.args[10]};
  std::copy_n(view.args + 4, input.args.size(), input.args.begin());
  const auto answer = filters->answer(input, kLookedAtPointer | kLookedAtArgs);
  Denied judged = Denied::kNo;
  if (answer) judged = judge(*answer, 0, 0).value_or(Denied::kNo);
  const bool killed = judged == Denied::kKillThread || judged == Denied::kKillProcess;
  return killed ? judged : Denied::kNo;
}

void SeccompBook::take_program(const RecordView& view) {
  size_t offset = 0;
  BlobView blob;
  if (view.record->args < 3 || !next_blob(view, offset, blob)) return;
  const uint64_t hash = view.args[0], length = view.args[1], first = view.args[2];
  if (length == 0 || length > BPF_MAXINSNS || first >= length) return;
  // Whose rest was lost nobody completes.
  constexpr size_t kMostDrafts = 64;
  if (drafts_.size() >= kMostDrafts && !drafts_.contains(hash)) drafts_.clear();
  Draft& draft = drafts_[hash];
  if (first == 0) draft = {FilterProgram(length), 0};
  const size_t count = blob.size / sizeof(sock_filter);
  const bool fits =
      draft.program.size() == length && draft.filled == first && count <= length - first;
  if (fits && count > 0) {
    std::memcpy(draft.program.data() + first, blob.data, count * sizeof(sock_filter));
    draft.filled += count;
    if (draft.filled < length) return;
    if (check_filter(draft.program))
      programs_[hash] = std::make_shared<const FilterProgram>(std::move(draft.program));
  }
  drafts_.erase(hash);
}

void SeccompBook::take_chain(const RecordView& view) {
  if (view.record->args < 1 + wire::MAX_CHAIN) return;
  SeccompChain::Programs programs;
  for (size_t i = 1; i <= wire::MAX_CHAIN && view.args[i]; ++i) {
    const auto program = programs_.find(view.args[i]);
    if (program == programs_.end()) return;
    programs.push_back(program->second);
  }
  // One that is known stays: tasks point to it.
  if (!programs.empty())
    chains_.try_emplace(view.args[0], std::make_unique<SeccompChain>(std::move(programs)));
}

SeccompChain* SeccompBook::chain(uint64_t hash) const {
  const auto found = chains_.find(hash);
  return found == chains_.end() ? nullptr : found->second.get();
}

void SeccompBook::saw_task(uint32_t container, Phase phase, uint64_t filters) {
  if (filters != wire::FILTERS_KEPT) seen_[{container, phase}].insert(filters);
}

void SeccompBook::forget(uint32_t container) {
  seen_.erase(seen_.lower_bound({container, Phase{}}), seen_.lower_bound({container + 1, Phase{}}));
}

bool SeccompBook::always_refused(uint32_t container, Phase phase, Abi abi, int number) const {
  const auto seen = seen_.find({container, phase});
  if (seen == seen_.end()) return false;
  return std::ranges::all_of(seen->second, [&](uint64_t filters) {
    SeccompChain* filtered = chain(filters);
    return filtered && filtered->always_refuses(abi, number);
  });
}

}  // namespace ctrace
