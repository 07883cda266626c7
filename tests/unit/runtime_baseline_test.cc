#include "analyze/runtime_baseline.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "format/seccomp/abi_table.h"

namespace ctrace {
namespace {

using Names = std::set<std::string>;

Names baseline(const RuntimeFacts& facts) {
  Names names;
  add_runtime_baseline(facts, names);
  return names;
}

TEST(RuntimeBaseline, CrunNeedsLittle) {
  EXPECT_EQ(baseline({.runtime = "crun", .no_new_privs = true}), (Names{"close", "execve"}));
  EXPECT_EQ(baseline({.runtime = "crun", .no_new_privs = false}),
            (Names{"capset", "close", "execve", "prctl", "pselect6", "rt_sigaction",
                   "rt_sigprocmask", "setresgid", "setresuid", "write"}));
}

TEST(RuntimeBaseline, BwrapNeedsItsOwnAlone) {
  EXPECT_EQ(baseline({.runtime = "bwrap"}), (Names{"execve", "exit_group", "wait4", "write"}));
  EXPECT_EQ(baseline({.runtime = "unshare"}), (Names{"execve"}));
}

TEST(RuntimeBaseline, RuncDropsPrivilegesUnderTheFilterWithoutNoNewPrivs) {
  const Names strict = baseline({.runtime = "runc", .no_new_privs = true});
  EXPECT_TRUE(strict.contains("fstatfs"));
  EXPECT_TRUE(strict.contains("tgkill"));  // Go's runtime
  EXPECT_FALSE(strict.contains("capset"));
  const Names loose = baseline({.runtime = "runc", .no_new_privs = false});
  EXPECT_TRUE(loose.contains("capset"));
  EXPECT_TRUE(loose.contains("fchown"));
  EXPECT_TRUE(std::includes(loose.begin(), loose.end(), strict.begin(), strict.end()));
}

TEST(RuntimeBaseline, AnUnknownRuntimeGetsAll) {
  Names both = baseline({.runtime = "runc"});
  both.merge(baseline({.runtime = "crun"}));
  EXPECT_EQ(baseline({}), both);
  EXPECT_EQ(baseline({.runtime = "youki"}), both);
}

TEST(RuntimeBaseline, DockerInitOnlyWhenItsStartWasNotSeen) {
  const RuntimeFacts seen = {.runtime = "crun", .engine = "docker", .no_new_privs = true};
  EXPECT_FALSE(baseline(seen).contains("rt_sigtimedwait"));
  RuntimeFacts existing = seen;
  existing.existing = true;
  EXPECT_TRUE(baseline(existing).contains("rt_sigtimedwait"));
}

TEST(RuntimeBaseline, SeccompKnowsAllOfIt) {
  for (const std::string& name : baseline({.engine = "docker", .existing = true})) {
    EXPECT_TRUE(seccomp_knows(Abi::kX86_64, name)) << name;
  }
}

TEST(RuntimeBaseline, OnArm64ItHasThatTablesNames) {
  Container container;
  container.engine = "docker";
  container.existing = true;
  const Names x86 = baseline_names(Baseline::kUnion, &container, Abi::kX86_64);
  const Names arm = baseline_names(Baseline::kUnion, &container, Abi::kArm64);
  EXPECT_TRUE(x86.contains("readlink"));
  EXPECT_FALSE(arm.contains("readlink"));
  EXPECT_TRUE(arm.contains("readlinkat"));
  EXPECT_FALSE(arm.contains("arch_prctl"));
  for (const std::string& name : arm) EXPECT_GE(seccomp_number(Abi::kArm64, name).value_or(-1), 0);
}

}  // namespace
}  // namespace ctrace
