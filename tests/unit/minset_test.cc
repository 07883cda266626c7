#include "analyze/minset.h"

#include <gtest/gtest.h>

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
  Minset minset(std::move(wanted));
  minset.add("a.ctr", recording);
  return minset.finish();
}

std::vector<std::string> warnings_of(FakeRecording recording) {
  Minset minset({});
  minset.add("a.ctr", recording);
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
  EXPECT_EQ(set->names, (Names{"close", "execve", "exit", "exit_group", "getgid", "getuid",
                               "restart_syscall", "rt_sigreturn"}));
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
  minset.add("a.ctr", first);
  minset.add("b.ctr", second);
  const auto set = minset.finish();
  ASSERT_TRUE(set);
  EXPECT_TRUE(set->names.contains("getuid") && set->names.contains("getgid"));
  Minset reversed({});
  reversed.add("b.ctr", second);
  reversed.add("a.ctr", first);
  EXPECT_EQ(seccomp_profile(*set, DefaultAction::kErrno).dump(),
            seccomp_profile(*reversed.finish(), DefaultAction::kErrno).dump());
}

TEST(Minset, NamesOnlyAbisThatWereSeenAndTheRuntimesOwn) {
  const auto set = set_of(one_container().call(1, Phase::kOwn, "socketcall", Abi::kI386));
  ASSERT_TRUE(set);
  EXPECT_EQ(set->abis, (std::set<Abi>{Abi::kX86_64, Abi::kI386}));
  auto arm = one_container().own("getuid");
  arm.header_.architecture = "aarch64";
  arm.counts_.front().abi = Abi::kArm64;
  EXPECT_EQ(set_of(arm)->abis, std::set<Abi>{Abi::kArm64});
}

TEST(Minset, NamesThatSeccompDoesNotKnowAreLeftOutAndTold) {
  auto recording = one_container().own("getuid").own("syscall_999").own("syscall_invalid");
  recording.own("bad name");
  const auto set = set_of(recording);
  ASSERT_TRUE(set);
  EXPECT_EQ(set->names, (Names{"close", "execve", "exit", "exit_group", "getuid", "restart_syscall",
                               "rt_sigreturn"}));
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

}  // namespace
}  // namespace ctrace
