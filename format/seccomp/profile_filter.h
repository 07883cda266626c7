// From a profile to the filter that the kernel runs.
//
//   auto filter = compile_filter(profile);            // by libseccomp, as runc and crun do it
//   uint32_t answer = run_filter(*filter, {abi, number, {family, type, 0, 0, 0, 0}});
#pragma once

#include <string>
#include <vector>

#include "format/base/result.h"
#include "format/seccomp/filter_machine.h"
#include "format/seccomp/seccomp_profile.h"

namespace ctrace {

// Rules as runc takes them: names that libseccomp does not know are passed over, several conditions
// on one argument in one rule are alternatives, else all must hold. The machine's own table is
// always in. `skipped` (may be null) gets the names that were passed over.
Result<FilterProgram> compile_filter(const SeccompProfile& profile,
                                     std::vector<std::string>* skipped = nullptr);

}  // namespace ctrace
