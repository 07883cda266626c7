// What is known of a system call besides its place in the catalogue: what an attacker would do with
// it, whether Docker's default profile lets it through, and which argument is worth a rule.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "format/catalogue/kinds.h"

namespace ctrace {

// kEscape: leaves a container or changes what it is; kPrivilege: gains or changes identity and
// rights; kKernel: large or young kernel code, or the kernel itself changed; kObserve: looks into
// other processes or the machine; kOrdinary: all else.
enum class Risk { kOrdinary, kObserve, kKernel, kPrivilege, kEscape };
Risk risk_of(std::string_view call);
std::string_view risk_name(Risk risk);  // "escape"

// Docker's default profile, for a container without added capabilities, on x86_64.
enum class DockerDefault { kAllowed, kByArguments, kDenied };
DockerDefault docker_default(std::string_view call);
std::string_view docker_word(DockerDefault allowed);  // "yes", "some", "no"

// An argument whose values say what the call is used for, and which seccomp can look at: a number,
// no pointer. `mask`: the bits that count; the kernel reads no more than 32 of these arguments.
struct CheckedArg {
  std::string_view call;
  uint32_t index;
  Kind kind;  // what the recording must call the argument: another table may have others there
  uint32_t mask;
  size_t limit;            // more values than this are not few
  uint64_t runtime_value;  // of the masked bits, in a runtime's calls under the filter
  bool is_whole() const { return mask == 0xffffffff; }
};
std::span<const CheckedArg> checked_args();
const CheckedArg* find_checked_arg(std::string_view call);
// "AF_INET", "PROT_EXEC", "0x5401"
std::string checked_value(const CheckedArg& arg, uint64_t value);

// Does this call wait for work: a connection, an event? A server that made one is started.
bool waits_for_work(std::string_view call);

}  // namespace ctrace
