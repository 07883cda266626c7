#include "analyze/profile_filter.h"

#include <linux/seccomp.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <memory>

#include "format/base/file.h"
#include "format/decode/decode.h"

namespace ctrace {
namespace {

using Context = std::unique_ptr<void, decltype(&seccomp_release)>;

uint32_t action_code(const ActionValue& value) {
  switch (value.action) {
    case Action::kKillProcess:
      return SCMP_ACT_KILL_PROCESS;
    case Action::kKillThread:
      return SCMP_ACT_KILL_THREAD;
    case Action::kTrap:
      return SCMP_ACT_TRAP;
    case Action::kErrno:
      return SCMP_ACT_ERRNO(value.errno_ret);
    case Action::kTrace:
      return SCMP_ACT_TRACE(value.errno_ret);
    case Action::kLog:
      return SCMP_ACT_LOG;
    case Action::kNotify:
      return SCMP_ACT_NOTIFY;
    case Action::kAllow:
      break;
  }
  return SCMP_ACT_ALLOW;
}

scmp_compare compare_code(Compare compare) {
  static constexpr scmp_compare kCodes[] = {SCMP_CMP_NE,       SCMP_CMP_LT, SCMP_CMP_LE,
                                            SCMP_CMP_EQ,       SCMP_CMP_GE, SCMP_CMP_GT,
                                            SCMP_CMP_MASKED_EQ};
  return kCodes[static_cast<size_t>(compare)];
}

scmp_arg_cmp condition(const ArgRule& arg) {
  return {arg.index, compare_code(arg.compare), arg.value, arg.value_two};
}

unexpected compile_error(const std::string& what, int code) {
  return unexpected(system_message("libseccomp cannot compile the profile (" + what + ")", -code));
}

bool repeats_an_index(const std::vector<ArgRule>& args) {
  for (size_t i = 0; i < args.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (args[i].index == args[j].index) return true;
    }
  }
  return false;
}

Result<void> add_rule(scmp_filter_ctx context, int number, const std::string& name,
                      const ProfileRule& rule) {
  const uint32_t action = action_code(rule.action);
  std::vector<scmp_arg_cmp> conditions;
  for (const ArgRule& arg : rule.args) conditions.push_back(condition(arg));
  int code = 0;
  if (repeats_an_index(rule.args)) {
    for (const scmp_arg_cmp& one : conditions) {
      if (code == 0) code = seccomp_rule_add_array(context, action, number, 1, &one);
    }
  } else {
    code = seccomp_rule_add_array(context, action, number, static_cast<unsigned>(conditions.size()),
                                  conditions.data());
  }
  // A rule that another one contains.
  if (code != 0 && code != -EEXIST) return compile_error("rule of " + name, code);
  return {};
}

Result<void> add_rules(scmp_filter_ctx context, const SeccompProfile& profile,
                       std::vector<std::string>* skipped) {
  for (const ProfileRule& rule : profile.rules) {
    // libseccomp refuses rules that do what happens anyway.
    if (action_code(rule.action) == action_code(profile.default_action)) continue;
    for (const std::string& name : rule.names) {
      const int number = name.find('\0') == std::string::npos
                             ? seccomp_syscall_resolve_name(name.c_str())
                             : __NR_SCMP_ERROR;
      if (number == __NR_SCMP_ERROR) {
        if (skipped != nullptr) skipped->push_back(name);
        continue;
      }
      if (auto added = add_rule(context, number, name, rule); !added) return added;
    }
  }
  return {};
}

Result<FilterProgram> exported(scmp_filter_ctx context) {
  FileDescriptor file(memfd_create("filter", MFD_CLOEXEC));
  if (!file) return unexpected(system_message("cannot make a file in memory", errno));
  if (const int code = seccomp_export_bpf(context, file.get()); code != 0) {
    return compile_error("export", code);
  }
  struct stat status = {};
  if (fstat(file.get(), &status) != 0 || status.st_size <= 0) {
    return unexpected("libseccomp gave no filter");
  }
  FilterProgram program(static_cast<size_t>(status.st_size) / sizeof(sock_filter));
  const int error = read_whole(
      file.get(),
      {reinterpret_cast<uint8_t*>(program.data()), program.size() * sizeof(sock_filter)}, 0);
  if (error != 0) return unexpected("cannot read the filter that libseccomp made");
  return program;
}

// ---- the machine: struct sock_filter as net/core/filter.c runs it, over struct seccomp_data

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

Result<FilterProgram> compile_filter(const SeccompProfile& profile,
                                     std::vector<std::string>* skipped) {
  const Context context(seccomp_init(action_code(profile.default_action)), &seccomp_release);
  if (!context) return unexpected("libseccomp does not take the profile's default action");
  for (const Abi abi : profile.abis) {
    const int code = seccomp_arch_add(context.get(), abi_row(abi).token);
    if (code != 0 && code != -EEXIST) return compile_error(abi_row(abi).oci, code);
  }
  if (auto added = add_rules(context.get(), profile, skipped); !added) {
    return unexpected(added.error());
  }
  return exported(context.get());
}

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
                    bool* looks_at_args) {
  const AbiRow& abi = abi_row(input.abi);
  seccomp_data data = {};
  data.nr = static_cast<int>(static_cast<uint32_t>(input.number) | abi.number_bits);
  data.arch = abi.audit_arch;
  for (size_t i = 0; i < input.args.size(); ++i) data.args[i] = input.args[i];
  Machine machine;
  for (size_t at = 0;; ++at) {  // forward alone, to a return: check_filter()
    const sock_filter& op = filter[at];
    if (BPF_CLASS(op.code) == BPF_RET) return BPF_RVAL(op.code) == BPF_A ? machine.a : op.k;
    if (looks_at_args != nullptr && op.code == (BPF_LD | BPF_W | BPF_ABS) &&
        op.k >= offsetof(seccomp_data, args)) {
      *looks_at_args = true;
    }
    if (is_jump(op.code)) {
      at += jump(op, machine);
    } else if (!execute(op, data, machine)) {
      return SECCOMP_RET_KILL_THREAD;
    }
  }
}

bool is_allowed(uint32_t answer) { return (answer & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_ALLOW; }

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
