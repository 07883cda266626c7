// What would a seccomp profile have refused in a recording? Its filter, compiled as a runtime does
// it, is run on every recorded call of the chosen containers, with number, table and arguments.
//
//   ProfileCheck check(filter, Baseline::kRecorded);
//   check.add(reader, chosen);
//   if (!check.refused().empty()) print_check(check, out);
//
// Or, of a recording that was made while the profile was in force (Question::kDid): what did it
// refuse? Those are the calls that the recording says were refused and that the filter refuses, and
// those that it logs.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "analyze/runtime_baseline.h"
#include "analyze/scope.h"
#include "format/print/output_buffer.h"
#include "format/seccomp/profile_judge.h"
#include "format/seccomp/seccomp_profile.h"

namespace ctrace {

struct RefusedKey {
  std::string name;
  Abi abi = Abi::kX86_64;
  std::string container, comm;  // comm is empty: the runtime, before it starts the container
  std::string answer;           // "ERRNO(EPERM)"
  auto operator<=>(const RefusedKey&) const = default;
};

struct RefusedUse {
  uint64_t count = 0;
  uint64_t first_ns = 0;  // since the beginning of its recording
};

enum class Question { kWould, kDid };

class ProfileCheck {
 public:
  ProfileCheck(FilterProgram filter, Baseline baseline, Question question = Question::kWould)
      : judge_(std::move(filter)), baseline_(baseline), question_(question) {}

  // Calls before the nth program of the chosen ones' was executed do not count.
  void begin_at_exec(uint64_t nth) { begin_at_exec_ = nth; }
  Result<void> add(RecordingReader& reader, const Chosen& chosen);

  // Calls that would be answered with anything but ALLOW.
  const std::map<RefusedKey, RefusedUse>& refused() const { return refused_; }
  uint64_t calls() const { return calls_; }  // that were looked at
  // Of kDid: calls that some other filter refused, one that the program set itself for example.
  uint64_t refused_by_others() const { return refused_by_others_; }

 private:
  bool concerns(const Event& event, uint32_t answer);
  void add_own(const Event& event, uint64_t begin_ns);
  void add_setup(const Event& event, uint64_t begin_ns);
  void add_refused(const Event& event, uint32_t answer, uint64_t begin_ns, std::string comm);
  void add_runtime(RecordingReader& reader, const Chosen& chosen);

  ProfileJudge judge_;
  Baseline baseline_;
  Question question_;
  uint64_t begin_at_exec_ = 0;
  uint64_t calls_ = 0, refused_by_others_ = 0;
  std::map<RefusedKey, RefusedUse> refused_;
  // Calls of the set-up that would be let through, by container.
  std::map<uint32_t, std::set<std::string>> setup_allowed_;
  std::map<uint32_t, std::set<std::string>> setup_seen_;
};

using RefusedCalls = std::map<RefusedKey, RefusedUse>;
// With `profile` (null: not at hand, a raw filter) also which of its rules refuses.
nlohmann::ordered_json refused_json(const RefusedCalls& refused,
                                    const SeccompProfile* profile = nullptr);
// Nothing when there are none.
void print_refused(const RefusedCalls& refused, OutputBuffer& out,
                   const SeccompProfile* profile = nullptr);
nlohmann::ordered_json check_json(const ProfileCheck& check, const SeccompProfile* profile);

}  // namespace ctrace
