#include "format/seccomp/seccomp_profile.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "analyze/call_facts.h"
#include "analyze/profile_format.h"
#include "format/catalogue/catalogue.h"

namespace ctrace {
namespace {

using Twins = std::vector<std::string>;

SyscallSet allow(std::set<std::string> names, std::set<Abi> abis = {Abi::kX86_64}) {
  return {std::move(abis), std::move(names), {}};
}
nlohmann::ordered_json oci_of(const SyscallSet& set, ActionValue action = {}) {
  return oci_profile(make_profile(set, action));
}

TEST(SeccompProfile, IsPlainOci) {
  EXPECT_EQ(oci_of(allow({"write", "getuid"})).dump(),
            R"({"defaultAction":"SCMP_ACT_ERRNO","defaultErrnoRet":1,)"
            R"("architectures":["SCMP_ARCH_X86_64"],)"
            R"("syscalls":[{"names":["getuid","write"],"action":"SCMP_ACT_ALLOW"}]})");
}

TEST(SeccompProfile, KillHasNoErrno) {
  const auto profile = oci_of(allow({"write"}), {Action::kKillProcess});
  EXPECT_EQ(profile["defaultAction"], "SCMP_ACT_KILL_PROCESS");
  EXPECT_FALSE(profile.contains("defaultErrnoRet"));
}

TEST(SeccompProfile, ListsAbisInAFixedOrder) {
  const auto profile =
      oci_of(allow({"write"}, {Abi::kArm, Abi::kArm64, Abi::kX32, Abi::kI386, Abi::kX86_64}));
  EXPECT_EQ(profile["architectures"].dump(),
            R"(["SCMP_ARCH_X86_64","SCMP_ARCH_X86","SCMP_ARCH_X32","SCMP_ARCH_AARCH64",)"
            R"("SCMP_ARCH_ARM"])");
}

TEST(SeccompProfile, NewerTwinsSayEnosys) {
  EXPECT_EQ(newer_twins(allow({"clone", "openat", "stat"})), (Twins{"clone3", "openat2", "statx"}));
  EXPECT_EQ(newer_twins(allow({"clone", "clone3", "close", "close_range"})), Twins{});
  EXPECT_EQ(newer_twins(allow({"getuid"})), Twins{});
  // Only calls that one of the tables has.
  EXPECT_EQ(newer_twins(allow({"clock_gettime"})), Twins{});
  EXPECT_EQ(newer_twins(allow({"clock_gettime"}, {Abi::kI386})), Twins{"clock_gettime64"});
  for (const Action action : {Action::kErrno, Action::kKillProcess, Action::kTrap}) {
    const auto profile = oci_of(allow({"clone"}), {action});
    EXPECT_EQ(profile["syscalls"][1].dump(),
              R"({"names":["clone3"],"action":"SCMP_ACT_ERRNO","errnoRet":38})");
  }
  // A trial refuses nothing.
  EXPECT_EQ(oci_of(allow({"clone"}), {Action::kLog})["syscalls"].size(), 1U);
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

TEST(SeccompProfile, WordsOfTheCommandLine) {
  EXPECT_EQ(*default_action_by_name("errno"), Action::kErrno);
  EXPECT_EQ(*default_action_by_name("kill"), Action::kKillProcess);
  EXPECT_EQ(*default_action_by_name("log"), Action::kLog);
  EXPECT_EQ(*default_action_by_name("trap"), Action::kTrap);
  EXPECT_FALSE(default_action_by_name("allow"));
  EXPECT_FALSE(default_action_by_name(""));
  EXPECT_EQ(*errno_by_name("ENOSYS"), static_cast<uint32_t>(ENOSYS));
  EXPECT_EQ(*errno_by_name("13"), 13U);
  for (const char* bad : {"", "0", "4096", "EWHAT", "-1"}) EXPECT_FALSE(errno_by_name(bad));
  for (const char* name : {"oci", "docker", "podman", "spo", "systemd", "bpf", "names"}) {
    EXPECT_TRUE(profile_format_by_name(name)) << name;
  }
  EXPECT_FALSE(profile_format_by_name("yaml"));
}

SyscallSet with_rules() {
  SyscallSet set = allow({"read", "socket"}, {Abi::kX86_64, Abi::kI386});
  set.args["socket"] = {{0, Compare::kMaskedEqual, 0xffffffff, 1},
                        {0, Compare::kMaskedEqual, 0xffffffff, 2}};
  return set;
}

TEST(ProfileFormat, AConditionIsARuleOfItsOwn) {
  const auto profile = oci_of(with_rules());
  ASSERT_EQ(profile["syscalls"].size(), 3U);
  EXPECT_EQ(profile["syscalls"][1].dump(),
            R"({"names":["socket"],"action":"SCMP_ACT_ALLOW","args":[{"index":0,)"
            R"("value":4294967295,"valueTwo":1,"op":"SCMP_CMP_MASKED_EQ"}]})");
}

TEST(ProfileFormat, DockerHasAMap) {
  const auto profile = docker_profile(make_profile(with_rules(), {}));
  EXPECT_FALSE(profile.contains("architectures"));
  EXPECT_EQ(profile["archMap"].dump(),
            R"([{"architecture":"SCMP_ARCH_X86_64","subArchitectures":["SCMP_ARCH_X86"]}])");
}

TEST(ProfileFormat, SpoIsYaml) {
  EXPECT_EQ(spo_profile(make_profile(with_rules(), {}), "My_App"),
            "apiVersion: \"security-profiles-operator.x-k8s.io/v1beta1\"\n"
            "kind: SeccompProfile\n"
            "metadata:\n"
            "  name: my-app\n"
            "spec:\n"
            "  defaultAction: SCMP_ACT_ERRNO\n"
            "  architectures:\n"
            "  - \"SCMP_ARCH_X86_64\"\n"
            "  - \"SCMP_ARCH_X86\"\n"
            "  syscalls:\n"
            "  - names:\n"
            "    - read\n"
            "    action: SCMP_ACT_ALLOW\n"
            "  - names:\n"
            "    - socket\n"
            "    action: SCMP_ACT_ALLOW\n"
            "    args:\n"
            "    - index: 0\n"
            "      value: 4294967295\n"
            "      valueTwo: 1\n"
            "      op: SCMP_CMP_MASKED_EQ\n"
            "  - names:\n"
            "    - socket\n"
            "    action: SCMP_ACT_ALLOW\n"
            "    args:\n"
            "    - index: 0\n"
            "      value: 4294967295\n"
            "      valueTwo: 2\n"
            "      op: SCMP_CMP_MASKED_EQ\n");
}

TEST(ProfileFormat, SystemdSaysWhatItCannotSay) {
  const auto profile = make_profile(allow({"clone", "read"}), {});
  EXPECT_EQ(systemd_lines(profile),
            "SystemCallArchitectures=x86-64\nSystemCallErrorNumber=EPERM\n"
            "SystemCallFilter=clone read\n");
  EXPECT_EQ(systemd_lines(make_profile(allow({"read"}), {Action::kKillProcess})),
            "SystemCallArchitectures=x86-64\nSystemCallFilter=read\n");
  EXPECT_EQ(systemd_lines(make_profile(allow({"read"}), {Action::kLog})),
            "SystemCallArchitectures=x86-64\nSystemCallLog=~read\n");
  EXPECT_EQ(format_losses(profile, ProfileFormat::kSystemd).size(), 1U);
  EXPECT_EQ(format_losses(make_profile(with_rules(), {}), ProfileFormat::kSystemd).size(), 1U);
  EXPECT_TRUE(format_losses(profile, ProfileFormat::kOci).empty());
}

TEST(ProfileFormat, Names) {
  EXPECT_EQ(*format_profile(make_profile(with_rules(), {}), ProfileFormat::kNames, ""),
            "read\nsocket\n");
}

TEST(ExtendProfile, KeepsWhatTheBaseAllows) {
  SeccompProfile base{{Action::kKillProcess, 0}, {Abi::kX86_64}, {"SECCOMP_FILTER_FLAG_LOG"}, {}};
  base.rules = {{{"read", "write"}},
                {{"clone3", "mount"}, {Action::kErrno, ENOSYS}},
                {{"socket"}, {Action::kAllow, 0}, {{0, Compare::kEqual, 1, 0}}}};
  const auto merged = extend_profile(base, allow({"clone3", "getuid", "read", "socket"}));
  EXPECT_EQ(merged.default_action.action, Action::kKillProcess);
  EXPECT_EQ(merged.flags, base.flags);
  EXPECT_EQ(allowed_names(merged), (Twins{"clone3", "getuid", "read", "socket", "write"}));
  ASSERT_EQ(merged.rules.size(), 3U);
  EXPECT_EQ(merged.rules[1].names, Twins{"mount"});  // refuses no call of the set any more
  EXPECT_TRUE(merged.rules[2].args.empty());         // sockets are free now
}

// ---- the tables of facts

TEST(CallFacts, NameCallsOfTheCatalogue) {
  for (const CheckedArg& arg : checked_args()) {
    const EventType* type = find_event(arg.call);
    ASSERT_NE(type, nullptr) << arg.call;
    ASSERT_LT(arg.index, type->args.size()) << arg.call;
    EXPECT_EQ(type->args[arg.index].kind, arg.kind) << arg.call;
    EXPECT_TRUE(seccomp_knows(Abi::kX86_64, std::string(arg.call)));
  }
}

TEST(CallFacts, Words) {
  EXPECT_EQ(risk_name(risk_of("mount")), "escape");
  EXPECT_EQ(risk_name(risk_of("bpf")), "kernel");
  EXPECT_EQ(risk_name(risk_of("setuid")), "privilege");
  EXPECT_EQ(risk_name(risk_of("ptrace")), "observe");
  EXPECT_EQ(risk_name(risk_of("read")), "ordinary");
  EXPECT_EQ(docker_word(docker_default("keyctl")), "no");
  EXPECT_EQ(docker_word(docker_default("clone")), "some");
  EXPECT_EQ(docker_word(docker_default("read")), "yes");
  EXPECT_EQ(checked_value(*find_checked_arg("socket"), 2), "AF_INET");
  EXPECT_EQ(checked_value(*find_checked_arg("clone"), 0x10000000), "CLONE_NEWUSER");
  EXPECT_EQ(checked_value(*find_checked_arg("mmap"), 0), "none of the bits");
  EXPECT_TRUE(waits_for_work("epoll_wait"));
  EXPECT_FALSE(waits_for_work("read"));
}

}  // namespace
}  // namespace ctrace
