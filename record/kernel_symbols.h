// Where functions of the running kernel lie: as it prints them, one or all (/proc/kallsyms).
#pragma once

#include <cstdint>
#include <istream>
#include <span>
#include <string>
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

// The same by asking the kernel for each (bpf/symbols.bpf.h), whose program `program` is a
// descriptor of; of all symbols where the first one is not found so.
std::vector<AddressRange> find_functions(int program, std::span<const std::string_view> names);

// Of a function at `address`, which the kernel prints as `text`: "cap_capable+0x0/0x160".
AddressRange function_range(uint64_t address, const std::string& text);

}  // namespace ctrace
