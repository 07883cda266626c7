// Where functions of the running kernel lie, by /proc/kallsyms.
#pragma once

#include <cstdint>
#include <istream>
#include <span>
#include <string_view>
#include <vector>

namespace ctrace {

struct AddressRange {
  uint64_t begin = 0, end = 0;  // end: where the next symbol begins; 0 and 0: not found
};

// In the order of `names`. `symbols` has lines "ffffffff81a82a80 T cap_capable", by address;
// modules (a fourth word) come last and are not looked at. Addresses that are kept from the caller
// are all 0: then nothing is found.
std::vector<AddressRange> find_functions(std::istream& symbols,
                                         std::span<const std::string_view> names);

}  // namespace ctrace
