// Processes: making, running, waiting for and looking into them.
#include <linux/kcmp.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/times.h>

#include "conform.h"

static void making(void) {
  struct clone_args args = {.flags = CLONE_CHILD_CLEARTID | CLONE_FS, .exit_signal = SIGCHLD};
  struct rusage usage;
  siginfo_t info;
  int status;
  long child = CALL(fork);
  if (child == 0) CALL(exit, 3);
  CALL(wait4, child, &status, 0, &usage);
  child = CALL(clone, SIGCHLD | CLONE_PARENT_SETTID | CLONE_CHILD_SETTID, NULL, &status, &status, 0);
  if (child == 0) CALL(exit_group, 4);
  CALL(waitid, P_PID, child, &info, WEXITED | WNOWAIT, &usage);
  CALL(waitid, P_ALL, 0, &info, WEXITED, NULL);
  CALL(waitid, 9, 1, NOWHERE, WSTOPPED, NULL);
  child = CALL(clone3, &args, sizeof args);
  if (child == 0) CALL(exit_group, 256 + 5);
  CALL(wait4, -1, &status, __WALL, NULL);
  CALL(wait4, -1, NULL, WNOHANG | WUNTRACED, NULL);
  CALL(wait4, 99999, NOWHERE, 0x100, NULL);
  CALL(clone, CLONE_NEWUSER | CLONE_FS, NULL, NULL, NULL, 0);
  CALL(clone, CLONE_THREAD, NULL, NULL, NULL, 0);
  args.flags = CLONE_THREAD;
  CALL(clone3, &args, sizeof args);
  CALL(clone3, &args, 7);
  CALL(clone3, NOWHERE, sizeof args);
  child = vfork();
  if (child == 0) _exit(6);
  CALL(wait4, child, &status, 0, NULL);
}

static void running(void) {
  char *argv[] = {"true", "with \"odd\" \n words", "", "\xff", NULL}, *env[] = {"A=b", NULL};
  CALL(execve, NO_FILE, argv, env);
  CALL(execve, NOWHERE, argv, NULL);
  CALL(execve, "/bin/true", NOWHERE, env);
  CALL(execve, "/bin/true", argv, NOWHERE);
  CALL(execveat, AT_FDCWD, NO_FILE, argv, env, AT_SYMLINK_NOFOLLOW);
  CALL(execveat, 77, "", argv, env, AT_EMPTY_PATH);
  IN_CHILD(CALL(execve, "/bin/true", argv, env));
  IN_CHILD(CALL(execveat, AT_FDCWD, "/bin/true", argv, env, 0));
  CALL(uselib, NO_FILE);
  IN_CHILD(CALL(uretprobe));
  IN_CHILD(CALL(uprobe));
}

static void looking(void) {
  char here[16] = "0123456789abcde", there[16];
  struct iovec local = {there, 16}, remote = {here, 16};
  long pid = CALL(getpid), fd;
  CALL(process_vm_readv, pid, &local, 1, &remote, 1, 0);
  CALL(process_vm_readv, 99999, &local, 1, &remote, 1, 0);
  CALL(process_vm_writev, pid, &local, 1, &remote, 1, 0);
  CALL(process_vm_writev, pid, NOWHERE, 1, NULL, 0, 7);
  CALL(kcmp, pid, pid, KCMP_FILE, 0, 1);
  CALL(kcmp, pid, 99999, 99, 3, 4);
  fd = CALL(pidfd_open, pid, 0);
  CALL(pidfd_open, 99999, O_NONBLOCK);
  CALL(pidfd_getfd, fd, 1, 0);
  CALL(pidfd_getfd, 77, 78, 1);
  CALL(pidfd_send_signal, fd, 0, NULL, 0);
  CALL(pidfd_send_signal, 77, SIGUSR2, NOWHERE, 9);
  CALL(ptrace, PTRACE_PEEKTEXT, 99999, 1, 2);
  CALL(ptrace, PTRACE_ATTACH, 99999, 0, 0);
  CALL(ptrace, PTRACE_SEIZE, 99999, 0, PTRACE_O_TRACESYSGOOD);
  CALL(ptrace, 0x9999, pid, 0, 0);
}

static void settings(void) {
  struct rlimit limit = {0, RLIM_INFINITY}, old;
  struct rusage usage;
  struct tms tms;
  char name[16];
  CALL(prctl, PR_SET_NAME, "conform\xff\n");
  CALL(prctl, PR_GET_NAME, name);
  CALL(prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  CALL(prctl, PR_SET_PDEATHSIG, SIGTERM);
  CALL(prctl, PR_CAPBSET_READ, 21);
  CALL(prctl, PR_GET_DUMPABLE);
  CALL(prctl, 9999, 1, 2, 3, 4);
  CALL(personality, 0xffffffff);
  CALL(personality, ADDR_NO_RANDOMIZE | PER_LINUX);
  CALL(getrlimit, RLIMIT_NOFILE, &old);
  CALL(getrlimit, 99, &old);
  CALL(setrlimit, RLIMIT_CORE, &limit);
  CALL(setrlimit, RLIMIT_CORE, NOWHERE);
  CALL(prlimit64, 0, RLIMIT_STACK, NULL, &old);
  CALL(prlimit64, 99999, RLIMIT_AS, &limit, NULL);
  CALL(getrusage, RUSAGE_SELF, &usage);
  CALL(getrusage, RUSAGE_CHILDREN, &usage);
  CALL(getrusage, 9, &usage);
  CALL(times, &tms);
  CALL(times, NULL);
  CALL(set_tid_address, name);
  CALL(seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &(unsigned){SECCOMP_RET_LOG});
  CALL(seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC | SECCOMP_FILTER_FLAG_LOG, NULL);
  CALL(seccomp, 9, 0x80, NOWHERE);
}

static void namespaces(void) {
  long fd = CALL(open, "/proc/self/ns/net", O_RDONLY);
  CALL(unshare, CLONE_FILES | CLONE_FS);
  CALL(unshare, 0x40000001);
  CALL(setns, fd, CLONE_NEWNS);
  CALL(setns, 77, CLONE_NEWNET);
  CALL(setns, 77, 0);
  CALL(landlock_create_ruleset, NULL, 0, 1);
  CALL(landlock_create_ruleset, NOWHERE, 8, 0);
  CALL(landlock_add_rule, 77, 1, NULL, 0);
  CALL(landlock_restrict_self, 77, 0);
}

void processes(void) {
  making();
  running();
  looking();
  namespaces();
  settings();
}
