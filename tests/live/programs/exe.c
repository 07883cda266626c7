/*
 * Runs itself in every way and says what the kernel has for its program, a line each time, right after
 * a getppid() that marks the place in a recording.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void say(void)
{
	char path[4096];
	ssize_t size;

	syscall(SYS_getppid);
	size = readlink("/proc/self/exe", path, sizeof(path) - 1);
	path[size < 0 ? 0 : size] = 0;
	puts(path);
	fflush(stdout);
}

static void copy_self(int to)
{
	int from = open("/proc/self/exe", O_RDONLY);
	char bytes[65536];
	ssize_t size;

	while ((size = read(from, bytes, sizeof(bytes))) > 0)
		if (write(to, bytes, size) != size)
			exit(2);
	close(from);
}

static void run(const char *path, const char *step)
{
	execl(path, path, step, (char *)0);
	perror(path);
	exit(2);
}

static void run_open(int fd, const char *step)
{
	char name[64], *args[] = {"exe", (char *)step, 0};
	int again;

	/* One that is open for writing is not executed. */
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	again = open(name, O_RDONLY | O_CLOEXEC);
	close(fd);
	fexecve(again, args, environ);
	perror("fexecve");
	exit(2);
}

static void *run_relative(void *unused)
{
	(void)unused;
	if (!chdir("/bin"))
		run("./exe2", "5");
	exit(2);
}

int main(int argc, char **argv)
{
	const char *step = argc == 3 ? "6" : argv[argc - 1];
	pthread_t thread;
	int fd;

	if (!strcmp(step, "wait")) {
		while (access("/tmp/go", F_OK))
			usleep(20000);
		say();
		return 0;
	} else if (argc == 1) {
		say();
		if (!fork()) {
			say();
			_exit(0);
		}
		wait(0);
		if (!symlink("/bin/exe", "/tmp/link"))
			run("/tmp/link", "2");
	} else if (!strcmp(step, "2")) {
		say();
		fd = open("/tmp/gone away", O_RDWR | O_CREAT, 0755);
		copy_self(fd);
		if (unlink("/tmp/gone away"))
			return 2;
		run_open(fd, "3");
	} else if (!strcmp(step, "3")) {
		say();
		fd = memfd_create("mine", MFD_CLOEXEC);
		copy_self(fd);
		run_open(fd, "4");
	} else if (!strcmp(step, "4")) {
		say();
		pthread_create(&thread, 0, run_relative, 0);
		pause();
	} else if (!strcmp(step, "5")) {
		say();
		fd = open("/tmp/script", O_RDWR | O_CREAT, 0755);
		if (dprintf(fd, "#!/bin/exe 6\n") > 0 && !close(fd))
			run("/tmp/script", "6");
	} else {
		say();
		return 0;
	}
	return 2;
}
