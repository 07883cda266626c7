// churn FOLDER COUNT: makes that many containers one after the other, as fast as it can: a cgroup with an
// engine's name, in it a process with mounts and a pid namespace of its own, which makes two more, becomes
// another program, looks for /churn/N and exits with N mod 200. N is in the cgroup's name too.
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int be_program(const char *number) {
  char path[64];
  snprintf(path, sizeof path, "/churn/%s", number);
  access(path, F_OK);
  return atoi(number) % 200;
}

static void be_container(int number) {
  char text[16];
  char *argv[] = {"one", text, NULL};
  for (int i = 0; i < 2; i++) {
    pid_t pid = fork();
    if (pid == 0) _exit(0);
    waitpid(pid, NULL, 0);
  }
  snprintf(text, sizeof text, "%d", number);
  execv("/proc/self/exe", argv);
  _exit(255);
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void make_container(const char *folder, int number) {
  char path[4096];
  snprintf(path, sizeof path, "%s/docker-%064x.scope", folder, number);
  if (mkdir(path, 0755) != 0) fail("mkdir");
  int cgroup = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (cgroup < 0) fail("open");
  struct clone_args args = {.flags = CLONE_INTO_CGROUP | CLONE_NEWNS | CLONE_NEWPID,
                            .exit_signal = SIGCHLD,
                            .cgroup = (uint64_t)cgroup};
  long pid = syscall(SYS_clone3, &args, sizeof args);
  if (pid < 0) fail("clone3");
  if (pid == 0) be_container(number);
  int status;
  waitpid((pid_t)pid, &status, 0);
  close(cgroup);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != number % 200) fail("the container");
  // The last task leaves its cgroup a moment after its parent hears of its end.
  for (int i = 0; rmdir(path) != 0; i++) {
    if (i == 1000) fail("rmdir");
    usleep(1000);
  }
}

int main(int argc, char **argv) {
  if (argc == 2) return be_program(argv[1]);
  if (argc != 3) return 2;
  for (int number = 1; number <= atoi(argv[2]); number++) make_container(argv[1], number);
  return 0;
}
