#include "record/plan.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string_view>

#include "format/catalogue/catalogue.h"

namespace ctrace {
namespace {

// What the kernel side must know of a call beyond its arguments.
struct Effect {
  std::string_view name;
  uint8_t flags;
};
constexpr Effect kEffects[] = {
    {"setuid", wire::PLAN_IDENTITY},      {"setgid", wire::PLAN_IDENTITY},
    {"setreuid", wire::PLAN_IDENTITY},    {"setregid", wire::PLAN_IDENTITY},
    {"setresuid", wire::PLAN_IDENTITY},   {"setresgid", wire::PLAN_IDENTITY},
    {"setuid32", wire::PLAN_IDENTITY},    {"setgid32", wire::PLAN_IDENTITY},
    {"setreuid32", wire::PLAN_IDENTITY},  {"setregid32", wire::PLAN_IDENTITY},
    {"setresuid32", wire::PLAN_IDENTITY}, {"setresgid32", wire::PLAN_IDENTITY},
    {"unshare", wire::PLAN_IDENTITY},     {"setns", wire::PLAN_IDENTITY},
    {"seccomp", wire::PLAN_SECCOMP},      {"prctl", wire::PLAN_SECCOMP},
    {"sethostname", wire::PLAN_HOSTNAME}, {"clone", wire::PLAN_FORK},
    {"clone3", wire::PLAN_FORK},          {"fork", wire::PLAN_FORK},
    {"vfork", wire::PLAN_FORK},           {"execve", wire::PLAN_EXEC},
    {"execveat", wire::PLAN_EXEC},
};

std::optional<wire::blob_op> operation(Capture capture) {
  switch (capture) {
    case Capture::kValue:
      return std::nullopt;
    case Capture::kText:
      return wire::OP_TEXT;
    case Capture::kTextOut:
      return wire::OP_TEXT_OUT;
    case Capture::kSockaddrIn:
      return wire::OP_SOCKADDR_IN;
    case Capture::kSockaddrOut:
      return wire::OP_SOCKADDR_OUT;
    case Capture::kStrings:
      return wire::OP_STRINGS;
  }
  return std::nullopt;
}

// Descriptors that are not just there when the call ends.
struct FileEffect {
  std::string_view name;
  uint8_t arg;
  wire::file_op op;
};
constexpr FileEffect kFileEffects[] = {
    {"close", 0, wire::FILE_CLOSED},   {"dup2", 1, wire::FILE_REPLACED},
    {"dup3", 1, wire::FILE_REPLACED},  {"pipe", 0, wire::FILE_PAIR},
    {"pipe2", 0, wire::FILE_PAIR},     {"socketpair", 3, wire::FILE_PAIR},
    {"close_range", 0, wire::FILE_ANY}, {"unshare", 0, wire::FILE_ANY},
};

uint8_t file_row(wire::file_op op, size_t arg) {
  return static_cast<uint8_t>(op << wire::FILE_OP_SHIFT | arg);
}

wire::file_op op_of(const EventType& type, size_t arg) {
  for (const FileEffect& effect : kFileEffects) {
    if (effect.name == type.name && effect.arg == arg) return effect.op;
  }
  return type.args[arg].kind == Kind::dirfd ? wire::FILE_DIR : wire::FILE_OPEN;
}

// Whether the call makes descriptors, closes them or makes others of them.
bool changes_files(const EventType& type) {
  const auto named = [&](const FileEffect& effect) { return effect.name == type.name; };
  return result_name_index(type) != kNoName || std::ranges::any_of(kFileEffects, named);
}

// In the order of the type's names; behind them what has none.
void add_files(const EventType& type, wire::plan& plan) {
  const auto add = [&plan](wire::file_op op, size_t arg) {
    if (plan.files < wire::MAX_PLAN_FILES) plan.file[plan.files++] = file_row(op, arg);
  };
  const size_t count = std::min(arg_count(type), kMaxSyscallArgs);
  for (size_t i = 0; i < count; ++i) {
    if (name_index(type, type.args[i].name) != kNoName) add(op_of(type, i), i);
  }
  if (result_name_index(type) != kNoName) {
    const bool other = result_kind(type) == Kind::fd_or_value;
    add(other ? wire::FILE_DUPLICATE : wire::FILE_OPEN, wire::FILE_RESULT);
  }
  for (const FileEffect& effect : kFileEffects) {
    const bool named = effect.op == wire::FILE_CLOSED || effect.op == wire::FILE_REPLACED;
    if (effect.name == type.name && !named) add(effect.op, effect.arg);
  }
}

wire::plan make_plan(const EventType& type, bool wanted) {
  wire::plan plan = {};
  plan.args = static_cast<uint8_t>(std::min(arg_count(type), kMaxSyscallArgs));
  plan.flags = wanted ? wire::PLAN_WANTED : 0;
  const auto* effect =
      std::find_if(std::begin(kEffects), std::end(kEffects),
                   [&](const Effect& candidate) { return candidate.name == type.name; });
  if (effect != std::end(kEffects)) plan.flags |= effect->flags;
  for (uint8_t i = 0; i < plan.args && plan.blobs < wire::MAX_BLOBS; ++i) {
    const auto op = operation(kind_row(type.args[i].kind).capture);
    if (!op) continue;
    plan.blob[plan.blobs].arg = i;
    plan.blob[plan.blobs++].op = *op;
  }
  add_files(type, plan);
  return plan;
}

}  // namespace

bool names_gone(const Filter& filter) {
  return std::ranges::any_of(kFileEffects, [&filter](const FileEffect& effect) {
    return (effect.op == wire::FILE_CLOSED || effect.op == wire::FILE_REPLACED) &&
           std::ranges::any_of(find_events(effect.name), [&filter](const EventType* type) {
             return filter.event_mask().test(type->id);
           });
  });
}

PlanTable make_plans(const Filter& filter, bool events) {
  PlanTable plans = {};
  const EventType& execveat = *find_event("execveat");
  const bool remembers = events && names_gone(filter);
  const auto plan_of = [&](Abi abi, int32_t number) {
    const EventType& type = syscall_event(abi, number);
    // An execveat that succeeds ends as an execve.
    const bool is_exec = type.name == "execve" && filter.event_mask().test(execveat.id);
    wire::plan plan = make_plan(type, events && (is_exec || filter.event_mask().test(type.id)));
    if (plan.flags & wire::PLAN_WANTED) return plan;
    // What a descriptor was that is closed must be known nevertheless.
    plan.files = remembers && changes_files(type) ? plan.files | wire::FILE_UNNAMED : 0;
    return plan;
  };
  for (int32_t number = 0; number < wire::PLAN_SYSCALLS; ++number) {
    plans[number] = plan_of(static_cast<Abi>(wire::ABI_NATIVE), number);
    plans[wire::PLAN_SYSCALLS + number] = plan_of(static_cast<Abi>(wire::ABI_COMPAT), number);
  }
  for (int32_t own = 0; own < wire::X32_OWN; ++own)
    plans[wire::PLAN_X32 + own] = plan_of(Abi::kX32, wire::PLAN_SYSCALLS + own);
  return plans;
}

}  // namespace ctrace
