#include "format/seccomp/abi_table.h"

#include <seccomp.h>
#include <stdlib.h>

#include <algorithm>
#include <iterator>

namespace ctrace {
namespace {

// clang-format off
constexpr AbiRow kRows[] = {
    {Abi::kX86_64, "SCMP_ARCH_X86_64", SCMP_ARCH_X86_64, Abi::kX86_64},
    {Abi::kI386, "SCMP_ARCH_X86", SCMP_ARCH_X86, Abi::kX86_64},
    {Abi::kX32, "SCMP_ARCH_X32", SCMP_ARCH_X32, Abi::kX86_64},
    {Abi::kArm64, "SCMP_ARCH_AARCH64", SCMP_ARCH_AARCH64, Abi::kArm64},
    {Abi::kArm, "SCMP_ARCH_ARM", SCMP_ARCH_ARM, Abi::kArm64},
};
// clang-format on
static_assert(std::size(kRows) == kAbiCount);

}  // namespace

std::span<const AbiRow> abi_rows() { return kRows; }

const AbiRow& abi_row(Abi abi) {
  return *std::find_if(std::begin(kRows), std::end(kRows),
                       [&](const AbiRow& row) { return row.abi == abi; });
}

std::optional<Abi> abi_by_oci_name(std::string_view name) {
  for (const AbiRow& row : kRows) {
    if (name == row.oci) return row.abi;
  }
  return {};
}

std::optional<int> seccomp_number(Abi abi, const std::string& name) {
  // A NUL (names may come from a file) would hide the rest from libseccomp.
  if (name.find('\0') != std::string::npos) return {};
  const int number = seccomp_syscall_resolve_name_arch(abi_row(abi).token, name.c_str());
  if (number == __NR_SCMP_ERROR) return {};
  return number;
}

std::optional<std::string> seccomp_name(Abi abi, int number) {
  char* name = seccomp_syscall_resolve_num_arch(abi_row(abi).token, number);
  if (name == nullptr) return {};
  std::string copy = name;
  free(name);
  return copy;
}

bool seccomp_knows(Abi abi, const std::string& name) {
  return seccomp_number(abi, name).has_value();
}

}  // namespace ctrace
