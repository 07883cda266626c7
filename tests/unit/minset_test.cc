#include "analyze/minset.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "analyze/explain.h"
#include "analyze/profile_format.h"
#include "tests/unit/fake_recording.h"

namespace ctrace {
namespace {

using Names = std::set<std::string>;

FakeRecording one_container() {
  FakeRecording recording;
  recording.header_.architecture = "x86_64";
  recording.container(small_container());
  return recording;
}

Result<SyscallSet> set_of(FakeRecording recording, std::vector<std::string> wanted = {}) {
  Minset minset({.containers = std::move(wanted)});
  (void)minset.add("a.ctr", recording);
  return minset.finish();
}

std::vector<std::string> warnings_of(FakeRecording recording) {
  Minset minset({});
  (void)minset.add("a.ctr", recording);
  (void)minset.finish();
  return minset.warnings();
}

TEST(Minset, CountsOwnAndEnteredCallsAlone) {
  const auto set = set_of(one_container()
                              .call(1, Phase::kSetup, "mount")
                              .call(1, Phase::kOwn, "getuid")
                              .call(1, Phase::kEntered, "getgid")
                              .call(0, Phase::kHost, "reboot"));
  ASSERT_TRUE(set);
  EXPECT_EQ(set->names, (Names{"clock_gettime", "close", "execve", "exit", "exit_group", "getgid",
                               "gettimeofday", "getuid", "restart_syscall", "rt_sigreturn"}));
}

TEST(Minset, LeavesOutEventsThatAreNoCalls) {
  const auto set = set_of(one_container().own("getuid").other("fork"));
  ASSERT_TRUE(set);
  EXPECT_FALSE(set->names.contains("fork"));  // also the name of a call
}

TEST(Minset, RefusesAnEmptySet) {
  EXPECT_FALSE(set_of(FakeRecording()));
  EXPECT_FALSE(set_of(one_container()));
  EXPECT_FALSE(set_of(one_container().call(1, Phase::kSetup, "mount")));
  EXPECT_FALSE(set_of(one_container().call(1, Phase::kOwn, "getuid", Abi::kX86_64, 0)));
  EXPECT_FALSE(set_of(one_container().own("syscall_999")));
}

TEST(Minset, NarrowsToContainersByNameAndId) {
  auto two = one_container();
  two.container(small_container(2, "db")).own("getuid").call(2, Phase::kOwn, "getgid");
  const auto by_name = set_of(two, {"db"});
  ASSERT_TRUE(by_name);
  EXPECT_TRUE(by_name->names.contains("getgid"));
  EXPECT_FALSE(by_name->names.contains("getuid"));
  const auto by_id = set_of(two, {"c0ffee1"});
  ASSERT_TRUE(by_id);
  EXPECT_TRUE(by_id->names.contains("getuid"));
  EXPECT_FALSE(by_id->names.contains("getgid"));
  const auto both = set_of(two, {"db", "web"});
  ASSERT_TRUE(both);
  EXPECT_TRUE(both->names.contains("getuid") && both->names.contains("getgid"));
}

TEST(Minset, RefusesAContainerThatIsNotThere) {
  const auto set = set_of(one_container().own("getuid"), {"web", "nothing"});
  ASSERT_FALSE(set);
  EXPECT_EQ(set.error().message, "no container 'nothing' is in the recording");
  EXPECT_FALSE(set_of(one_container().own("getuid"), {""}));
}

TEST(Minset, ACommandWithoutContainerCountsAsOne) {
  FakeRecording command;
  command.header_.command_mode = true;
  command.call(0, Phase::kHost, "getuid");
  const auto set = set_of(command);
  ASSERT_TRUE(set);
  EXPECT_EQ(set->names, (Names{"exit", "exit_group", "getuid", "restart_syscall", "rt_sigreturn"}));
  EXPECT_EQ(set->abis, std::set<Abi>{Abi::kX86_64});
  // A command that starts containers is not what is asked about.
  EXPECT_FALSE(set_of(command.container(small_container())));
}

TEST(Minset, MergesRecordings) {
  auto first = one_container().own("getuid");
  auto second = one_container().own("getgid");
  Minset minset({});
  ASSERT_TRUE(minset.add("a.ctr", first));
  ASSERT_TRUE(minset.add("b.ctr", second));
  const auto set = minset.finish();
  ASSERT_TRUE(set);
  EXPECT_TRUE(set->names.contains("getuid") && set->names.contains("getgid"));
  Minset reversed({});
  ASSERT_TRUE(reversed.add("b.ctr", second));
  ASSERT_TRUE(reversed.add("a.ctr", first));
  EXPECT_EQ(oci_profile(make_profile(*set, {})).dump(),
            oci_profile(make_profile(*reversed.finish(), {})).dump());
}

TEST(Minset, NamesOnlyAbisThatWereSeenAndTheRuntimesOwn) {
  const auto set = set_of(one_container().call(1, Phase::kOwn, "socketcall", Abi::kI386));
  ASSERT_TRUE(set);
  EXPECT_EQ(set->abis, (std::set<Abi>{Abi::kX86_64, Abi::kI386}));
  EXPECT_TRUE(set->names.contains("sigreturn"));  // which its rt_sigreturn may stand for
  auto arm = one_container().own("getuid");
  arm.header_.architecture = "aarch64";
  arm.counts_.front().abi = Abi::kArm64;
  EXPECT_EQ(set_of(arm)->abis, std::set<Abi>{Abi::kArm64});
}

TEST(Minset, CallsOf32BitArmGetTheirNamesFromSeccomp) {
  auto arm = one_container();
  arm.header_.architecture = "aarch64";
  const uint16_t openat = syscall_event(Abi::kArm, 322).id;
  arm.counts_.push_back({1, Phase::kOwn, Abi::kArm, openat, 1, 0});
  const auto set = set_of(arm);
  ASSERT_TRUE(set);
  EXPECT_TRUE(set->names.contains("openat"));
  EXPECT_EQ(set->abis, (std::set<Abi>{Abi::kArm64, Abi::kArm}));
}

TEST(Minset, NamesThatSeccompDoesNotKnowAreLeftOutAndTold) {
  auto recording = one_container().own("getuid").own("syscall_999").own("syscall_invalid");
  recording.own("bad name");
  const auto set = set_of(recording);
  ASSERT_TRUE(set);
  EXPECT_EQ(set->names, (Names{"clock_gettime", "close", "execve", "exit", "exit_group",
                               "gettimeofday", "getuid", "restart_syscall", "rt_sigreturn"}));
  const auto warnings = warnings_of(recording);
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_EQ(warnings.front(),
            "left out, libseccomp does not know them: bad name (x86_64), syscall_999 (x86_64), "
            "syscall_invalid (x86_64)");
}

TEST(Minset, WarnsOfWhatMayBeMissing) {
  EXPECT_TRUE(warnings_of(one_container().own("getuid")).empty());
  auto filtered = one_container().own("getuid");
  filtered.header_.filters = {"--container", "--set"};
  EXPECT_TRUE(warnings_of(filtered).empty());
  filtered.header_.filters = {"--container", "web", "--set", "net"};
  EXPECT_EQ(warnings_of(filtered).size(), 1U);
  auto lossy = one_container().own("getuid");
  lossy.totals_.lost = 7;
  EXPECT_EQ(warnings_of(lossy).size(), 1U);
  auto watched = one_container().own("getuid");
  watched.containers_[1].seccomp_mode = 2;
  watched.containers_[1].existing = true;
  EXPECT_EQ(warnings_of(watched).size(), 2U);
}

// ---- calls that a filter refused

FakeRecording filtered() {
  FakeRecording recording = one_container();
  recording.containers_[1].seccomp_mode = 2;
  return recording.event(1, Phase::kOwn, "getuid")
      .event(1, Phase::kOwn, "mount", {}, -EPERM)
      .denied(Denied::kErrno)
      .event(1, Phase::kOwn, "clone3", {}, -ENOSYS)
      .denied(Denied::kErrno)
      .event(1, Phase::kOwn, "reboot", {}, 169)
      .denied(Denied::kKillProcess)
      .event(1, Phase::kOwn, "chown", {}, -EPERM)
      .event(1, Phase::kOwn, "connect", {}, -EPERM)
      .denied(Denied::kNotify)
      .event(1, Phase::kOwn, "unlink", {}, -ENOENT);
}

TEST(Minset, LeavesOutWhatAFilterRefused) {
  auto recording = filtered();
  Minset minset({});
  ASSERT_TRUE(minset.add("a.ctr", recording));
  const auto set = minset.finish();
  ASSERT_TRUE(set);
  EXPECT_FALSE(set->names.contains("mount") || set->names.contains("clone3"));
  EXPECT_TRUE(set->names.contains("unlink"));
  // The call's own failure, and what somebody else decided.
  EXPECT_TRUE(set->names.contains("chown") && set->names.contains("connect"));
  EXPECT_EQ(minset.denied(), (Names{"clone3", "mount", "reboot"}));
  ASSERT_EQ(minset.warnings().size(), 2U);
  EXPECT_NE(minset.warnings()[1].find("clone3, mount, reboot"), std::string::npos);
}

TEST(Minset, KeepsWhatWasRefusedWhenAskedTo) {
  auto recording = filtered();
  Minset minset({.include_denied = true});
  ASSERT_TRUE(minset.add("a.ctr", recording));
  const auto set = minset.finish();
  ASSERT_TRUE(set);
  EXPECT_TRUE(set->names.contains("mount") && set->names.contains("clone3"));
}

TEST(Minset, WhatIsNotCertainlyRefusedIsInTheSet) {
  auto recording = filtered();
  // The kernel side counted more mounts than there are events.
  for (CallCount& row : recording.counts_) row.count += row.event_id == find_event("mount")->id;
  recording.totals_.undecided_denials = 2;
  Minset minset({});
  ASSERT_TRUE(minset.add("a.ctr", recording));
  const auto set = minset.finish();
  ASSERT_TRUE(set);
  EXPECT_TRUE(set->names.contains("mount"));
  EXPECT_EQ(minset.denied(), (Names{"clone3", "reboot"}));
  EXPECT_NE(minset.warnings()[1].find("2 calls under a filter"), std::string::npos);
}

TEST(Minset, WhatWorkedInAnotherRunIsNotRefused) {
  auto refused = filtered();
  auto free = one_container().event(1, Phase::kOwn, "mount");
  Minset minset({});
  ASSERT_TRUE(minset.add("a.ctr", refused));
  ASSERT_TRUE(minset.add("b.ctr", free));
  const auto set = minset.finish();
  ASSERT_TRUE(set);
  EXPECT_TRUE(set->names.contains("mount"));
  EXPECT_EQ(minset.denied(), (Names{"clone3", "reboot"}));
}

// ---- the runtime's calls

TEST(Minset, TheBaselineCanBeChosen) {
  for (const auto& [baseline, has_capset, has_close] :
       {std::tuple(Baseline::kRecorded, false, true), std::tuple(Baseline::kNone, false, false),
        std::tuple(Baseline::kRunc, false, true), std::tuple(Baseline::kUnion, false, true)}) {
    auto recording = one_container().own("getuid");
    Minset minset({.baseline = baseline});
    ASSERT_TRUE(minset.add("a.ctr", recording));
    const auto set = minset.finish();
    ASSERT_TRUE(set);
    EXPECT_EQ(set->names.contains("capset"), has_capset);
    EXPECT_EQ(set->names.contains("close"), has_close);
    EXPECT_EQ(set->names.contains("fstatfs"),
              baseline == Baseline::kRunc || baseline == Baseline::kUnion);
  }
  EXPECT_FALSE(baseline_by_name("youki"));
}

// ---- arguments

SyscallSet with_args(FakeRecording recording) {
  Minset minset({.args = true});
  EXPECT_TRUE(minset.add("a.ctr", recording));
  auto set = minset.finish();
  EXPECT_TRUE(set);
  return *set;
}

constexpr uint32_t kAll = 0xffffffff;

TEST(MinsetArgs, FewValuesBecomeRules) {
  const auto set = with_args(one_container()
                                 .event(1, Phase::kOwn, "socket", {2, 1, 0})
                                 .event(1, Phase::kOwn, "socket", {16, 3, 0})
                                 .event(1, Phase::kOwn, "socket", {2, 2, 0}));
  EXPECT_EQ(set.args.at("socket"), (std::vector<ArgRule>{{0, Compare::kMaskedEqual, kAll, 2},
                                                         {0, Compare::kMaskedEqual, kAll, 16}}));
}

TEST(MinsetArgs, ManyValuesBecomeNone) {
  auto recording = one_container();
  for (uint64_t family = 1; family < 9; ++family) {
    recording.event(1, Phase::kOwn, "socket", {family});
  }
  EXPECT_TRUE(with_args(recording).args.empty());
}

TEST(MinsetArgs, FlagsAreMasked) {
  constexpr uint64_t kThread = 0x3d0f00, kNewUser = 0x10000000;
  const auto threads = with_args(one_container().event(1, Phase::kOwn, "clone", {kThread}));
  EXPECT_EQ(threads.args.at("clone"),
            (std::vector<ArgRule>{{0, Compare::kMaskedEqual, 0x7e020000, 0}}));
  const auto both = with_args(one_container()
                                  .event(1, Phase::kOwn, "clone", {kThread})
                                  .event(1, Phase::kOwn, "clone", {kNewUser | 17}));
  EXPECT_EQ(both.args.at("clone").size(), 2U);
  // All values that the mask leaves are no rule.
  EXPECT_TRUE(with_args(one_container()
                            .event(1, Phase::kOwn, "mmap", {0, 1, 1})
                            .event(1, Phase::kOwn, "mmap", {0, 1, 5}))
                  .args.empty());
}

TEST(MinsetArgs, TheRuntimesValuesAreAllowedToo) {
  auto recording = one_container();
  recording.containers_[1].no_new_privs = false;  // prctl is in crun's baseline
  recording.event(1, Phase::kSetup, "prctl", {38}).event(1, Phase::kOwn, "prctl", {15});
  const auto set = with_args(recording);
  EXPECT_EQ(set.args.at("prctl"), (std::vector<ArgRule>{{0, Compare::kMaskedEqual, kAll, 15},
                                                        {0, Compare::kMaskedEqual, kAll, 38}}));
  // Whose start was not seen may need others.
  recording.containers_[1].existing = true;
  EXPECT_TRUE(with_args(recording).args.empty());
}

TEST(MinsetArgs, NoRuleWhereSeccompCannotLook) {
  auto recording = one_container()
                       .event(1, Phase::kOwn, "socket", {2})
                       .call(1, Phase::kOwn, "clone3")
                       .call(1, Phase::kOwn, "socketcall", Abi::kI386);
  Minset minset({.args = true});
  ASSERT_TRUE(minset.add("a.ctr", recording));
  const auto set = minset.finish();
  ASSERT_TRUE(set);
  EXPECT_TRUE(set->args.empty());  // i386's sockets may go through socketcall
  EXPECT_NE(minset.warnings().back().find("clone3, socketcall"), std::string::npos);
}

TEST(MinsetArgs, NoRuleWhereEventsAreMissing) {
  auto recording = one_container().event(1, Phase::kOwn, "socket", {2});
  recording.counts_.back().count = 2;
  EXPECT_TRUE(with_args(recording).args.empty());
}

// ---- the kernel side's counters

TEST(Minset, WithTalliesTheSetIsComplete) {
  auto recording = one_container().own("getuid");
  recording.has_tallies_ = true;
  recording.totals_.lost = 7;
  recording.header_.filters = {"--set", "net"};
  EXPECT_TRUE(warnings_of(recording).empty());
  Minset minset({.args = true});
  ASSERT_TRUE(minset.add("a.ctr", recording));
  EXPECT_EQ(minset.warnings().size(), 1U);
}

TEST(Minset, ARefusalNeedsAnEvent) {
  auto recording = filtered().call(1, Phase::kOwn, "swapon");
  recording.counts_.back().failed = 1;  // counted as failed, by what error is not known
  const auto set = set_of(recording);
  ASSERT_TRUE(set);
  EXPECT_TRUE(set->names.contains("swapon"));
}

// ---- evidence

TEST(Explain, TellsWhoWhenAndHowOften) {
  auto recording = one_container();
  recording.header_.monotonic_ns = 1'000'000'000;
  recording.event(1, Phase::kOwn, "openat", {}, -ENOENT, "init", 1'100'000'000)
      .event(1, Phase::kOwn, "openat", {}, 3, "web", 1'200'000'000)
      .event(1, Phase::kOwn, "accept", {}, 4, "web", 1'300'000'000)
      .event(1, Phase::kOwn, "openat", {}, 3, "web", 1'400'000'000)
      .event(1, Phase::kSetup, "mount", {}, 0, "runc", 1'050'000'000);
  Minset minset({.evidence = true});
  ASSERT_TRUE(minset.add("a.ctr", recording));
  const auto set = minset.finish();
  ASSERT_TRUE(set);
  const auto& use = minset.evidence().calls().at({"openat", Abi::kX86_64});
  EXPECT_EQ(use.count, 3U);
  EXPECT_EQ(use.failed, 1U);
  EXPECT_EQ(use.startup, 2U);  // the container waited for work in between
  EXPECT_EQ(use.first_ns, 100'000'000U);
  EXPECT_EQ(use.last_ns, 400'000'000U);
  EXPECT_EQ(use.comms.counts.at("web"), 2U);
  EXPECT_EQ(use.errnos.counts.at(ENOENT), 1U);
  EXPECT_EQ(minset.evidence().calls().at({"accept", Abi::kX86_64}).startup, 0U);
  EXPECT_FALSE(minset.evidence().calls().contains({"mount", Abi::kX86_64}));

  const auto json = explain_json(minset, *set);
  EXPECT_EQ(json["calls"][0]["name"], "accept");
  EXPECT_EQ(json["calls"][1]["phase"], "both");
  EXPECT_EQ(json["calls"][1]["errnos"]["ENOENT"], 1);
  EXPECT_EQ(json["unseen"][0]["name"], "clock_gettime");
  EXPECT_EQ(json["unseen"][0]["runtime_baseline"], true);
}

TEST(Explain, TellsTheProgramsThatMadeACall) {
  const auto as = [](uint32_t pid) { return [pid](Task& task) { task.pid = pid; }; };
  auto recording = one_container();
  recording.event(1, Phase::kOwn, "getuid").by(as(7));  // its execve was before
  recording.event(1, Phase::kOwn, "sched_process_exec").text(0, "/bin/sh").by(as(8));
  recording.event(1, Phase::kOwn, "getuid").by(as(8));
  recording.event(1, Phase::kOwn, "sched_process_fork", {9, 9, 9, 9}).by(as(8));
  recording.event(1, Phase::kOwn, "getuid").by(as(9));
  recording.event(1, Phase::kOwn, "sched_process_exec").text(0, "/bin/c\x1b").by(as(9));
  recording.event(1, Phase::kOwn, "getuid").by(as(9));
  Minset minset({.evidence = true});
  ASSERT_TRUE(minset.add("a.ctr", recording));
  const auto set = minset.finish();
  ASSERT_TRUE(set);
  EXPECT_EQ(explain_json(minset, *set)["calls"][0]["programs"].dump(),
            R"({"?":1,"/bin/c\\x1b":1,"/bin/sh":2})");
}

TEST(Explain, StartUpEndsByTimeToo) {
  auto recording = one_container()
                       .event(1, Phase::kOwn, "getuid", {}, 0, "app", 1)
                       .event(1, Phase::kOwn, "getgid", {}, 0, "app", 20'000'000'000);
  CallEvidence evidence(10'000'000'000);
  Chosen chosen;
  chosen.containers = {1};
  ASSERT_TRUE(evidence.add(recording, chosen));
  EXPECT_EQ(evidence.calls().at({"getuid", Abi::kX86_64}).startup, 1U);
  EXPECT_EQ(evidence.calls().at({"getgid", Abi::kX86_64}).startup, 0U);
}

TEST(Explain, EscapesWhatCameFromTheContainer) {
  auto recording = one_container().event(1, Phase::kOwn, "getuid", {}, 0, "\x1b[2J\n\xff");
  Minset minset({.evidence = true});
  ASSERT_TRUE(minset.add("a.ctr", recording));
  const auto set = minset.finish();
  OutputBuffer out(-1);
  print_explain(minset, *set, out);
  EXPECT_EQ(out.text().find('\x1b'), std::string::npos);
  EXPECT_NO_THROW((void)explain_json(minset, *set).dump());
}

TEST(Explain, CountsWhatIsRefused) {
  const Refused refused = count_refused({{Abi::kX86_64}, {"read", "write"}, {}}, Abi::kX86_64);
  EXPECT_EQ(refused.known - refused.by_set, 2U);
  EXPECT_GT(refused.by_docker, 50U);
  EXPECT_LT(refused.by_docker, 110U);
}

TEST(Minset, WarnsOfCallsThatHelpToEscape) {
  const auto warnings = warnings_of(one_container().own("getuid").own("mount").own("bpf"));
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_TRUE(warnings.front().ends_with(": bpf, mount"));
}

}  // namespace
}  // namespace ctrace
