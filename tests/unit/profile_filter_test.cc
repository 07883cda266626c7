#include "format/seccomp/profile_filter.h"

#include <gtest/gtest.h>
#include <linux/seccomp.h>

#include <cerrno>

#include "analyze/check.h"
#include "format/catalogue/catalogue.h"
#include "format/seccomp/profile_reader.h"
#include "tests/unit/fake_recording.h"

namespace ctrace {
namespace {

FilterProgram compiled(const std::string& text) {
  auto profile = parse_profile(text, ProfileSetting::docker_default());
  EXPECT_TRUE(profile) << (profile ? "" : profile.error().message);
  auto filter = compile_filter(*profile);
  EXPECT_TRUE(filter) << (filter ? "" : filter.error().message);
  EXPECT_TRUE(check_filter(*filter));
  return *filter;
}

std::string answer(const FilterProgram& filter, const std::string& name,
                   std::array<uint64_t, 6> args = {}, Abi abi = Abi::kX86_64) {
  return describe_answer(run_filter(filter, {abi, *seccomp_number(abi, name), args}));
}

TEST(ProfileFilter, AnswersAsTheProfileSays) {
  const auto filter = compiled(R"({"defaultAction":"SCMP_ACT_ERRNO","defaultErrnoRet":13,
      "architectures":["SCMP_ARCH_X86_64"],"syscalls":[
        {"names":["read","no_such_call"],"action":"SCMP_ACT_ALLOW"},
        {"names":["clone3"],"action":"SCMP_ACT_ERRNO","errnoRet":38},
        {"names":["reboot"],"action":"SCMP_ACT_KILL_PROCESS"},
        {"names":["getuid"],"action":"SCMP_ACT_LOG"}]})");
  EXPECT_EQ(answer(filter, "read"), "ALLOW");
  EXPECT_EQ(answer(filter, "clone3"), "ERRNO(ENOSYS)");
  EXPECT_EQ(answer(filter, "reboot"), "KILL_PROCESS");
  EXPECT_EQ(answer(filter, "getuid"), "LOG");
  EXPECT_EQ(answer(filter, "mount"), "ERRNO(EACCES)");
  // Another table than the profile's.
  EXPECT_EQ(answer(filter, "read", {}, Abi::kI386), "KILL_THREAD");
}

TEST(ProfileFilter, LooksAtArguments) {
  const auto filter = compiled(R"({"defaultAction":"SCMP_ACT_ERRNO",
      "architectures":["SCMP_ARCH_X86_64"],"syscalls":[
        {"names":["socket"],"action":"SCMP_ACT_ALLOW",
         "args":[{"index":0,"value":4294967295,"valueTwo":2,"op":"SCMP_CMP_MASKED_EQ"}]},
        {"names":["personality"],"action":"SCMP_ACT_ALLOW",
         "args":[{"index":0,"value":4,"op":"SCMP_CMP_LT"}]},
        {"names":["kill"],"action":"SCMP_ACT_ALLOW",
         "args":[{"index":1,"value":0,"op":"SCMP_CMP_EQ"},{"index":1,"value":15,"op":"SCMP_CMP_EQ"}]},
        {"names":["lseek"],"action":"SCMP_ACT_ALLOW",
         "args":[{"index":0,"value":1,"op":"SCMP_CMP_EQ"},{"index":2,"value":0,"op":"SCMP_CMP_EQ"}]}
      ]})");
  EXPECT_EQ(answer(filter, "socket", {2}), "ALLOW");
  EXPECT_EQ(answer(filter, "socket", {0xffffffff00000002}), "ALLOW");  // the kernel reads 32 bits
  EXPECT_EQ(answer(filter, "socket", {16}), "ERRNO(EPERM)");
  EXPECT_EQ(answer(filter, "personality", {3}), "ALLOW");
  EXPECT_EQ(answer(filter, "personality", {4}), "ERRNO(EPERM)");
  EXPECT_EQ(answer(filter, "personality", {uint64_t{1} << 32}), "ERRNO(EPERM)");
  // Conditions on one argument are alternatives, on several they must all hold.
  EXPECT_EQ(answer(filter, "kill", {1, 15}), "ALLOW");
  EXPECT_EQ(answer(filter, "kill", {1, 0}), "ALLOW");
  EXPECT_EQ(answer(filter, "kill", {1, 9}), "ERRNO(EPERM)");
  EXPECT_EQ(answer(filter, "lseek", {1, 5, 0}), "ALLOW");
  EXPECT_EQ(answer(filter, "lseek", {1, 5, 1}), "ERRNO(EPERM)");
  uint16_t looked = 0;
  run_filter(filter, {Abi::kX86_64, *seccomp_number(Abi::kX86_64, "mount"), {}}, &looked);
  EXPECT_EQ(looked & kLookedAtArgs, 0);
  run_filter(filter, {Abi::kX86_64, *seccomp_number(Abi::kX86_64, "socket"), {}}, &looked);
  EXPECT_NE(looked & looked_at_arg(0), 0);
}

