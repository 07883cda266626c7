// Children that are killed: busy with calls, asleep, by a signal of their own; and signals that
// interrupt calls (one that is restarted, one that fails with EINTR).
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void on_signal(int number) { (void)number; }

static void pass_time(void) {
  struct timespec some = {.tv_nsec = 30000000};
  nanosleep(&some, NULL);
}

// What the child has done so far: its parent waits for that, however slow the machine is.
static volatile int *done;

static void busy(void) {
  for (;;) {
    close(open("/etc/passwd", O_RDONLY));
    ++*done;
  }
}
static void asleep(void) {
  for (;;) pause();
}
static void ends_itself(void) {
  raise(SIGTERM);
}
static void interrupted(void) {
  struct timespec until = {.tv_nsec = 200000000};
  struct sigaction restart = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
  struct sigaction once = {.sa_handler = on_signal};
  int ends[2];
  char byte;
  sigaction(SIGUSR1, &restart, NULL);
  sigaction(SIGUSR2, &once, NULL);
  *done = 1;
  if (pipe(ends) != 0) exit(1);
  if (nanosleep(&until, NULL) != 0 && errno != EINTR) exit(1);
  if (read(ends[0], &byte, 1) < 0) exit(5);
  exit(0);
}

static void with(void (*child)(void), int much, const int *signals) {
  int status;
  *done = 0;
  pid_t pid = fork();
  if (pid == 0) {
    child();
    _exit(0);
  }
  while (*done < much) pass_time();
  for (; *signals != 0; signals++) {
    pass_time();
    kill(pid, *signals);
  }
  waitpid(pid, &status, 0);
}

int main(void) {
  done = mmap(NULL, sizeof *done, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (done == MAP_FAILED) return 1;
  with(busy, 100, (int[]){SIGKILL, 0});
  with(asleep, 0, (int[]){SIGKILL, 0});
  with(asleep, 0, (int[]){SIGSTOP, SIGCONT, SIGTERM, 0});
  with(ends_itself, 0, (int[]){0});
  with(interrupted, 1, (int[]){SIGUSR1, SIGSTOP, SIGCONT, SIGUSR1, SIGUSR2, SIGKILL, 0});
  return 0;
}
