// Calls made directly, as the kernel takes them: CALL(openat, AT_FDCWD, "/", O_RDONLY) gives what
// the kernel gave, -ENOENT and all. Registers behind the last argument hold 0.
#pragma once

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "numbers.h"

static inline long conform_call(long number, long a, long b, long c, long d, long e, long f) {
  long result;
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  register long r9 __asm__("r9") = f;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
}

#define CONFORM_L(x) ((long)(x))
#define CONFORM_0(n) conform_call(n, 0, 0, 0, 0, 0, 0)
#define CONFORM_1(n, a) conform_call(n, CONFORM_L(a), 0, 0, 0, 0, 0)
#define CONFORM_2(n, a, b) conform_call(n, CONFORM_L(a), CONFORM_L(b), 0, 0, 0, 0)
#define CONFORM_3(n, a, b, c) conform_call(n, CONFORM_L(a), CONFORM_L(b), CONFORM_L(c), 0, 0, 0)
#define CONFORM_4(n, a, b, c, d) \
  conform_call(n, CONFORM_L(a), CONFORM_L(b), CONFORM_L(c), CONFORM_L(d), 0, 0)
#define CONFORM_5(n, a, b, c, d, e) \
  conform_call(n, CONFORM_L(a), CONFORM_L(b), CONFORM_L(c), CONFORM_L(d), CONFORM_L(e), 0)
#define CONFORM_6(n, a, b, c, d, e, f)                                                  \
  conform_call(n, CONFORM_L(a), CONFORM_L(b), CONFORM_L(c), CONFORM_L(d), CONFORM_L(e), \
               CONFORM_L(f))
#define CONFORM_PICK(a, b, c, d, e, f, g, chosen, ...) chosen
#define CALL(name, ...)                                                                  \
  CONFORM_PICK(0 __VA_OPT__(, ) __VA_ARGS__, CONFORM_6, CONFORM_5, CONFORM_4, CONFORM_3, \
               CONFORM_2, CONFORM_1, CONFORM_0)                                          \
  (SYS_##name __VA_OPT__(, ) __VA_ARGS__)

// An address that nobody can read.
#define NOWHERE ((void*)0xdead0000beef)
#define NO_FILE "/no/such/file"

// A child that does BODY and ends; its call of exit_group is told too.
#define IN_CHILD(body)                         \
  do {                                         \
    long conform_child = CALL(fork);           \
    if (conform_child == 0) {                  \
      body;                                    \
      CALL(exit_group, 0);                     \
    }                                          \
    CALL(wait4, conform_child, NULL, 0, NULL); \
  } while (0)

// The families; each runs in a process and, below /tmp, a folder of its own.
void files(void);
void attributes(void);
void descriptors(void);
void events(void);
void memory(void);
void processes(void);
void scheduling(void);
void identities(void);
void signals(void);
void ipc(void);
void sockets(void);
void clocks(void);
void mounts(void);
void machine(void);
void newer(void);
void structures(void);