TEST(ProfileFilter, KnowsX32ByItsBit) {
  const auto filter = compiled(R"({"defaultAction":"SCMP_ACT_ERRNO",
      "architectures":["SCMP_ARCH_X86_64","SCMP_ARCH_X32"],
      "syscalls":[{"names":["read"],"action":"SCMP_ACT_ALLOW"}]})");
  EXPECT_EQ(describe_answer(run_filter(filter, {Abi::kX32, 0, {}})), "ALLOW");
  EXPECT_EQ(describe_answer(run_filter(filter, {Abi::kX32, 1, {}})), "ERRNO(EPERM)");
}

// ---- the machine

uint32_t run_ops(std::vector<sock_filter> ops, int number = 0) {
  EXPECT_TRUE(check_filter(ops));
  return run_filter(ops, {Abi::kX86_64, number, {}});
}

TEST(FilterMachine, Calculates) {
  EXPECT_EQ(run_ops({{BPF_LD | BPF_IMM, 0, 0, 7},
                     {BPF_ST, 0, 0, 3},
                     {BPF_LDX | BPF_IMM, 0, 0, 5},
                     {BPF_ALU | BPF_MUL | BPF_X, 0, 0, 0},
                     {BPF_ALU | BPF_SUB | BPF_K, 0, 0, 1},
                     {BPF_MISC | BPF_TAX, 0, 0, 0},
                     {BPF_LD | BPF_MEM, 0, 0, 3},
                     {BPF_ALU | BPF_ADD | BPF_X, 0, 0, 0},
                     {BPF_RET | BPF_A, 0, 0, 0}}),
            41U);
  // Divided by nothing.
  EXPECT_EQ(run_ops({{BPF_ALU | BPF_DIV | BPF_X, 0, 0, 0}, {BPF_RET | BPF_K, 0, 0, 9}}),
            static_cast<uint32_t>(SECCOMP_RET_KILL_THREAD));
}

TEST(FilterMachine, Jumps) {
  const std::vector<sock_filter> ops = {{BPF_LD | BPF_W | BPF_ABS, 0, 0, 0},
                                        {BPF_JMP | BPF_JGE | BPF_K, 1, 0, 10},
                                        {BPF_JMP | BPF_JA, 0, 0, 1},
                                        {BPF_RET | BPF_K, 0, 0, 1},
                                        {BPF_RET | BPF_K, 0, 0, 2}};
  EXPECT_EQ(run_ops(ops, 10), 1U);
  EXPECT_EQ(run_ops(ops, 9), 2U);
}

TEST(FilterMachine, RefusesWhatTheKernelWould) {
  const sock_filter end = {BPF_RET | BPF_K, 0, 0, 0};
  EXPECT_FALSE(check_filter({}));
  for (const sock_filter& bad :
       std::vector<sock_filter>{{BPF_LD | BPF_W | BPF_ABS, 0, 0, 2},    // not on a word
                                {BPF_LD | BPF_W | BPF_ABS, 0, 0, 64},   // behind the data
                                {BPF_LD | BPF_B | BPF_ABS, 0, 0, 0},    // no such load
                                {BPF_ST, 0, 0, 16},                     // behind the memory
                                {BPF_ALU | BPF_DIV | BPF_K, 0, 0, 0},   // by nothing
                                {BPF_ALU | BPF_LSH | BPF_K, 0, 0, 32},  // too far
                                {BPF_JMP | BPF_JA, 0, 0, 1},            // out of the filter
                                {BPF_JMP | BPF_JEQ | BPF_K, 1, 0, 0},   //
                                {0xffff, 0, 0, 0}}) {
    EXPECT_FALSE(check_filter(std::vector{bad, end})) << bad.code << ' ' << bad.k;
  }
  EXPECT_FALSE(check_filter(std::vector<sock_filter>{{BPF_LD | BPF_IMM, 0, 0, 0}}));
}

