// Threads that sleep in calls with arguments to be known again. On SIGUSR1 the main thread, which
// waits too, writes to the pipe that the first one reads from, and waits again.
//
//   waits             all of it
//   waits then-die    no threads: a read that nothing ever comes for
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

enum { READ_FD = 100, WRITE_FD = 101, NEVER_FD = 102, NEVER_WRITE_FD = 103 };

static char buffer[777];

static void *reader(void *arg) {
  (void)arg;
  for (int i = 0; i < 2; i++)
    if (syscall(SYS_read, READ_FD, buffer, sizeof buffer - i) != 1) break;
  return NULL;
}
static void *poller(void *arg) {
  (void)arg;
  poll(NULL, 0, 123456);
  return NULL;
}
static void wake(int number) {
  (void)number;
  if (write(WRITE_FD, "x", 1) != 1) _exit(9);
}

int main(int argc, char **argv) {
  pthread_t threads[2];
  int ends[2];
  (void)argv;
  if (pipe(ends) || dup2(ends[0], READ_FD) < 0 || dup2(ends[1], WRITE_FD) < 0) return 1;
  if (pipe(ends) || dup2(ends[0], NEVER_FD) < 0 || dup2(ends[1], NEVER_WRITE_FD) < 0) return 1;
  signal(SIGUSR1, wake);
  if (argc == 1) {
    sigset_t usr1;
    sigemptyset(&usr1);
    sigaddset(&usr1, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &usr1, NULL);
    pthread_create(&threads[0], NULL, reader, NULL);
    pthread_create(&threads[1], NULL, poller, NULL);
    pthread_sigmask(SIG_UNBLOCK, &usr1, NULL);
  }
  usleep(100000);
  puts("ready");
  fflush(stdout);
  for (;;)
    if (syscall(SYS_read, NEVER_FD, buffer, 55) >= 0) return 2;
}
