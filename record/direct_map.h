// Where the kernel maps all memory for itself: the kernel side reads strings there
// (bpf/user_memory.bpf.h), and no kernel says where that is.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

namespace ctrace {

struct DirectMap {
  uint64_t base = 0;         // where the first byte of memory is
  bool five_levels = false;  // of tables that lead to a page
};

// Whether what is known to stand in a page is found with such a map.
using TryDirectMap = std::function<bool(const DirectMap&)>;

// `inside`: an address in the map. `memory_bytes`: how much memory there is; a map's beginning,
// which is a multiple of a GiB (arch/x86/mm/kaslr.c), is looked for as far below as that may reach.
std::optional<DirectMap> find_direct_map(uint64_t inside, uint64_t memory_bytes,
                                         const TryDirectMap& holds);

// The running kernel's, found with a word of the caller's own, and used from then on by the kernel
// side; `program`: a descriptor of try_direct_map. Empty: it cannot be used, as where memory is
// encrypted, on other processors, in old kernels.
std::optional<DirectMap> find_direct_map(int program);

}  // namespace ctrace