// ---- dialects

TEST(ProfileReader, DockersConditions) {
  const std::string text = R"({"defaultAction":"SCMP_ACT_ERRNO",
      "archMap":[{"architecture":"SCMP_ARCH_X86_64","subArchitectures":["SCMP_ARCH_X86"]},
                 {"architecture":"SCMP_ARCH_AARCH64","subArchitectures":["SCMP_ARCH_ARM"]}],
      "syscalls":[
        {"names":["ptrace"],"action":"SCMP_ACT_ALLOW","includes":{"minKernel":"4.8"}},
        {"names":["mount"],"action":"SCMP_ACT_ALLOW","includes":{"caps":["CAP_SYS_ADMIN"]}},
        {"names":["chroot"],"action":"SCMP_ACT_ALLOW","includes":{"caps":["CAP_SYS_CHROOT"]}},
        {"names":["clone"],"action":"SCMP_ACT_ALLOW","excludes":{"caps":["CAP_SYS_ADMIN"]}},
        {"names":["arch_prctl"],"action":"SCMP_ACT_ALLOW","includes":{"arches":["amd64","x32"]}},
        {"names":["sync"],"action":"SCMP_ACT_ALLOW","excludes":{"arches":["amd64"]}}]})";
  ProfileSetting setting = ProfileSetting::docker_default();
  setting.native = Abi::kX86_64;
  setting.kernel_release = "6.18.5-amd64";
  auto profile = parse_profile(text, setting);
  ASSERT_TRUE(profile);
  EXPECT_EQ(profile->abis, (std::vector<Abi>{Abi::kX86_64, Abi::kI386}));
  const auto names = [&] {
    std::vector<std::string> all;
    for (const ProfileRule& rule : profile->rules) all.push_back(rule.names.front());
    return all;
  };
  EXPECT_EQ(names(), (std::vector<std::string>{"ptrace", "chroot", "clone", "arch_prctl"}));
  setting.kernel_release = "4.4.0";
  setting.capabilities.insert("CAP_SYS_ADMIN");
  profile = parse_profile(text, setting);
  ASSERT_TRUE(profile);
  EXPECT_EQ(names(), (std::vector<std::string>{"mount", "chroot", "arch_prctl"}));
}

TEST(ProfileReader, ABundlesConfig) {
  const auto filter = compiled(R"({"ociVersion":"1.0.2","linux":{"seccomp":{
      "defaultAction":"SCMP_ACT_ERRNO","syscalls":[{"names":["read"],"action":"SCMP_ACT_ALLOW"}]}}})");
  EXPECT_EQ(answer(filter, "read"), "ALLOW");
}

TEST(ProfileReader, SystemdsLines) {
  const auto listed = compiled(
      "[Service]\nSystemCallArchitectures=native\nSystemCallErrorNumber=EACCES\n"
      "SystemCallFilter=read \\\n  write\nSystemCallFilter=~write\n");
  EXPECT_EQ(answer(listed, "read"), "ALLOW");
  EXPECT_EQ(answer(listed, "execve"), "ALLOW");  // @default
  EXPECT_EQ(answer(listed, "write"), "ERRNO(EACCES)");
  EXPECT_EQ(answer(listed, "mount"), "ERRNO(EACCES)");
  const auto refused = compiled("SystemCallFilter=~mount:ENOSYS reboot\n");
  EXPECT_EQ(answer(refused, "read"), "ALLOW");
  EXPECT_EQ(answer(refused, "mount"), "ERRNO(ENOSYS)");
  EXPECT_EQ(answer(refused, "reboot"), "KILL_PROCESS");
  EXPECT_EQ(answer(compiled("SystemCallLog=~read\n"), "mount"), "LOG");
  const auto setting = ProfileSetting::docker_default();
  EXPECT_FALSE(parse_profile("SystemCallFilter=@system-service\n", setting));
  EXPECT_FALSE(parse_profile("SystemCallFilter=mount:EWHAT\n", setting));
  EXPECT_FALSE(parse_profile("[Service]\nUser=nobody\n", setting));
}

