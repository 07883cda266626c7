// conform: makes nearly every system call of x86_64, with arguments right and wrong, in the
// container that it is run in, and does no harm: what would is called so that it must fail.
// Each family is a process; what it leaves behind ends with the container.
#include "conform.h"

static const struct {
  const char *name;
  void (*run)(void);
} kFamilies[] = {
    {"files", files},           {"attributes", attributes}, {"descriptors", descriptors},
    {"events", events},         {"memory", memory},         {"processes", processes},
    {"scheduling", scheduling}, {"identities", identities}, {"signals", signals},
    {"ipc", ipc},               {"sockets", sockets},       {"clocks", clocks},
    {"mounts", mounts},         {"machine", machine},       {"newer", newer},
    {"structures", structures},
};

int main(void) {
  int failed = 0, status;
  for (unsigned i = 0; i < sizeof kFamilies / sizeof kFamilies[0]; i++) {
    char folder[64];
    snprintf(folder, sizeof folder, "/tmp/%s", kFamilies[i].name);
    pid_t child = fork();
    if (child == 0) {
      alarm(60);
      if (mkdir(folder, 0755) || chdir(folder)) _exit(1);
      kFamilies[i].run();
      _exit(0);
    }
    if (child < 0 || waitpid(child, &status, 0) != child) return 2;
    if (status != 0) {
      fprintf(stderr, "family %s ended with %#x\n", kFamilies[i].name, status);
      failed = 1;
    }
  }
  return failed;
}
