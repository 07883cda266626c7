// Calls of three tables from one 64-bit program, each printed with what it returned, in the words of
// the test: "ABI NUMBER RESULT". Then it becomes the 32-bit program.
#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define X32_BIT 0x40000000

static char *low;  // below 4 GiB, for pointers of i386

static long call_i386(long number, long a, long b, long c) {
  long result;
  __asm__ volatile("int $0x80"
                   : "=a"(result)
                   : "a"(number), "b"(a), "c"(b), "d"(c)
                   : "memory", "r8", "r9", "r10", "r11");
  printf("i386 %ld %ld\n", number, result);
  return result;
}

static void call_x32(long number, const void *a, long b, long c) {
  long result = syscall(X32_BIT | number, a, b, c);
  printf("x32 %ld %ld\n", number, result < 0 ? (long)-errno : result);
}

int main(void) {
  char *argv[] = {"abi32", NULL}, *envp[] = {NULL};
  low = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
  if (low == MAP_FAILED) return 1;
  sprintf(low, "/no/such/low");
  call_i386(20, 0, 0, 0);                     // getpid
  call_i386(5, (long)low, 0, 0);              // open
  call_i386(6, -1, 0, 0);                     // close
  call_x32(SYS_getpid, NULL, 0, 0);
  call_x32(SYS_mkdir, "/tmp/x32", 0700, 0);
  call_x32(520, "/no/such/x32", 0, 0);        // execve: a number of x32's own
  call_x32(545, (void *)77L, (long)"x32-at", 0);  // execveat
  fflush(stdout);
  execve("/bin/abi32", argv, envp);
  return 2;
}
