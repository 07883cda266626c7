// What a profile refused in the recording of its trial, and how it would have to be for the next.
#pragma once

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "analyze/check.h"
#include "format/seccomp/profile_reader.h"

namespace ctrace {

// What was refused, apart: by mistake, and on purpose (calls that the profile itself answers with
// ENOSYS, so that libc falls back to older ones).
struct TrialResult {
  std::map<RefusedKey, RefusedUse> refused, on_purpose;
  uint64_t calls = 0;  // that were made under the profile
  uint64_t refused_by_others = 0;
  // What the runtime is known to need, if it was refused something.
  std::set<std::string> baseline;
};
TrialResult trial_result(const ProfileCheck& check, const LoadedProfile& profile);

// The profile for a look at all that the work needs: logs what `profile` refuses, except calls
// answered ENOSYS. A program whose call was refused goes other ways from there on, and what it
// calls on these (abort's calls, mostly) is not what it needs.
SeccompProfile logging_profile(SeccompProfile profile);

// The profile that lets the refused calls through too, whatever their arguments.
struct NextProfile {
  SeccompProfile profile;
  std::set<std::string> added;
  std::set<std::string> hopeless;  // no profile can name these
};
NextProfile next_profile(const SeccompProfile& profile, const RefusedCalls& refused);

// Those that the runtime made, to start the container, or the container itself.
RefusedCalls made_by(bool runtime, const RefusedCalls& refused);
// The profile that lets the runtime do its work: one that is refused a call does not come to the
// next one, so all that it is known to need is added at once, and else what it was refused.
NextProfile with_runtime(const SeccompProfile& profile, const TrialResult& result);

nlohmann::ordered_json trial_json(const TrialResult& result);
void print_trial(const TrialResult& result, OutputBuffer& out);

}  // namespace ctrace
