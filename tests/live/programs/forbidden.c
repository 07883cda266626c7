// Tries what no ordinary container needs. One argument chooses the attempt; this then ends with its errno
// (0: it worked, or got so far as to be refused for its arguments), or with 100 when nothing was tried.
// Of several each is tried in a child of its own, and how that ended is said: "NAME STATUS" a line, 128 and
// the signal's number when one ended it.
#define _GNU_SOURCE
#include <errno.h>
#include <linux/bpf.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static int try_nothing(void) {
  errno = 100;
  return -1;
}
// On itself: nothing is hidden should this ever run outside of a container.
static int try_mount(void) { return mount("/tmp", "/tmp", NULL, MS_BIND, NULL); }
static int try_ptrace(void) { return ptrace(PTRACE_TRACEME, 0, NULL, NULL); }
static int try_unshare(void) { return unshare(CLONE_NEWUSER); }
static int try_keyctl(void) {
  return syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 1) < 0 ? -1 : 0;
}
static int try_bpf(void) {
  union bpf_attr nothing;
  memset(&nothing, 0, sizeof nothing);
  return syscall(SYS_bpf, BPF_MAP_CREATE, &nothing, sizeof nothing) < 0 && errno != EINVAL ? -1 : 0;
}
static int try_setreuid(void) { return syscall(SYS_setreuid, -1, -1); }
static int try_userfaultfd(void) {
  return syscall(SYS_userfaultfd, -1) < 0 && errno != EINVAL ? -1 : 0;
}
static int try_process_vm_readv(void) {
  char from = 1, to;
  const struct iovec local = {&to, 1}, remote = {&from, 1};
  return process_vm_readv(getpid(), &local, 1, &remote, 1, 0) < 0 ? -1 : 0;
}

static const struct {
  const char *name;
  int (*attempt)(void);
} attempts[] = {
    {"nothing", try_nothing},   {"mount", try_mount},
    {"ptrace", try_ptrace},     {"unshare", try_unshare},
    {"keyctl", try_keyctl},     {"bpf", try_bpf},
    {"setreuid", try_setreuid}, {"userfaultfd", try_userfaultfd},
    {"process_vm_readv", try_process_vm_readv},
};

static int try(const char *name) {
  for (unsigned i = 0; i < sizeof attempts / sizeof attempts[0]; i++)
    if (strcmp(name, attempts[i].name) == 0) return attempts[i].attempt() == 0 ? 0 : errno;
  return 100;
}

static int try_in_child(const char *name) {
  int status;
  const pid_t child = fork();
  if (child == 0) _exit(try(name));
  if (child < 0 || waitpid(child, &status, 0) != child) return -1;
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int main(int argc, char **argv) {
  if (argc == 2) return try(argv[1]);
  for (int i = 1; i < argc; i++) dprintf(1, "%s %d\n", argv[i], try_in_child(argv[i]));
  return argc > 2 ? 0 : 100;
}
