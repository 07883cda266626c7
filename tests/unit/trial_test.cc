#include "analyze/trial.h"

#include <gtest/gtest.h>

#include "tests/unit/fake_recording.h"

namespace ctrace {
namespace {

ProfileRule allow(std::vector<std::string> names) { return {std::move(names)}; }

LoadedProfile loaded(SeccompProfile profile) {
  LoadedProfile made;
  made.filter = *compile_filter(profile, &made.unknown_names);
  made.profile = std::move(profile);
  return made;
}

// read is allowed, clone3 answered ENOSYS, all else refused.
SeccompProfile small() {
  return {{}, {Abi::kX86_64}, {}, {allow({"read"}), {{"clone3"}, {Action::kErrno, 38}}}};
}

TrialResult tried(const SeccompProfile& profile, FakeRecording& run) {
  const LoadedProfile made = loaded(profile);
  ProfileCheck check(made.filter, Baseline::kNone, Question::kDid);
  EXPECT_TRUE(check.add(run, Scope({}).choose(run)));
  return trial_result(check, made);
}

std::set<std::string> names_of(const RefusedCalls& calls) {
  std::set<std::string> names;
  for (const auto& [key, use] : calls) names.insert(key.name);
  return names;
}
using Names = std::set<std::string>;

TEST(Trial, TellsWhatWasRefusedAndNotWhatWouldHaveBeen) {
  FakeRecording run;
  run.container(small_container());
  run.event(1, Phase::kSetup, "mount");  // before the filter was there
  run.event(1, Phase::kSetup, "capset", {}, -1).denied(Denied::kErrno);
  run.event(1, Phase::kOwn, "read");
  run.event(1, Phase::kOwn, "mkdir", {}, -1).denied(Denied::kErrno);
  run.event(1, Phase::kOwn, "rmdir", {}, -1);  // an error of its own
  run.event(1, Phase::kOwn, "clone3", {}, -38).denied(Denied::kErrno);
  run.event(1, Phase::kOwn, "read", {}, -1).denied(Denied::kErrno);  // by a filter of its own
  const TrialResult result = tried(small(), run);
  EXPECT_EQ(names_of(result.refused), (Names{"capset", "mkdir"}));
  EXPECT_EQ(names_of(made_by(true, result.refused)), Names{"capset"});
  EXPECT_EQ(names_of(made_by(false, result.refused)), Names{"mkdir"});
  EXPECT_EQ(names_of(result.on_purpose), Names{"clone3"});
  EXPECT_EQ(result.refused_by_others, 1U);
  EXPECT_EQ(result.calls, 5U);
  const auto json = trial_json(result);
  EXPECT_EQ(json["refused"].size(), 2U);
  EXPECT_EQ(json["answered_enosys"][0]["name"], "clone3");
}

TEST(Trial, OfALoggingProfileTellsWhatItLogsButNotOfTheSetUp) {
  FakeRecording run;
  run.container(small_container());
  run.event(1, Phase::kSetup, "mount");
  run.event(1, Phase::kOwn, "read");
  run.event(1, Phase::kOwn, "mkdir");
  const TrialResult result = tried(logging_profile(small()), run);
  EXPECT_EQ(names_of(result.refused), Names{"mkdir"});
}

TEST(Trial, OfACommandCountsFromItsOwnExecve) {
  FakeRecording run;
  run.header_.command_mode = true;
  run.event(0, Phase::kHost, "sched_process_exec");  // who loads the filter
  run.event(0, Phase::kHost, "mkdir");
  run.event(0, Phase::kHost, "sched_process_exec");
  run.event(0, Phase::kHost, "rmdir");
  const LoadedProfile made = loaded(logging_profile(small()));
  ProfileCheck check(made.filter, Baseline::kNone, Question::kDid);
  check.begin_at_exec(2);
  ASSERT_TRUE(check.add(run, {.containers = {}, .host = true}));
  EXPECT_EQ(names_of(check.refused()), Names{"rmdir"});
  EXPECT_EQ(check.calls(), 1U);
}

TEST(Trial, TheNextProfileLetsRefusedCallsThrough) {
  const RefusedCalls refused = {{{"mkdir", Abi::kX86_64, "web", "sh", "ERRNO(EPERM)"}, {}},
                                {{"clone3", Abi::kX86_64, "web", "sh", "ERRNO(ENOSYS)"}, {}},
                                {{"syscall_700", Abi::kX86_64, "web", "sh", "ERRNO(EPERM)"}, {}}};
  const NextProfile next = next_profile(small(), refused);
  EXPECT_EQ(next.added, (Names{"clone3", "mkdir"}));
  EXPECT_EQ(next.hopeless, Names{"syscall_700"});
  const FilterProgram filter = *compile_filter(next.profile);
  EXPECT_TRUE(is_allowed(run_filter(filter, {Abi::kX86_64, 83, {}})));
  EXPECT_TRUE(is_allowed(run_filter(filter, {Abi::kX86_64, 435, {}})));
  EXPECT_FALSE(is_allowed(run_filter(filter, {Abi::kX86_64, 84, {}})));
}

TEST(Trial, ARuntimeThatWasRefusedGetsAllItIsKnownToNeedAtOnce) {
  TrialResult result;
  result.refused = {{{"capset", Abi::kX86_64, "web", "", "ERRNO(EPERM)"}, {}},
                    {{"mkdir", Abi::kX86_64, "web", "sh", "ERRNO(EPERM)"}, {}}};
  result.baseline = {"capset", "execve", "read"};
  NextProfile next = with_runtime(small(), result);
  EXPECT_EQ(next.added, (Names{"capset", "execve"}));
  // What is refused beyond that is added by itself.
  result.refused = {{{"getppid", Abi::kX86_64, "web", "", "ERRNO(EPERM)"}, {}}};
  next = with_runtime(next.profile, result);
  EXPECT_EQ(next.added, Names{"getppid"});
}

TEST(Trial, ALoggingProfileRefusesNothingButWhatIsAnsweredEnosys) {
  SeccompProfile profile = small();
  profile.rules.push_back({{"mkdir"}, {Action::kKillProcess, 0}});
  const FilterProgram filter = *compile_filter(logging_profile(profile));
  EXPECT_TRUE(is_logged(run_filter(filter, {Abi::kX86_64, 83, {}})));
  EXPECT_TRUE(is_logged(run_filter(filter, {Abi::kX86_64, 84, {}})));
  EXPECT_TRUE(is_allowed(run_filter(filter, {Abi::kX86_64, 0, {}})));
  EXPECT_EQ(describe_answer(run_filter(filter, {Abi::kX86_64, 435, {}})), "ERRNO(ENOSYS)");
}

}  // namespace
}  // namespace ctrace
