// Marks the events of a recording that a seccomp profile would refuse (--profile): by the engine of
// `ctrace-analyze check`, on the calls that the profile would be in force for. Those are the
// containers' own, or a recorded command's, not those of the runtime's set-up.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "format/base/result.h"
#include "format/file/recording_reader.h"
#include "format/seccomp/profile_judge.h"

namespace ctrace {

class ProfileMarks {
 public:
  // The profile as it applies where `reader`'s recording was made. What load_profile() takes.
  static Result<ProfileMarks> make(const std::string& path, RecordingReader& reader);

  // `event` with its profile_answer; it lives until the next one, the answer as long as this.
  const Event& mark(const Event& event);

 private:
  ProfileMarks(FilterProgram filter, bool of_command)
      : judge_(std::move(filter)), of_command_(of_command) {}
  const std::string& answer_to(const Event& event);

  ProfileJudge judge_;
  bool of_command_;                        // a command without container
  std::map<uint32_t, std::string> texts_;  // by answer
  Event marked_;
};

}  // namespace ctrace
