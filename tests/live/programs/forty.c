// Forty threads at once: each makes the same calls again and again, with arguments and results that are
// its own alone (lseek of its own descriptor to places that only it goes to), while they all change the
// path that they share. A thread's calls are so many that none may be missing.
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { THREADS = 40, ROUNDS = 250 };

static char shared_path[] = "/no/such/path-A";
static pthread_barrier_t barrier;

static void *work(void *arg) {
  long number = (long)arg;
  int fd = (int)syscall(SYS_memfd_create, "own", 0);
  pthread_barrier_wait(&barrier);
  for (long i = 0; i < ROUNDS; i++) {
    if (lseek(fd, number * 1000000 + i, SEEK_SET) != number * 1000000 + i) _exit(1);
    shared_path[sizeof shared_path - 2] = (char)('A' + number % 26);
    access(shared_path, R_OK);
  }
  return NULL;
}

int main(void) {
  pthread_t threads[THREADS];
  pthread_barrier_init(&barrier, NULL, THREADS);
  for (long i = 0; i < THREADS; i++) pthread_create(&threads[i], NULL, work, (void *)i);
  for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
  return 0;
}
