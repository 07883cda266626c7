#include "analyze/capability_uses.h"

#include <linux/capability.h>

#include <algorithm>
#include <iterator>

#include "format/catalogue/catalogue.h"

namespace ctrace {
namespace {

// What asks whether memory that is kept back may be taken, as nearly every program does.
constexpr std::string_view kTakesMemory[] = {"brk",  "clone", "clone3", "execve", "execveat",
                                             "fork", "mmap",  "mremap", "munmap", "mprotect",
                                             "",     "shmat", "vfork"};

uint32_t index_of(const Event& event) {
  return event.task->container ? event.task->container->index : 0;
}

bool is_check(const EventType& type) {
  return !type.is_syscall && type.name == "cap_capable" && type.args.size() >= 4;
}

}  // namespace

void CapabilityUses::see(const Event& event) {
  uint32_t& known = user_ns_.try_emplace(index_of(event), event.task->user_ns).first->second;
  if (known == 0) known = event.task->user_ns;  // what nobody in the container did came first
}

bool CapabilityUses::is_at_home(const Event& event) const {
  return event.task->user_ns == user_ns_.at(index_of(event));
}

std::optional<CapabilityUses::Use> CapabilityUses::use_of(const Event& event) {
  if (!is_check(*event.type)) return {};
  const uint64_t capability = event.args[0];
  if (capability >= 64 || event.args[2] != user_ns_.at(index_of(event))) return {};
  std::string call(event.texts[1].state == Text::State::kWhole ? event.texts[1].bytes : "");
  const auto audited = static_cast<int32_t>(event.args[3]);
  if (audited == 0 && call != "seccomp" && call != "prctl") return {};
  if (audited < 0) {
    const bool takes = std::ranges::find(kTakesMemory, call) != std::end(kTakesMemory);
    if (takes && capability == CAP_SYS_ADMIN) return {};
    is_unsure_ = true;
  }
  return Use{static_cast<int>(capability), std::move(call)};
}

}  // namespace ctrace