TEST(ProfileReader, RefusesWhatIsNoProfile) {
  for (
      const char* bad :
      {"", "{", "{}", "[]", R"({"defaultAction":"SCMP_ACT_MAYBE"})", R"({"defaultAction":7})",
       R"({"defaultAction":"SCMP_ACT_ERRNO","defaultErrnoRet":4096})",
       R"({"defaultAction":"SCMP_ACT_ERRNO","defaultErrnoRet":-1})",
       R"({"defaultAction":"SCMP_ACT_ERRNO","syscalls":{}})",
       R"({"defaultAction":"SCMP_ACT_ERRNO","syscalls":[7]})",
       R"({"defaultAction":"SCMP_ACT_ERRNO","syscalls":[{"action":"SCMP_ACT_ALLOW"}]})",
       R"({"defaultAction":"SCMP_ACT_ERRNO","syscalls":[{"names":[1],"action":"SCMP_ACT_ALLOW"}]})",
       R"({"defaultAction":"SCMP_ACT_ERRNO","syscalls":[{"names":["read"],"action":"x"}]})",
       R"({"defaultAction":"SCMP_ACT_ERRNO","syscalls":[{"names":["read"],"action":"SCMP_ACT_LOG",
            "args":[{"index":6,"value":1,"op":"SCMP_CMP_EQ"}]}]})",
       R"({"linux":{}})"}) {
    EXPECT_FALSE(parse_profile(bad, ProfileSetting::docker_default())) << bad;
  }
}

// ---- check

FakeRecording recorded() {
  FakeRecording recording;
  recording.header_.architecture = "x86_64";
  recording.container(small_container());
  return recording.event(1, Phase::kSetup, "mount")
      .event(1, Phase::kSetup, "execve")
      .event(1, Phase::kOwn, "getuid", {}, 0, "app", 5)
      .event(1, Phase::kOwn, "socket", {2})
      .event(1, Phase::kOwn, "socket", {16}, 3, "net", 7)
      .event(1, Phase::kOwn, "socket", {16}, 3, "net", 9)
      .event(1, Phase::kOwn, "mount", {}, -EPERM, "net", 11);
}

std::string text_of(FakeRecording recording, const std::string& names) {
  ProfileCheck check(
      compiled(R"({"defaultAction":"SCMP_ACT_ERRNO","architectures":["SCMP_ARCH_X86_64"],
          "syscalls":[{"names":[)" +
               names + R"(],"action":"SCMP_ACT_ALLOW"},
          {"names":["socket"],"action":"SCMP_ACT_ALLOW",
           "args":[{"index":0,"value":2,"op":"SCMP_CMP_EQ"}]}]})"),
      Baseline::kRecorded);
  Scope scope({});
  EXPECT_TRUE(check.add(recording, scope.choose(recording)));
  std::string text;
  for (const auto& [key, use] : check.refused()) {
    text += key.name + ' ' + key.comm + ' ' + key.answer + ' ' + std::to_string(use.count) + ';';
  }
  return text;
}

TEST(Check, ListsWhatWouldBeRefused) {
  EXPECT_EQ(text_of(recorded(), R"("getuid","close","execve","mount")"),
            "socket net ERRNO(EPERM) 2;");
  EXPECT_EQ(text_of(recorded(), R"("getuid","close","execve")"),
            "mount net ERRNO(EPERM) 1;socket net ERRNO(EPERM) 2;");
}

TEST(Check, TheRuntimeMustGetToTheExecve) {
  EXPECT_EQ(text_of(recorded(), R"("getuid","mount","execve")"),
            "close  ERRNO(EPERM) 1;socket net ERRNO(EPERM) 2;");
}

TEST(Check, NumbersWithoutNamesAreLookedAtToo) {
  FakeRecording recording;
  recording.container(small_container());
  recording.event(1, Phase::kOwn, "syscall_invalid", {uint64_t(-5), 1});
  EXPECT_EQ(text_of(recording, R"("close","execve")"),
            "syscall_invalid app KILL_THREAD 1;");  // x32's bit is set
}

}  // namespace
}  // namespace ctrace
