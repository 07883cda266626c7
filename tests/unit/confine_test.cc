#include "format/options/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

#include "format/catalogue/catalogue.h"
#include "format/seccomp/profile_filter.h"

namespace ctrace {
namespace {

constexpr std::string_view kCalls[] = {"bpf", "kill", "pread64", "no_such_call"};
constexpr uint32_t kDenied = SECCOMP_RET_ERRNO | ENOSYS;

std::string answer(const Confinement& what, std::string_view name,
                   std::array<uint64_t, 6> args = {}, Abi abi = Abi::kX86_64) {
  const auto filter = confine_filter(what, kDenied);
  EXPECT_TRUE(check_filter(filter));
  for (const EventType* type : find_events(name)) {
    if (const auto number = syscall_number(type->id, abi))
      return describe_answer(run_filter(filter, {abi, *number, args}));
  }
  return "no such call";
}

#if defined(__x86_64__)
TEST(Confine, AllowsWhatIsListedAndWhatLibcNeeds) {
  const Confinement what = {kCalls};
  EXPECT_EQ(answer(what, "pread64"), "ALLOW");
  EXPECT_EQ(answer(what, "exit_group"), "ALLOW");
  for (const char* name : {"execve", "execveat", "socket", "connect", "ptrace", "mount", "fork",
                           "vfork", "clone3", "unlink", "rename", "chmod", "seccomp", "setuid",
                           "process_vm_readv", "io_uring_setup", "perf_event_open"})
    EXPECT_EQ(answer(what, name), "ERRNO(ENOSYS)") << name;
}

TEST(Confine, OtherTablesGetNothing) {
  EXPECT_EQ(answer({kCalls}, "read", {}, Abi::kI386), "ERRNO(ENOSYS)");
  EXPECT_EQ(answer({kCalls}, "read", {}, Abi::kX32), "ERRNO(ENOSYS)");
}

TEST(Confine, OpensForReadingUnlessItWrites) {
  const Confinement reading = {kCalls}, writing = {kCalls, 0, true};
  for (const uint64_t flags : {O_WRONLY, O_RDWR, O_CREAT, O_RDONLY | O_TRUNC, O_TMPFILE | O_RDWR}) {
    EXPECT_EQ(answer(reading, "openat", {0, 0, flags}), "ERRNO(ENOSYS)") << flags;
    EXPECT_EQ(answer(reading, "open", {0, flags}), "ERRNO(ENOSYS)") << flags;
    EXPECT_EQ(answer(writing, "openat", {0, 0, flags}), "ALLOW") << flags;
  }
  for (const char* name : {"unlink", "rename", "mkdir", "fchown"}) {
    EXPECT_EQ(answer(reading, name), "ERRNO(ENOSYS)") << name;
    EXPECT_EQ(answer(writing, name), "ALLOW") << name;
  }
  EXPECT_EQ(answer(reading, "openat", {0, 0, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_DIRECTORY}),
            "ALLOW");
}

TEST(Confine, LooksAtArguments) {
  const Confinement what = {kCalls};
  EXPECT_EQ(answer(what, "clone", {SIGCHLD}), "ERRNO(ENOSYS)");
  EXPECT_EQ(answer(what, "clone", {CLONE_VM | CLONE_THREAD | CLONE_SIGHAND}), "ALLOW");
  EXPECT_EQ(answer(what, "mmap", {0, 4096, PROT_READ | PROT_EXEC}), "ERRNO(ENOSYS)");
  EXPECT_EQ(answer(what, "mprotect", {0, 4096, PROT_READ | PROT_WRITE}), "ALLOW");
  EXPECT_EQ(answer(what, "bpf", {BPF_MAP_LOOKUP_ELEM}), "ALLOW");
  EXPECT_EQ(answer(what, "bpf", {BPF_PROG_LOAD}), "ERRNO(ENOSYS)");
  EXPECT_EQ(answer(what, "bpf", {BPF_MAP_CREATE}), "ERRNO(ENOSYS)");
  EXPECT_EQ(answer(what, "prctl", {PR_SET_NAME}), "ALLOW");
  EXPECT_EQ(answer(what, "prctl", {PR_SET_DUMPABLE}), "ERRNO(ENOSYS)");
}

TEST(Confine, SignalsItsChildAndItself) {
  Confinement what = {kCalls};
  EXPECT_EQ(answer(what, "kill", {0}), "ERRNO(ENOSYS)");  // its process group
  what.child = 1234;
  EXPECT_EQ(answer(what, "kill", {1234}), "ALLOW");
  EXPECT_EQ(answer(what, "kill", {1}), "ERRNO(ENOSYS)");
  EXPECT_EQ(answer(what, "kill", {0xffffffffu}), "ERRNO(ENOSYS)");
  EXPECT_EQ(answer(what, "tgkill", {static_cast<uint64_t>(getpid())}), "ALLOW");
  EXPECT_EQ(answer(what, "tgkill", {1}), "ERRNO(ENOSYS)");
}
#endif

// The kernel's word, in a child: its exit status is the number of the first check that fails.
int in_child(const std::function<int()>& check) {
  const pid_t child = fork();
  if (child == 0) _exit(check());
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

TEST(Confine, TheKernelHoldsIt) {
  unsetenv("CTRACE_CONFINE");
  if (!confinement_wanted()) GTEST_SKIP() << "sanitizers need more calls";
  EXPECT_EQ(in_child([] {
              if (!confine({kCalls})) return 1;
              if (prctl(PR_GET_SECCOMP) != -1 || errno != ENOSYS) return 2;
              if (socket(AF_INET, SOCK_STREAM, 0) >= 0 || errno != ENOSYS) return 3;
              if (fork() >= 0 || errno != ENOSYS) return 4;
              if (open("/dev/null", O_WRONLY) >= 0 || errno != ENOSYS) return 5;
              if (open("/dev/null", O_RDONLY) < 0) return 6;
              if (effective_capabilities() || permitted_capabilities()) return 7;
              return 0;
            }),
            0);
}

TEST(Confine, AbortStillAborts) {
  if (!confinement_wanted()) GTEST_SKIP() << "sanitizers need more calls";
  EXPECT_EQ(in_child([] {
              if (!confine({kCalls})) return 1;
              abort();
            }),
            128 + SIGABRT);
}

TEST(Confine, CanBeLeftOut) {
  setenv("CTRACE_CONFINE", "off", 1);
  EXPECT_FALSE(confinement_wanted());
  EXPECT_TRUE(confine({kCalls}));
  EXPECT_EQ(prctl(PR_GET_SECCOMP), 0);
  setenv("CTRACE_CONFINE", "of", 1);
  auto confined = confine({kCalls});
  unsetenv("CTRACE_CONFINE");
  ASSERT_FALSE(confined);
  EXPECT_EQ(confined.error().message, "CTRACE_CONFINE is 'off' or 'log'");
}

}  // namespace
}  // namespace ctrace
