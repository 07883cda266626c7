// The system call tables by the names that others have for them: OCI's and libseccomp's.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "format/model/event.h"

namespace ctrace {

struct AbiRow {
  Abi abi;
  const char* oci;  // "SCMP_ARCH_X86_64"
  uint32_t token;   // libseccomp's
  Abi native;       // whose kernels have this table
};

// In the order in which profiles list them.
std::span<const AbiRow> abi_rows();
const AbiRow& abi_row(Abi abi);
std::optional<Abi> abi_by_oci_name(std::string_view name);  // ours alone: "SCMP_ARCH_S390X" is none

// The number of call `name` in table `abi` as libseccomp has it; negative numbers are libseccomp's
// own for calls that a table reaches by another way (socket by i386's socketcall). Empty when
// libseccomp (so the runtime) does not know the name there: a profile with such names is refused by
// some runtimes.
std::optional<int> seccomp_number(Abi abi, const std::string& name);
bool seccomp_knows(Abi abi, const std::string& name);
// The name of a number in a table, for tables that the catalogue lacks (arm).
std::optional<std::string> seccomp_name(Abi abi, int number);

}  // namespace ctrace
