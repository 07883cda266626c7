// Tries what no ordinary container needs, a line each: "mount: ERRNO", "ptrace: ERRNO" (0: it
// worked). Under a profile that kills, the first attempt ends the program. The argument chooses one.
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/ptrace.h>

int main(int argc, char **argv) {
  if (argc > 1 && strcmp(argv[1], "mount") == 0)
    return mount("none", "/tmp", "tmpfs", 0, NULL) == 0 ? 0 : errno;
  if (argc > 1 && strcmp(argv[1], "ptrace") == 0)
    return ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0 ? 0 : errno;
  return 100;
}
