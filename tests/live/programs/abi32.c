// A 32-bit program without a libc (gcc -m32 -nostdlib -static): a few calls of i386's table, with a
// path, a negative 64-bit offset in two registers and an exit status of its own.
static long call(long number, long a, long b, long c, long d, long e) {
  long result;
  __asm__ volatile("int $0x80"
                   : "=a"(result)
                   : "a"(number), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e)
                   : "memory");
  return result;
}

void _start(void) {
  call(20, 0, 0, 0, 0, 0);                                 // getpid
  call(5, (long)"/no/such/i386", 0, 0, 0, 0);              // open
  call(295, -100, (long)"/etc/i386", 02000000, 0, 0);      // openat(AT_FDCWD, ..., O_CLOEXEC)
  call(33, (long)"/bin/abi32", 4, 0, 0, 0);                // access(R_OK)
  call(15, (long)"/no/such/mode", 0600, 0, 0, 0);          // chmod
  call(37, 1, -1, 0, 0, 0);                                // kill(1, -1): EINVAL
  call(252, 7, 0, 0, 0, 0);                                // exit_group
  for (;;) {
  }
}
