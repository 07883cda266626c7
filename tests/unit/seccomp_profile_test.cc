#include "analyze/seccomp_profile.h"

#include <gtest/gtest.h>

namespace ctrace {
namespace {

using Twins = std::vector<std::string>;

SyscallSet allow(std::set<std::string> names, std::set<Abi> abis = {Abi::kX86_64}) {
  return {std::move(abis), std::move(names)};
}

TEST(SeccompProfile, IsPlainOci) {
  EXPECT_EQ(seccomp_profile(allow({"write", "getuid"}), DefaultAction::kErrno).dump(),
            R"({"defaultAction":"SCMP_ACT_ERRNO","defaultErrnoRet":1,)"
            R"("architectures":["SCMP_ARCH_X86_64"],)"
            R"("syscalls":[{"names":["getuid","write"],"action":"SCMP_ACT_ALLOW"}]})");
}

TEST(SeccompProfile, KillHasNoErrno) {
  const auto profile = seccomp_profile(allow({"write"}), DefaultAction::kKill);
  EXPECT_EQ(profile["defaultAction"], "SCMP_ACT_KILL_PROCESS");
  EXPECT_FALSE(profile.contains("defaultErrnoRet"));
}

TEST(SeccompProfile, ListsAbisInAFixedOrder) {
  const auto profile = seccomp_profile(
      allow({"write"}, {Abi::kArm, Abi::kArm64, Abi::kX32, Abi::kI386, Abi::kX86_64}),
      DefaultAction::kErrno);
  EXPECT_EQ(profile["architectures"].dump(),
            R"(["SCMP_ARCH_X86_64","SCMP_ARCH_X86","SCMP_ARCH_X32","SCMP_ARCH_AARCH64",)"
            R"("SCMP_ARCH_ARM"])");
}

TEST(SeccompProfile, NewerTwinsSayEnosys) {
  EXPECT_EQ(newer_twins(allow({"clone", "openat", "stat"})), (Twins{"clone3", "openat2", "statx"}));
  EXPECT_EQ(newer_twins(allow({"clone", "clone3", "close", "close_range"})), Twins{});
  EXPECT_EQ(newer_twins(allow({"getuid"})), Twins{});
  for (const DefaultAction action : {DefaultAction::kErrno, DefaultAction::kKill}) {
    const auto profile = seccomp_profile(allow({"clone"}), action);
    EXPECT_EQ(profile["syscalls"][1].dump(),
              R"({"names":["clone3"],"action":"SCMP_ACT_ERRNO","errnoRet":38})");
  }
}

TEST(SeccompProfile, KnowsTheNamesOfEachAbi) {
  EXPECT_TRUE(seccomp_knows(Abi::kX86_64, "openat"));
  EXPECT_TRUE(seccomp_knows(Abi::kI386, "socketcall"));
  EXPECT_TRUE(seccomp_knows(Abi::kI386, "socket"));
  EXPECT_TRUE(seccomp_knows(Abi::kX32, "openat"));
  EXPECT_TRUE(seccomp_knows(Abi::kArm64, "openat"));
  EXPECT_TRUE(seccomp_knows(Abi::kArm, "mmap2"));
  EXPECT_FALSE(seccomp_knows(Abi::kX86_64, "syscall_999"));
  EXPECT_FALSE(seccomp_knows(Abi::kX86_64, ""));
  EXPECT_FALSE(seccomp_knows(Abi::kX86_64, std::string("openat\0", 7)));
}

TEST(SeccompProfile, DefaultActionsByName) {
  EXPECT_EQ(*default_action_by_name("errno"), DefaultAction::kErrno);
  EXPECT_EQ(*default_action_by_name("kill"), DefaultAction::kKill);
  EXPECT_FALSE(default_action_by_name("log"));
}

}  // namespace
}  // namespace ctrace
