// Numbers of devices.
#pragma once

#include <sys/sysmacros.h>

#include <cstdint>

namespace ctrace {

// The kernel keeps 12 bits of major and 20 of minor number; stat(2) gives them otherwise.
inline uint64_t device_number(uint64_t kernel_dev) {
  return makedev(static_cast<unsigned>(kernel_dev >> 20),
                 static_cast<unsigned>(kernel_dev & 0xfffff));
}

}  // namespace ctrace
