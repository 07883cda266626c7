// Calls that do not end as they began: a read that a signal with SA_RESTART interrupts, a sleep that a
// stop interrupts, a tracer that changes one call's number and skips another.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// Until a process is in the state that /proc tells: 'S' sleeps in a call, 'T' is stopped.
static void wait_for_state(pid_t pid, char wanted) {
  char path[32], text[256], state = 0;
  snprintf(path, sizeof path, "/proc/%d/stat", pid);
  while (state != wanted) {
    poll(NULL, 0, 10);
    int fd = open(path, O_RDONLY);
    ssize_t size = pread(fd, text, sizeof text - 1, 0);
    close(fd);
    if (size <= 0) exit(1);
    text[size] = 0;
    state = strrchr(text, ')')[2];
  }
}
static void on_signal(int number) { (void)number; }

static void reads(void) {
  struct sigaction restart = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
  int ends[2];
  char byte;
  sigaction(SIGUSR1, &restart, NULL);
  if (pipe(ends)) exit(1);
  pid_t writer = fork();
  if (writer == 0) {
    wait_for_state(getppid(), 'S');
    kill(getppid(), SIGUSR1);
    poll(NULL, 0, 300);  // it reads again, or reads then: as good
    if (write(ends[1], "x", 1) != 1) _exit(1);
    _exit(0);
  }
  exit(read(ends[0], &byte, 1) == 1 ? 0 : 1);
}

static void sleeps(void) {
  struct timespec some = {.tv_sec = 3};  // long enough to be stopped and go on in
  exit(nanosleep(&some, NULL) == 0 ? 0 : 1);
}

static void traced(void) {
  ptrace(PTRACE_TRACEME, 0, NULL, NULL);
  raise(SIGSTOP);
  long changed = syscall(SYS_getuid);      // becomes getppid
  long skipped = syscall(SYS_getpgid, 77);  // is skipped: -ENOSYS
  exit(changed == getppid() && skipped == -1 && errno == ENOSYS ? 0 : 1);
}

// Follows the child's calls; at their beginning orig_rax is what will be called.
static void trace(pid_t pid) {
  int status, inside = 0;
  waitpid(pid, &status, 0);
  ptrace(PTRACE_SETOPTIONS, pid, NULL, PTRACE_O_TRACESYSGOOD);
  while (ptrace(PTRACE_SYSCALL, pid, NULL, NULL) == 0 && waitpid(pid, &status, 0) == pid) {
    struct user_regs_struct regs;
    if (!WIFSTOPPED(status) || WSTOPSIG(status) != (SIGTRAP | 0x80)) continue;
    inside = !inside;
    if (!inside) continue;
    ptrace(PTRACE_GETREGS, pid, NULL, &regs);
    if (regs.orig_rax == SYS_getuid) regs.orig_rax = SYS_getppid;
    if (regs.orig_rax == SYS_getpgid) regs.orig_rax = -1;
    ptrace(PTRACE_SETREGS, pid, NULL, &regs);
  }
  exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
}

int main(int argc, char **argv) {
  int status, failed = 0;
  (void)argc;
  (void)argv;
  if (fork() == 0) reads();
  wait(&status);
  failed |= status;
  pid_t sleeper = fork();
  if (sleeper == 0) sleeps();
  wait_for_state(sleeper, 'S');
  kill(sleeper, SIGSTOP);
  wait_for_state(sleeper, 'T');
  kill(sleeper, SIGCONT);
  waitpid(sleeper, &status, 0);
  failed |= status;
  pid_t tracer = fork();
  if (tracer == 0) {
    pid_t child = fork();
    if (child == 0) traced();
    trace(child);
  }
  waitpid(tracer, &status, 0);
  failed |= status;
  return failed ? 1 : 0;
}
