// Threads that open files, wait for each other and end in different ways: some return, one calls
// the exit system call, and one is in a sleep when the process ends.
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { THREADS = 6, ROUNDS = 50 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t barrier;

static void *work(void *arg) {
  long number = (long)arg;
  char path[64];
  snprintf(path, sizeof path, "/tmp/thread-%ld", number);
  pthread_barrier_wait(&barrier);
  for (int i = 0; i < ROUNDS; i++) {
    int fd = open(path, O_CREAT | O_RDWR, 0600);
    if (write(fd, path, sizeof path) < 0) abort();
    close(fd);
    pthread_mutex_lock(&lock);
    access("/no/such/path", R_OK);
    pthread_mutex_unlock(&lock);
  }
  unlink(path);
  if (number == 1) syscall(SYS_exit, 7);
  return NULL;
}

static void *sleeper(void *arg) {
  (void)arg;
  sleep(1000);
  return NULL;
}

int main(void) {
  pthread_t threads[THREADS], last;
  pthread_barrier_init(&barrier, NULL, THREADS);
  for (long i = 0; i < THREADS; i++) pthread_create(&threads[i], NULL, work, (void *)i);
  for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
  pthread_create(&last, NULL, sleeper, NULL);
  usleep(20000);
  return 0;
}
