// CRC-32C (Castagnoli), as in iSCSI and ext4: finds rot, not tampering.
#pragma once

#include <cstddef>
#include <cstdint>

namespace ctrace {

// The checksum of `size` bytes; of nothing: 0. `before` is the checksum of what stands in front, so
// that crc32c(b, n, crc32c(a, m)) is the checksum of a and b together.
uint32_t crc32c(const void* data, size_t size, uint32_t before = 0);

}  // namespace ctrace
