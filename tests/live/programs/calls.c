// Always the same calls with numbers as arguments, from start to end: static and without a libc's
// choices, so that a second run makes just what the first made.
#include <fcntl.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

static long call(long number, long a, long b, long c, long d) {
  long result;
  register long r10 __asm__("r10") = d;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10)
                   : "rcx", "r11", "memory");
  return result;
}

static void sockets(void) {
  static const int families[] = {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK, 44};
  for (size_t i = 0; i < sizeof families / sizeof families[0]; i++)
    call(SYS_close, call(SYS_socket, families[i], SOCK_DGRAM, 0, 0), 0, 0, 0);
}

static void options(void) {
  for (long option = 1; option < 8; option++) call(SYS_prctl, option, 0, 0, 0);
  for (long signal = 0; signal < 3; signal++) call(SYS_kill, 1 << 30, signal, 0, 0);
  for (long whence = 0; whence < 4; whence++) call(SYS_lseek, 77, 10 * whence, whence, 0);
  for (long command = 1; command < 5; command++) call(SYS_fcntl, 1, command, 0, 0);
  call(SYS_ioctl, 77, 0x5401, 0, 0);
  call(SYS_ioctl, 77, 0x80045430, 0, 0);
  call(SYS_personality, 0xffffffff, 0, 0, 0);
  call(SYS_umask, 022, 0, 0, 0);
  call(SYS_dup2, 1, 5, 0, 0);
}

static void memory(void) {
  call(SYS_mprotect, 0, 0, PROT_READ, 0);
  call(SYS_mprotect, 0, 0, PROT_READ | PROT_EXEC, 0);
  call(SYS_madvise, 0, 0, 4, 0);
  call(SYS_getuid, 0, 0, 0, 0);
  call(SYS_getpid, 0, 0, 0, 0);
  call(SYS_sched_yield, 0, 0, 0, 0);
  call(SYS_openat, AT_FDCWD, (long)"/no/such/file", O_RDWR, 0);
  call(SYS_unshare, 0, 0, 0, 0);
  call(SYS_setns, 77, 0x20000, 0, 0);
}

void _start(void) {
  sockets();
  options();
  memory();
  call(SYS_exit_group, 0, 0, 0, 0);
}
