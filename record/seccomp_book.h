// The seccomp filters that recorded tasks are under, as the kernel side told them, and what they
// say of a call. Seccomp decides before anything else sees the call: at its exit a refused one
// looks like one that failed. So the task's own filters are run again here, on the same number,
// arguments and instruction pointer.
//
//   book.take_program(view); book.take_chain(view);      // REC_FILTER, REC_FILTER_CHAIN
//   SeccompChain* chain = book.chain(task.filters);      // null: not known
//   auto denied = judge_call(chain, abi, view);          // REC_SYSCALL of that task
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

#include "format/model/event.h"
#include "format/seccomp/filter_machine.h"
#include "record/ring_reader.h"

namespace ctrace {

// Filters that stand one on the other, the newest first.
class SeccompChain {
 public:
  using Programs = std::vector<std::shared_ptr<const FilterProgram>>;
  explicit SeccompChain(Programs programs)
      : programs_(std::move(programs)), plain_(kTables * kNumbers) {}

  // SECCOMP_RET_* of the chain. `carried`: the words of struct seccomp_data that `input` really has
  // (kLookedAt*); empty when the filters look at others.
  std::optional<uint32_t> answer(const FilterInput& input, uint16_t carried);
  // Whether the call is refused whatever its arguments are.
  bool always_refuses(Abi abi, int number);

 private:
  static constexpr size_t kTables = kAbiCount, kNumbers = 512;
  // An answer that was found without a look at anything but table and number.
  struct Plain {
    bool known = false, depends = false;
    uint32_t answer = 0;
  };
  uint32_t run(const FilterInput& input, uint16_t* looked_at) const;
  Plain* plain(Abi abi, int number);

  Programs programs_;
  std::vector<Plain> plain_;
};

// The result of a call that ended in SIGSYS: what stood in the register before, which is the call's
// number, or on ARM its first argument. `number`: of the table.
int64_t rolled_back(Abi abi, int number, uint64_t first_argument);
// What became of a call of which the filters say `answer`; `sigsys_result`: rolled_back(). Empty:
// its result contradicts the answer.
std::optional<Denied> judge(uint32_t answer, int64_t result, int64_t sigsys_result);

// What became of a call, by its record (REC_SYSCALL) of a task under `filters`, which are null when
// they are not known. Empty: it may have been refused, and that cannot be decided.
std::optional<Denied> judge_call(SeccompChain* filters, Abi abi, const RecordView& view);
// The same of the call that a task was in when it ended (REC_EXIT): kNo when it was not killed for
// it.
std::optional<Denied> judge_last_call(SeccompChain* filters, Abi abi, const RecordView& view);

class SeccompBook {
 public:
  // Bytes from the kernel side; what is incomplete is left out, and its chains with it.
  void take_program(const RecordView& view);
  void take_chain(const RecordView& view);
  SeccompChain* chain(uint64_t hash) const;

  // A task of this container and phase is under `filters`: task_record's.
  void saw_task(uint32_t container, Phase phase, uint64_t filters);
  // Nothing more will be asked of it.
  void forget(uint32_t container);
  // Whether every task of them that was seen is under filters that refuse the call, whatever its
  // arguments: then each call that was counted was refused.
  bool always_refused(uint32_t container, Phase phase, Abi abi, int number) const;

 private:
  struct Draft {
    FilterProgram program;
    size_t filled = 0;
  };
  std::unordered_map<uint64_t, Draft> drafts_;
  std::unordered_map<uint64_t, std::shared_ptr<const FilterProgram>> programs_;
  std::unordered_map<uint64_t, std::unique_ptr<SeccompChain>> chains_;
  std::map<std::pair<uint32_t, Phase>, std::set<uint64_t>> seen_;
};

}  // namespace ctrace
