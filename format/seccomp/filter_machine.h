// What a seccomp filter says of a call: the kernel's classic BPF machine over struct seccomp_data.
//
//   if (!check_filter(program)) return;               // bytes from outside
//   uint32_t answer = run_filter(program, {abi, number, {family, type, 0, 0, 0, 0}});
//   if (!is_allowed(answer)) print(describe_answer(answer));   // "ERRNO(EPERM)"
//
// Answers are SECCOMP_RET_* with their data (linux/seccomp.h).
#pragma once

#include <linux/filter.h>

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "format/base/result.h"
#include "format/model/event.h"

namespace ctrace {

using FilterProgram = std::vector<sock_filter>;

// Whether the kernel would take it: only what seccomp permits, jumps inside, a return at each end.
Result<void> check_filter(std::span<const sock_filter> filter);

struct FilterInput {
  Abi abi = Abi::kX86_64;
  int number = 0;  // of the table, without x32's bit
  std::array<uint64_t, 6> args = {};
  uint64_t instruction_pointer = 0;
};

// Which 32-bit words of struct seccomp_data an answer was found with, bit i for word i.
inline constexpr uint16_t kLookedAtPointer = 0x000c;
inline constexpr uint16_t kLookedAtArgs = 0xfff0;
constexpr uint16_t looked_at_arg(size_t index) { return static_cast<uint16_t>(0x30u << 2 * index); }

// `filter` must have passed check_filter(). Bits are added to `looked_at`, which may be null.
uint32_t run_filter(std::span<const sock_filter> filter, const FilterInput& input,
                    uint16_t* looked_at = nullptr);

// Which of the answers of two filters that stand one on the other holds: `answer` is the newer
// one's. Begin with SECCOMP_RET_ALLOW.
uint32_t stricter(uint32_t answer, uint32_t other);

bool is_allowed(uint32_t answer);
bool is_logged(uint32_t answer);  // let through, but not without a word
// "ERRNO(EPERM)", "KILL_PROCESS", "LOG"
std::string describe_answer(uint32_t answer);

}  // namespace ctrace
