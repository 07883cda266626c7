#include "record/plan.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string_view>

#include "format/catalogue/catalogue.h"
#include "format/catalogue/other_events.h"
#include "record/memory_watch.h"

namespace ctrace {
namespace {

// What the kernel side must know of a call beyond its arguments.
struct Effect {
  std::string_view name;
  uint8_t flags;
};
constexpr Effect kEffects[] = {
    {"setuid", wire::PLAN_IDENTITY},
    {"setgid", wire::PLAN_IDENTITY},
    {"setreuid", wire::PLAN_IDENTITY},
    {"setregid", wire::PLAN_IDENTITY},
    {"setresuid", wire::PLAN_IDENTITY},
    {"setresgid", wire::PLAN_IDENTITY},
    {"setfsuid", wire::PLAN_IDENTITY},
    {"setfsgid", wire::PLAN_IDENTITY},
    {"setuid32", wire::PLAN_IDENTITY},
    {"setgid32", wire::PLAN_IDENTITY},
    {"setreuid32", wire::PLAN_IDENTITY},
    {"setregid32", wire::PLAN_IDENTITY},
    {"setresuid32", wire::PLAN_IDENTITY},
    {"setresgid32", wire::PLAN_IDENTITY},
    {"setfsuid32", wire::PLAN_IDENTITY},
    {"setfsgid32", wire::PLAN_IDENTITY},
    {"capset", wire::PLAN_IDENTITY},
    {"unshare", wire::PLAN_IDENTITY},
    {"setns", wire::PLAN_IDENTITY},
    {"seccomp", wire::PLAN_SECCOMP},
    {"prctl", wire::PLAN_SECCOMP},
    {"sethostname", wire::PLAN_HOSTNAME},
    {"clone", wire::PLAN_FORK},
    {"clone3", wire::PLAN_FORK},
    {"fork", wire::PLAN_FORK},
    {"vfork", wire::PLAN_FORK},
    {"execve", wire::PLAN_EXEC},
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

wire::plan make_plan(const EventType& type, bool wanted) {
  wire::plan plan = {};
  plan.args = static_cast<uint8_t>(std::min(type.args.size(), kMaxSyscallArgs));
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
  return plan;
}

// Which calls are to be recorded: those that are wanted, and those that other events follow from.
EventMask captured_calls(const Filter& filter) {
  EventMask mask = filter.events_to_read();
  if (!filter.event_mask().test(kMemProtAlert)) return mask;
  for (const std::string_view name : memory_calls())
    for (const EventType* type : find_events(name)) mask.set(type->id);
  return mask;
}

}  // namespace

PlanTable make_plans(const Filter& filter, bool events) {
  PlanTable plans = {};
  const EventMask captured = captured_calls(filter);
  const EventType& execveat = *find_event("execveat");
  const auto plan_of = [&](Abi abi, int32_t number) {
    const EventType& type = syscall_event(abi, number);
    // An execveat that succeeds ends as an execve.
    const bool is_exec = type.name == "execve" && captured.test(execveat.id);
    return make_plan(type, events && (is_exec || captured.test(type.id)));
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
