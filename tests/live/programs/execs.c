// Every way to execute a program that the recorder must tell apart; each stage becomes the next one:
//   (none)  a thread that is not the leader fails to execve, then executes stage "at"
//   at      execveat below a directory's descriptor, with AT_SYMLINK_NOFOLLOW
//   empty   execveat of a descriptor of the program itself (AT_EMPTY_PATH)
//   vfork   a vfork whose child executes /bin/true, and one whose child ends by _exit(3)
// Prints what the test must find, a line each: NAME DIRFD PATH FLAGS.
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static char *environment[] = {"MARK=1", NULL};

static void say(const char *name, int dirfd, const char *path, int flags) {
  printf("%s %d %s %d\n", name, dirfd, path, flags);
  fflush(stdout);
}

static void *executing_thread(void *arg) {
  char *argv[] = {"execs", "at", NULL};
  (void)arg;
  execve("/no/such/program", argv, environment);
  execve("/bin/execs", argv, environment);
  _exit(1);
}

int main(int argc, char **argv) {
  const char *stage = argc > 1 ? argv[1] : "";
  if (strcmp(stage, "") == 0) {
    pthread_t thread;
    pthread_create(&thread, NULL, executing_thread, NULL);
    pthread_join(thread, NULL);
  } else if (strcmp(stage, "at") == 0) {
    char *next[] = {"execs", "empty", NULL};
    int dir = open("/bin", O_PATH | O_DIRECTORY);
    say("below", dir, "execs", AT_SYMLINK_NOFOLLOW);
    syscall(SYS_execveat, dir, "execs", next, environment, AT_SYMLINK_NOFOLLOW);
  } else if (strcmp(stage, "empty") == 0) {
    char *next[] = {"execs", "vfork", NULL};
    int self = open("/bin/execs", O_PATH);
    say("itself", self, "-", AT_EMPTY_PATH);
    syscall(SYS_execveat, self, "", next, environment, AT_EMPTY_PATH);
  } else {
    char *next[] = {"true", NULL};
    pid_t pid = vfork();
    if (pid == 0) {
      execve("/bin/true", next, environment);
      _exit(1);
    }
    waitpid(pid, NULL, 0);
    pid = vfork();
    if (pid == 0) _exit(3);
    waitpid(pid, NULL, 0);
    return 0;
  }
  return 1;
}
