// From a profile to the filter that the kernel runs, and what that filter says of a call.
//
//   auto filter = compile_filter(profile);            // by libseccomp, as runc and crun do it
//   uint32_t answer = run_filter(*filter, {abi, number, {family, type, 0, 0, 0, 0}});
//   if (!is_allowed(answer)) print(describe_answer(answer));   // "ERRNO(EPERM)"
#pragma once

#include <linux/filter.h>

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "analyze/seccomp_profile.h"
#include "format/base/result.h"

namespace ctrace {

using FilterProgram = std::vector<sock_filter>;

// Rules as runc takes them: names that libseccomp does not know are passed over, several conditions
// on one argument in one rule are alternatives, else all must hold. The machine's own table is
// always in. `skipped` (may be null) gets the names that were passed over.
Result<FilterProgram> compile_filter(const SeccompProfile& profile,
                                     std::vector<std::string>* skipped = nullptr);

// Whether the kernel would take it: only what seccomp permits, jumps inside, a return at each end.
Result<void> check_filter(std::span<const sock_filter> filter);

// struct seccomp_data without the instruction pointer, which is 0 here.
struct FilterInput {
  Abi abi = Abi::kX86_64;
  int number = 0;  // of the table, without x32's bit
  std::array<uint64_t, 6> args = {};
};

// SECCOMP_RET_* with its data. `filter` must have passed check_filter().
// `looks_at_args` (may be null) is set when the answer was found with a look at the arguments.
uint32_t run_filter(std::span<const sock_filter> filter, const FilterInput& input,
                    bool* looks_at_args = nullptr);

bool is_allowed(uint32_t answer);
// "ERRNO(EPERM)", "KILL_PROCESS", "LOG"
std::string describe_answer(uint32_t answer);

}  // namespace ctrace
