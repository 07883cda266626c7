// Ways to end, each in a child whose wait status is printed: "NAME STATUS SIGNAL CORE".
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void *exits_as_thread(void *arg) {
  syscall(SYS_exit, (long)arg);
  return NULL;
}
static void by_code(void) { _exit(7); }
// Each thread by the exit system call; the process's code is its leader's, whoever is the last.
static void by_threads(void) {
  pthread_t thread;
  pthread_create(&thread, NULL, exits_as_thread, (void *)5);
  syscall(SYS_exit, 6);
}
static void by_signal(void) { raise(SIGTERM); }
static void by_fault(void) {
  struct rlimit all = {RLIM_INFINITY, RLIM_INFINITY};
  setrlimit(RLIMIT_CORE, &all);
  *(volatile int *)8 = 1;
}
static void by_hunger(void) {
  for (size_t i = 0;; i++) {
    char *page = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) _exit(9);
    memset(page, 1, 1 << 20);
  }
}

static void in_child(const char *name, void (*end)(void)) {
  int status;
  pid_t pid = fork();
  if (pid == 0) {
    prctl(PR_SET_NAME, name);
    end();
    _exit(99);
  }
  waitpid(pid, &status, 0);
  printf("%s %d %d %d\n", name, WIFEXITED(status) ? WEXITSTATUS(status) : 0,
         WIFSIGNALED(status) ? WTERMSIG(status) : 0, WIFSIGNALED(status) && WCOREDUMP(status));
  fflush(stdout);
}

int main(void) {
  in_child("by_code", by_code);
  in_child("by_threads", by_threads);
  in_child("by_signal", by_signal);
  in_child("by_fault", by_fault);
  in_child("by_hunger", by_hunger);
  return 0;
}
