// Signals: handlers, masks, sending and waiting.
#include "conform.h"

struct kernel_sigaction {
  void (*handler)(int);
  unsigned long flags;
  void (*restorer)(void);
  uint64_t mask;
};

static void handler(int number) { (void)number; }

static void actions(void) {
  struct kernel_sigaction action = {(void (*)(int))1, 0x10000000 /* SA_RESTART */, NULL, 5}, old;
  stack_t stack = {.ss_flags = SS_DISABLE}, previous;
  uint64_t mask = 1 << (SIGUSR2 - 1) | 1 << (SIGCHLD - 1), was;
  CALL(rt_sigaction, SIGUSR1, &action, &old, 8);
  CALL(rt_sigaction, SIGKILL, &action, NULL, 8);
  CALL(rt_sigaction, 40, NULL, &old, 8);
  CALL(rt_sigaction, SIGUSR1, NOWHERE, NULL, 8);
  CALL(rt_sigaction, SIGUSR1, NULL, NULL, 4);
  CALL(rt_sigprocmask, SIG_BLOCK, &mask, &was, 8);
  CALL(rt_sigprocmask, SIG_SETMASK, NULL, &was, 8);
  CALL(rt_sigprocmask, 9, &mask, NULL, 8);
  CALL(sigaltstack, &stack, &previous);
  CALL(sigaltstack, NOWHERE, NULL);
  CALL(kill, CALL(getpid), SIGUSR2);
  CALL(rt_sigpending, &was, 8);
  CALL(rt_sigpending, &was, 99);
}

static void sending(void) {
  siginfo_t info = {.si_signo = SIGUSR2, .si_code = -1};
  long pid = CALL(getpid), tid = CALL(gettid);
  CALL(kill, pid, 0);
  CALL(kill, 99999, SIGTERM);
  CALL(kill, pid, 99);
  CALL(tkill, tid, SIGUSR1);
  CALL(tkill, -1, SIGKILL);
  CALL(tgkill, pid, tid, SIGUSR1);
  CALL(tgkill, pid, 99999, SIGRTMIN + 2);
  CALL(rt_sigqueueinfo, pid, SIGUSR2, &info);
  CALL(rt_sigqueueinfo, 99999, SIGUSR2, NOWHERE);
  CALL(rt_tgsigqueueinfo, pid, tid, SIGUSR2, &info);
  CALL(rt_tgsigqueueinfo, pid, 99999, SIGHUP, NOWHERE);
}

static void waiting(void) {
  uint64_t usr2 = 1 << (SIGUSR2 - 1), none = 0;
  struct timespec short_time = {0, 1000};
  siginfo_t info;
  struct sigaction handled = {.sa_handler = handler};
  CALL(rt_sigtimedwait, &usr2, &info, &short_time, 8);
  CALL(rt_sigtimedwait, &usr2, NULL, &short_time, 8);
  CALL(rt_sigtimedwait, &usr2, NULL, NOWHERE, 8);
  sigaction(SIGALRM, &handled, NULL);
  struct itimerval soon = {{0, 0}, {0, 2000}};
  CALL(setitimer, ITIMER_REAL, &soon, NULL);
  CALL(pause);
  CALL(setitimer, ITIMER_REAL, &soon, NULL);
  CALL(rt_sigsuspend, &none, 8);
  CALL(rt_sigsuspend, &none, 3);
}

void signals(void) {
  actions();
  sending();
  waiting();
}
