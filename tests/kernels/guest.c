/*
 * What the guest does: as a runtime, makes a container by hand (a cgroup with an engine's name, new
 * namespaces, an execve), and as the container makes calls whose numbers are known.
 *
 *   guest calls          the calls alone
 *   guest container      the same in a container
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LOOPS = 2000 };

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void *thread(void *unused)
{
	for (int i = 0; i < LOOPS; i++)
		syscall(SYS_getppid);
	return unused;
}

static int calls(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "/tmp/guest.sock"};
	pthread_t threads[3];
	int fd, status;
	pid_t pid;

	for (int i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, thread, NULL);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	fd = open("/etc/guest-file", O_RDWR | O_CREAT, 0640);
	close(fd);
	open("/nonexistent/path", O_RDONLY);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	connect(fd, (struct sockaddr *)&address, sizeof(address));
	/* i386's getpid from a 64-bit program */
	__asm__ volatile("int $0x80" : "=a"(status) : "a"(20) : "memory", "r8", "r9", "r10", "r11");
	syscall(999, 1, 2, 3);
	execl("/nonexistent/program", "program", "one", "two words", NULL);
	pid = fork();
	if (!pid) {
		pause();
		_exit(0);
	}
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	pid = vfork();
	if (!pid)
		_exit(7);
	waitpid(pid, &status, 0);
	return 5;
}

static void put(const char *file, const char *text)
{
	int fd = open(file, O_WRONLY);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		die(file);
	close(fd);
}

static int container(void)
{
	char cgroup[160] = "/sys/fs/cgroup/docker", procs[200];
	int status;
	pid_t pid;

	mkdir(cgroup, 0755);
	strcat(cgroup, "/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
	if (mkdir(cgroup, 0755))
		die(cgroup);
	snprintf(procs, sizeof(procs), "%s/cgroup.procs", cgroup);
	pid = fork();
	if (!pid) {
		put(procs, "0");
		if (unshare(CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWUTS))
			die("unshare");
		pid = fork();
		if (!pid) {
			sethostname("inside", 6);
			execl("/proc/self/exe", "guest", "calls", NULL);
			die("execl");
		}
		waitpid(pid, &status, 0);
		_exit(WEXITSTATUS(status));
	}
	waitpid(pid, &status, 0);
	/* The cgroup is empty a moment after its last task was waited for. */
	for (int i = 0; i < 100 && rmdir(cgroup) && errno == EBUSY; i++)
		usleep(10000);
	return WEXITSTATUS(status);
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "calls"))
		return calls();
	if (argc == 2 && !strcmp(argv[1], "container"))
		return container();
	return 2;
}
