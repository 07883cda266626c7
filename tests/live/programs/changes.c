// Changes what the kernel lets it, and prints what a tracer should tell of it: memory between writable
// and executable, rights, namespaces, signals. One line a change, in order:
//   mem_prot_alert MESSAGE PREVIOUS
//   commit_creds OLD-EUID NEW-EUID NEW-CAPABILITIES
//   switch_task_ns NAME NUMBER
//   signal_deliver NUMBER CODE PID UID
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHECK(what)                                  \
  do {                                               \
    if (!(what)) exit((perror(#what), 1));           \
  } while (0)
enum { SIZE = 8192, READ_WRITE = PROT_READ | PROT_WRITE, RUN = PROT_READ | PROT_EXEC };

static void memory(void) {
  char *code = mmap(NULL, SIZE, READ_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK(code != MAP_FAILED);
  CHECK(!mprotect(code, SIZE, RUN));
  puts("mem_prot_alert Protection changed to Executable! PROT_READ|PROT_WRITE");
  CHECK(!mprotect(code, SIZE, RUN));
  CHECK(!mprotect(code, SIZE, READ_WRITE | PROT_EXEC));
  puts("mem_prot_alert Protection changed from E to W+E! PROT_READ|PROT_EXEC");
  CHECK(!syscall(SYS_pkey_mprotect, code, SIZE, RUN, -1));
  puts("mem_prot_alert Protection changed from W+E to E! PROT_READ|PROT_WRITE|PROT_EXEC");
  CHECK(mmap(NULL, SIZE, READ_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED);
  puts("mem_prot_alert Mmaped region with W+E permissions! PROT_NONE");
  int id = shmget(IPC_PRIVATE, SIZE, IPC_CREAT | 0700);
  CHECK(id >= 0 && shmat(id, NULL, SHM_EXEC) != (void *)-1 && !shmctl(id, IPC_RMID, NULL));
  puts("mem_prot_alert Mmaped region with W+E permissions! PROT_NONE");
}

static void print_namespace(const char *name) {
  char path[64], link[64] = "";
  snprintf(path, sizeof path, "/proc/thread-self/ns/%s", name);
  CHECK(readlink(path, link, sizeof link - 1) > 0);
  const char *kind = strcmp(name, "pid_for_children") ? name : "pid";
  printf("switch_task_ns %s %s\n", kind, strtok(strchr(link, '[') + 1, "]"));
}

static int in_own_network(void *unused) {
  (void)unused;
  print_namespace("net");
  fflush(stdout);
  return 0;
}

static void namespaces(void) {
  static char stack[65536];
  CHECK(!unshare(CLONE_NEWUTS));
  print_namespace("uts");
  fflush(stdout);
  pid_t child = clone(in_own_network, stack + sizeof stack, CLONE_NEWNET | SIGCHLD, NULL);
  CHECK(child > 0 && waitpid(child, NULL, 0) == child);
}

static void print_rights(unsigned before) {
  char line[128];
  FILE *status = fopen("/proc/thread-self/status", "r");
  CHECK(status);
  while (fgets(line, sizeof line, status)) {
    unsigned long long bits;
    if (sscanf(line, "CapEff: %llx", &bits) == 1)
      printf("commit_creds %u %u %llx\n", before, geteuid(), bits);
  }
  fclose(status);
}

static void rights(void) {
  setfsuid(1000);  // its capabilities for files too
  print_rights(0);
  CHECK(!setresuid(1000, 1000, 1000));
  print_rights(0);
}

static volatile sig_atomic_t got;
static void on_signal(int number, siginfo_t *info, void *context) {
  (void)context;
  char line[128];
  int size = snprintf(line, sizeof line, "signal_deliver %d %d %d %u\n", number, info->si_code,
                      info->si_pid, info->si_uid);
  if (write(1, line, size) != size) _exit(1);
  got = 1;
}

static void signals(void) {
  struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO};
  sigaction(SIGUSR1, &action, NULL);
  sigaction(SIGCHLD, &action, NULL);
  sigaction(SIGSEGV, &action, NULL);
  fflush(stdout);
  raise(SIGUSR1);
  kill(getpid(), SIGUSR1);
  sigset_t all, old;
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, &old);
  pid_t child = fork();
  if (child == 0) {
    union sigval value = {.sival_int = 5};
    sigqueue(getppid(), SIGUSR1, value);
    _exit(3);
  }
  waitpid(child, NULL, 0);
  sigprocmask(SIG_SETMASK, &old, NULL);
}

int main(void) {
  memory();
  namespaces();
  rights();
  signals();
  return got ? 0 : 1;
}
