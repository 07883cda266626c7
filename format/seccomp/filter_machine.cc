#include "format/seccomp/filter_machine.h"

#include <linux/audit.h>
#include <linux/seccomp.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <iterator>

#include "format/decode/decode.h"

namespace ctrace {
namespace {

constexpr uint32_t kX32Bit = 0x40000000;

// What a filter sees of each ABI, by its number: seccomp_data.arch, and what stands in
// seccomp_data.nr beside the number.
struct AbiWords {
  uint32_t audit_arch;
  uint32_t number_bits;
};
constexpr AbiWords kAbiWords[] = {{AUDIT_ARCH_X86_64, 0},
                                  {AUDIT_ARCH_I386, 0},
                                  {AUDIT_ARCH_X86_64, kX32Bit},
                                  {AUDIT_ARCH_AARCH64, 0},
                                  {AUDIT_ARCH_ARM, 0}};
static_assert(std::size(kAbiWords) == kAbiCount);

seccomp_data data_of(const FilterInput& input) {
  const AbiWords& abi = kAbiWords[static_cast<size_t>(input.abi) % kAbiCount];
  seccomp_data data = {};
  data.nr = static_cast<int>(static_cast<uint32_t>(input.number) | abi.number_bits);
  data.arch = abi.audit_arch;
  data.instruction_pointer = input.instruction_pointer;
  for (size_t i = 0; i < input.args.size(); ++i) data.args[i] = input.args[i];
  return data;
}

// The machine: struct sock_filter as net/core/filter.c runs it, over struct seccomp_data

constexpr size_t kMemoryWords = BPF_MEMWORDS;

constexpr bool is_jump(uint16_t code) { return BPF_CLASS(code) == BPF_JMP; }

// As seccomp_check_filter() and bpf_check_classic() have it.
bool is_permitted(const sock_filter& op) {
  static constexpr uint16_t kCodes[] = {
      BPF_LD | BPF_W | BPF_ABS,
      BPF_LD | BPF_W | BPF_LEN,
      BPF_LDX | BPF_W | BPF_LEN,
      BPF_RET | BPF_K,
      BPF_RET | BPF_A,
      BPF_ALU | BPF_ADD | BPF_K,
      BPF_ALU | BPF_ADD | BPF_X,
      BPF_ALU | BPF_SUB | BPF_K,
      BPF_ALU | BPF_SUB | BPF_X,
      BPF_ALU | BPF_MUL | BPF_K,
      BPF_ALU | BPF_MUL | BPF_X,
      BPF_ALU | BPF_DIV | BPF_K,
      BPF_ALU | BPF_DIV | BPF_X,
      BPF_ALU | BPF_AND | BPF_K,
      BPF_ALU | BPF_AND | BPF_X,
      BPF_ALU | BPF_OR | BPF_K,
      BPF_ALU | BPF_OR | BPF_X,
      BPF_ALU | BPF_XOR | BPF_K,
      BPF_ALU | BPF_XOR | BPF_X,
      BPF_ALU | BPF_LSH | BPF_K,
      BPF_ALU | BPF_LSH | BPF_X,
      BPF_ALU | BPF_RSH | BPF_K,
      BPF_ALU | BPF_RSH | BPF_X,
      BPF_ALU | BPF_NEG,
      BPF_LD | BPF_IMM,
      BPF_LDX | BPF_IMM,
      BPF_MISC | BPF_TAX,
      BPF_MISC | BPF_TXA,
      BPF_LD | BPF_MEM,
      BPF_LDX | BPF_MEM,
      BPF_ST,
      BPF_STX,
      BPF_JMP | BPF_JA,
      BPF_JMP | BPF_JEQ | BPF_K,
      BPF_JMP | BPF_JEQ | BPF_X,
      BPF_JMP | BPF_JGE | BPF_K,
      BPF_JMP | BPF_JGE | BPF_X,
      BPF_JMP | BPF_JGT | BPF_K,
      BPF_JMP | BPF_JGT | BPF_X,
      BPF_JMP | BPF_JSET | BPF_K,
      BPF_JMP | BPF_JSET | BPF_X,
  };
  if (std::ranges::find(kCodes, op.code) == std::end(kCodes)) return false;
  const uint16_t kind = BPF_CLASS(op.code);
  if (op.code == (BPF_LD | BPF_W | BPF_ABS)) {
    return op.k % 4 == 0 && op.k < sizeof(seccomp_data);
  }
  const bool is_memory = (kind == BPF_LD || kind == BPF_LDX) && BPF_MODE(op.code) == BPF_MEM;
  if (is_memory || kind == BPF_ST || kind == BPF_STX) return op.k < kMemoryWords;
  const bool by_constant = kind == BPF_ALU && BPF_SRC(op.code) == BPF_K;
  if (by_constant && BPF_OP(op.code) == BPF_DIV) return op.k != 0;
  if (by_constant && (BPF_OP(op.code) == BPF_LSH || BPF_OP(op.code) == BPF_RSH)) return op.k < 32;
  return true;
}

struct Machine {
  uint32_t a = 0, x = 0;
  uint32_t memory[kMemoryWords] = {};
};

// Division by a zero X ends the filter with 0 (KILL_THREAD) in the kernel: `ok` is then false.
uint32_t calculate(uint16_t operation, uint32_t a, uint32_t by, bool& ok) {
  switch (operation) {
    case BPF_ADD:
      return a + by;
    case BPF_SUB:
      return a - by;
    case BPF_MUL:
      return a * by;
    case BPF_DIV:
      ok = by != 0;
      return ok ? a / by : 0;
    case BPF_AND:
      return a & by;
    case BPF_OR:
      return a | by;
    case BPF_XOR:
      return a ^ by;
    case BPF_LSH:
      return a << (by & 31);
    case BPF_RSH:
      return a >> (by & 31);
    default:
      return 0 - a;  // BPF_NEG
  }
}

bool holds(uint16_t operation, uint32_t a, uint32_t with) {
  switch (operation) {
    case BPF_JEQ:
      return a == with;
    case BPF_JGT:
      return a > with;
    case BPF_JGE:
      return a >= with;
    default:
      return (a & with) != 0;  // BPF_JSET
  }
}

uint32_t load(const sock_filter& op, const seccomp_data& data, const Machine& machine) {
  switch (BPF_MODE(op.code)) {
    case BPF_ABS: {
      uint32_t word;
      std::memcpy(&word, reinterpret_cast<const uint8_t*>(&data) + op.k, sizeof word);
      return word;
    }
    case BPF_MEM:
      return machine.memory[op.k];
    case BPF_LEN:
      return sizeof(seccomp_data);
    default:
      return op.k;  // BPF_IMM
  }
}

// Everything but jumps and returns. False: the filter ends with 0.
bool execute(const sock_filter& op, const seccomp_data& data, Machine& machine) {
  bool ok = true;
  switch (BPF_CLASS(op.code)) {
    case BPF_LD:
      machine.a = load(op, data, machine);
      break;
    case BPF_LDX:
      machine.x = load(op, data, machine);
      break;
    case BPF_ST:
      machine.memory[op.k] = machine.a;
      break;
    case BPF_STX:
      machine.memory[op.k] = machine.x;
      break;
    case BPF_ALU: {
      const uint32_t by = BPF_SRC(op.code) == BPF_X ? machine.x : op.k;
      machine.a = calculate(BPF_OP(op.code), machine.a, by, ok);
      break;
    }
    default:  // BPF_MISC
      (BPF_MISCOP(op.code) == BPF_TAX ? machine.x : machine.a) =
          BPF_MISCOP(op.code) == BPF_TAX ? machine.a : machine.x;
  }
  return ok;
}

size_t jump(const sock_filter& op, const Machine& machine) {
  if (BPF_OP(op.code) == BPF_JA) return op.k;
  const uint32_t with = BPF_SRC(op.code) == BPF_X ? machine.x : op.k;
  return holds(BPF_OP(op.code), machine.a, with) ? op.jt : op.jf;
}

struct AnswerRow {
  uint32_t action;
  std::string_view name;
};
constexpr AnswerRow kAnswers[] = {
    {SECCOMP_RET_KILL_PROCESS, "KILL_PROCESS"},
    {SECCOMP_RET_KILL_THREAD, "KILL_THREAD"},
    {SECCOMP_RET_TRAP, "TRAP"},
    {SECCOMP_RET_ERRNO, "ERRNO"},
    {SECCOMP_RET_USER_NOTIF, "NOTIFY"},
    {SECCOMP_RET_TRACE, "TRACE"},
    {SECCOMP_RET_LOG, "LOG"},
    {SECCOMP_RET_ALLOW, "ALLOW"},
};

}  // namespace

Result<void> check_filter(std::span<const sock_filter> filter) {
  if (filter.empty() || filter.size() > BPF_MAXINSNS) {
    return unexpected("no filter: it has " + std::to_string(filter.size()) + " instructions");
  }
  for (size_t i = 0; i < filter.size(); ++i) {
    const sock_filter& op = filter[i];
    const size_t left = filter.size() - i - 1;
    const bool inside = !is_jump(op.code) ||
                        (BPF_OP(op.code) == BPF_JA ? op.k < left : op.jt < left && op.jf < left);
    if (!is_permitted(op) || !inside) {
      return unexpected("no filter that seccomp takes: instruction " + std::to_string(i));
    }
  }
  if (BPF_CLASS(filter.back().code) != BPF_RET) {
    return unexpected("no filter that seccomp takes: it does not end with a return");
  }
  return {};
}

uint32_t run_filter(std::span<const sock_filter> filter, const FilterInput& input,
                    uint16_t* looked_at) {
  const seccomp_data data = data_of(input);
  Machine machine;
  for (size_t at = 0;; ++at) {  // forward alone, to a return: check_filter()
    const sock_filter& op = filter[at];
    if (BPF_CLASS(op.code) == BPF_RET) return BPF_RVAL(op.code) == BPF_A ? machine.a : op.k;
    if (looked_at != nullptr && op.code == (BPF_LD | BPF_W | BPF_ABS)) {
      *looked_at |= static_cast<uint16_t>(1u << op.k / 4);
    }
    if (is_jump(op.code)) {
      at += jump(op, machine);
    } else if (!execute(op, data, machine)) {
      return SECCOMP_RET_KILL_THREAD;
    }
  }
}

// As seccomp_run_filters() has it: the newest filter is asked first, the lowest action as a signed
// number wins, and among equal ones the filter that was asked first.
uint32_t stricter(uint32_t answer, uint32_t other) {
  const auto rank = [](uint32_t value) {
    return static_cast<int32_t>(value & SECCOMP_RET_ACTION_FULL);
  };
  return rank(other) < rank(answer) ? other : answer;
}

bool is_allowed(uint32_t answer) { return (answer & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_ALLOW; }

bool is_logged(uint32_t answer) { return (answer & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_LOG; }

std::string describe_answer(uint32_t answer) {
  const uint32_t action = answer & SECCOMP_RET_ACTION_FULL;
  const auto* row = std::ranges::find(kAnswers, action, &AnswerRow::action);
  // The kernel kills for what it does not know.
  if (row == std::end(kAnswers)) return "KILL_PROCESS";
  if (action != SECCOMP_RET_ERRNO) return std::string(row->name);
  const int number = static_cast<int>(answer & SECCOMP_RET_DATA);
  const std::string_view name = errno_name(number);
  return "ERRNO(" + (name.empty() ? std::to_string(number) : std::string(name)) + ")";
}

}  // namespace ctrace
