#include "format/base/capabilities.h"

#include <errno.h>
#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace ctrace {
namespace {

struct Sets {
  CapabilitySet effective = 0, permitted = 0, inheritable = 0;
};

Sets read_sets() {
  __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {};
  Sets sets;
  if (syscall(SYS_capget, &header, data) != 0) return sets;
  const auto whole = [](uint32_t low, uint32_t high) { return uint64_t{high} << 32 | low; };
  sets.effective = whole(data[0].effective, data[1].effective);
  sets.permitted = whole(data[0].permitted, data[1].permitted);
  sets.inheritable = whole(data[0].inheritable, data[1].inheritable);
  return sets;
}

Result<void> write_sets(const Sets& sets) {
  __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {};
  for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; ++i) {
    data[i].effective = static_cast<uint32_t>(sets.effective >> (32 * i));
    data[i].permitted = static_cast<uint32_t>(sets.permitted >> (32 * i));
    data[i].inheritable = static_cast<uint32_t>(sets.inheritable >> (32 * i));
  }
  if (syscall(SYS_capset, &header, data) == 0) return {};
  return unexpected(system_message("cannot set capabilities", errno));
}

}  // namespace

CapabilitySet effective_capabilities() { return read_sets().effective; }
CapabilitySet permitted_capabilities() { return read_sets().permitted; }

Result<void> use_capabilities(CapabilitySet wanted) {
  Sets sets = read_sets();
  sets.effective = sets.permitted & wanted;
  return write_sets(sets);
}

Result<void> keep_capabilities(CapabilitySet kept) {
  Sets sets = read_sets();
  sets.permitted &= kept;
  sets.effective = sets.permitted;
  sets.inheritable &= kept;
  return write_sets(sets);
}

}  // namespace ctrace
