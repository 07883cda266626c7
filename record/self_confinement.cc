#include "record/self_confinement.h"

#include <linux/capability.h>
#include <sys/auxv.h>

#include <iterator>
#include <string_view>

#include "format/base/capabilities.h"
#include "format/options/confine.h"

namespace ctrace {
namespace {

constexpr std::string_view kOwnCalls[] = {
#include "record/own_calls.inc"
};

// What is kept after attaching. All else is gone: what is left of root is a user id.
struct Kept {
  int capability;
  bool (*needed)(const RecorderNeeds& needs);
  std::string_view why;  // for README and for you
};
constexpr Kept kKept[] = {
    {CAP_DAC_READ_SEARCH, [](const RecorderNeeds&) { return true; },
     "names of containers: the state of runtimes and engines may belong to another user"},
    {CAP_KILL, [](const RecorderNeeds& needs) { return needs.command != 0; },
     "a signal is passed on to the command, which may have become another user"},
};
// One of these, where the kernel asks for it to read the maps; none from 5.19 on.
constexpr int kForMaps[] = {CAP_BPF, CAP_SYS_ADMIN};

Result<CapabilitySet> capabilities_to_keep(const RecorderNeeds& needs) {
  CapabilitySet kept = 0;
  for (const Kept& row : kKept) {
    if (row.needed(needs)) kept |= capability_bit(row.capability);
  }
  if (auto tried = use_capabilities(kept); !tried) return unexpected(tried.error());
  if (needs.can_use_maps()) return kept;
  for (int capability : kForMaps) {
    const CapabilitySet more = kept | capability_bit(capability);
    if (auto tried = use_capabilities(more); !tried) return unexpected(tried.error());
    if (needs.can_use_maps()) return more;
  }
  return unexpected("the BPF maps cannot be read any more");
}

// Loading programs; none of them opens a file of somebody else's.
constexpr CapabilitySet kNoFilePowers =
    capability_bit(CAP_BPF) | capability_bit(CAP_PERFMON) | capability_bit(CAP_SYS_ADMIN) |
    capability_bit(CAP_SYS_RESOURCE) | capability_bit(CAP_IPC_LOCK);

}  // namespace

bool has_powers_by_file() { return getauxval(AT_SECURE) != 0; }

void withhold_file_powers() {
  if (has_powers_by_file()) (void)use_capabilities(effective_capabilities() & kNoFilePowers);
}

Result<void> restore_file_powers() {
  return has_powers_by_file() ? use_capabilities(permitted_capabilities()) : Result<void>();
}

void drop_powers_of_file() {
  if (has_powers_by_file()) (void)keep_capabilities(0);
}

Result<void> confine_recorder(const RecorderNeeds& needs) {
  if (!confinement_wanted()) return {};
  auto kept = capabilities_to_keep(needs);
  if (!kept) return unexpected(kept.error());
  Confinement confinement;
  confinement.calls = kOwnCalls;
  confinement.capabilities = *kept;
  confinement.child = needs.command;
  confinement.writes_existing = needs.freezes;
  return confine(confinement);
}

}  // namespace ctrace
