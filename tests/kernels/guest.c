/*
 * What the guest does: as a runtime, makes containers by hand (a cgroup in every hierarchy that is
 * mounted, new namespaces, an execve), and as a container makes calls whose numbers are known.
 *
 *   guest container CGROUP WORK...   a container in CGROUP ("/docker/ID") that does WORK
 *   guest late CGROUP SECONDS WORK.. the same; but its task is busy in the cgroup for SECONDS first
 *   guest plain CGROUP WORK...       no container: a cgroup, and mounts of its own, but the host's pids
 *   guest enter CGROUP WORK...       WORK in the container that runs in CGROUP
 *   guest churn COUNT                that many short containers, /docker/000…0 to COUNT - 1
 *   guest limit CGROUP BYTES         makes CGROUP with that much memory
 *   guest WORK...                    without a container
 *
 * WORK: calls | loop COUNT | once | wait FILE | eat | status N
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LOOPS = 2000, MAX_ROOTS = 16, PATH_SIZE = 256, LONG_PATH = 3000 };

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void put(const char *file, const char *text)
{
	int fd = open(file, O_WRONLY);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		die(file);
	close(fd);
}

/* ---- work ---- */

static void *thread(void *unused)
{
	for (int i = 0; i < LOOPS; i++)
		syscall(SYS_getppid);
	return unused;
}

static void *exec_thread(void *unused)
{
	execl("/proc/self/exe", "guest", "status", "9", NULL);
	return unused;
}

static void on_signal(int number)
{
	(void)number;
}

/* getsid fails with EACCES from here on. */
static void deny_getsid(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getsid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EACCES),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {sizeof(code) / sizeof(*code), code};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
		die("seccomp");
	syscall(SYS_getsid, 0);
	_exit(0);
}

static pid_t wait_for(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) < 0)
		die("waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void processes(void)
{
	pthread_t other;
	pid_t pid = fork();

	if (!pid) {
		pause();
		_exit(0);
	}
	kill(pid, SIGKILL);
	wait_for(pid);
	pid = fork();
	if (!pid) {
		*(volatile int *)8 = 1;
		_exit(0);
	}
	wait_for(pid);
	pid = fork();
	if (!pid)
		deny_getsid();
	wait_for(pid);
	pid = fork();
	if (!pid) {
		pthread_create(&other, NULL, exec_thread, NULL);
		pthread_join(other, NULL);
		_exit(1);
	}
	wait_for(pid);
	pid = vfork();
	if (!pid)
		_exit(7);
	wait_for(pid);
}

/* getpid by the 32-bit table, where it has the same number, 20. */
static int other_getpid(void)
{
	int result;

#ifdef __x86_64__
	__asm__ volatile("int $0x80" : "=a"(result) : "a"(20) : "memory", "r8", "r9", "r10", "r11");
#else
	/* Only a program of its own can do it (arm32.S). */
	pid_t pid = fork();

	if (!pid) {
		execl("/payload/arm32", "arm32", NULL);
		_exit(1);
	}
	result = wait_for(pid);
#endif
	return result;
}

static int calls(void)
{
	struct sockaddr_un local = {.sun_family = AF_UNIX, .sun_path = "/tmp/guest.sock"};
	struct sockaddr_in6 far = {.sin6_family = AF_INET6, .sin6_port = htons(4321),
				   .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	static char path[LONG_PATH + 1], parameters[120];
	pthread_t threads[3];
	int fd;

	for (int i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, thread, NULL);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	fd = open("/etc/guest-file", O_RDWR | O_CREAT, 0640);
	close(fd);
	/* These have other values on arm64. */
	close(open("/etc", O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
	open("/nonexistent/path", O_RDONLY);
	memset(path, 'x', LONG_PATH);
	open(path, O_RDONLY);
	open("/nonexistent/\x1b[31m\xff", O_RDONLY);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	connect(fd, (struct sockaddr *)&local, sizeof(local));
	fd = socket(AF_INET6, SOCK_STREAM, 0);
	connect(fd, (struct sockaddr *)&far, sizeof(far));
	other_getpid();
	syscall(999, 1, 2, 3);
	syscall(SYS_io_uring_setup, 2, parameters);
	execl("/nonexistent/program", "program", "one", "two words", NULL);
	signal(SIGUSR1, on_signal);
	raise(SIGUSR1);
	processes();
	return 5;
}

/* A few calls made once, each behind a flood of others on the only CPU that they run on. */
static int once(void)
{
	cpu_set_t here;

	CPU_ZERO(&here);
	CPU_SET(sched_getcpu(), &here);
	sched_setaffinity(0, sizeof(here), &here);
	for (int i = 0; i < 20000; i++)
		syscall(SYS_getuid);
	sync();
	for (int i = 0; i < 20000; i++)
		syscall(SYS_getuid);
	syscall(SYS_getsid, 0);
	return 0;
}

/* Until the kernel ends it for want of memory. */
static _Noreturn void eat(void)
{
	for (;;) {
		char *page = malloc(1 << 20);

		if (page)
			memset(page, 1, 1 << 20);
	}
}

static int work(int argc, char **argv)
{
	if (argc == 1 && !strcmp(argv[0], "calls"))
		return calls();
	if (argc == 1 && !strcmp(argv[0], "once"))
		return once();
	if (argc == 1 && !strcmp(argv[0], "eat"))
		eat();
	if (argc == 2 && !strcmp(argv[0], "status"))
		return atoi(argv[1]);
	if (argc == 2 && !strcmp(argv[0], "loop")) {
		for (int i = atoi(argv[1]); i > 0; i--)
			syscall(SYS_getppid);
		return 0;
	}
	if (argc == 2 && !strcmp(argv[0], "wait")) {
		while (access(argv[1], F_OK))
			usleep(50000);
		return 0;
	}
	return 2;
}

/* ---- containers ---- */

static char roots[MAX_ROOTS][PATH_SIZE];
static int root_count;

/* Where cgroups can be made: cgroup2, or each v1 hierarchy (a new cpuset takes no task as it is). */
static void find_roots(void)
{
	DIR *dir = opendir("/sys/fs/cgroup");
	struct dirent *entry;

	if (!access("/sys/fs/cgroup/cgroup.procs", F_OK)) {
		strcpy(roots[root_count++], "/sys/fs/cgroup");
		return;
	}
	while (dir && (entry = readdir(dir)) && root_count < MAX_ROOTS) {
		if (entry->d_name[0] != '.' && strcmp(entry->d_name, "cpuset"))
			snprintf(roots[root_count++], PATH_SIZE, "/sys/fs/cgroup/%.200s", entry->d_name);
	}
}

static const char *below(int root, const char *cgroup, const char *file)
{
	static char path[3 * PATH_SIZE];

	snprintf(path, sizeof(path), "%s%s%s", roots[root], cgroup, file);
	return path;
}

static void make_cgroup(const char *cgroup)
{
	for (int i = 0; i < root_count; i++) {
		char *path = strdup(below(i, cgroup, ""));

		for (char *at = path + strlen(roots[i]) + 1; (at = strchr(at, '/')); *at++ = '/') {
			*at = 0;
			mkdir(path, 0755);
		}
		if (mkdir(path, 0755) && errno != EEXIST)
			die(path);
		free(path);
	}
}

static void join_cgroup(const char *cgroup)
{
	for (int i = 0; i < root_count; i++)
		put(below(i, cgroup, "/cgroup.procs"), "0");
}

/* A cgroup is empty a moment after its last task was waited for. */
static void remove_cgroup(const char *cgroup)
{
	for (int i = 0; i < root_count; i++) {
		for (int try = 0; try < 100 && rmdir(below(i, cgroup, "")) && errno == EBUSY; try++)
			usleep(10000);
	}
}

static void exec_work(int argc, char **argv)
{
	char *args[8] = {"guest"};

	for (int i = 0; i < argc && i < 6; i++)
		args[i + 1] = argv[i];
	execv("/proc/self/exe", args);
	die("execv");
}

static int container(const char *cgroup, int seconds, int argc, char **argv)
{
	int status;
	pid_t pid;

	make_cgroup(cgroup);
	pid = fork();
	if (!pid) {
		join_cgroup(cgroup);
		for (time_t end = time(NULL) + seconds; seconds && time(NULL) < end;) {
			syscall(SYS_getppid);
			usleep(20000);
		}
		if (unshare(CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWUTS))
			die("unshare");
		pid = fork();
		if (!pid) {
			sethostname("inside", 6);
			exec_work(argc, argv);
		}
		_exit(wait_for(pid));
	}
	status = wait_for(pid);
	remove_cgroup(cgroup);
	return status;
}

static int plain(const char *cgroup, int argc, char **argv)
{
	int status;
	pid_t pid;

	make_cgroup(cgroup);
	pid = fork();
	if (!pid) {
		join_cgroup(cgroup);
		if (unshare(CLONE_NEWNS | CLONE_NEWUTS))
			die("unshare");
		exec_work(argc, argv);
	}
	status = wait_for(pid);
	remove_cgroup(cgroup);
	return status;
}

static int enter(const char *cgroup, int argc, char **argv)
{
	static const char *const kinds[] = {"uts", "pid", "mnt"};
	FILE *procs = fopen(below(0, cgroup, "/cgroup.procs"), "r");
	int inside = 0, pid, fd[3];
	char path[64];

	/* The runtime's half waits in there too; the newest is the container's own. */
	while (procs && fscanf(procs, "%d", &pid) == 1)
		inside = pid > inside ? pid : inside;
	for (int i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "/proc/%d/ns/%s", inside, kinds[i]);
		fd[i] = open(path, O_RDONLY);
	}
	join_cgroup(cgroup);
	for (int i = 0; i < 3; i++) {
		if (setns(fd[i], 0))
			die("setns");
	}
	pid = fork();
	if (!pid)
		exec_work(argc, argv);
	return wait_for(pid);
}

static int churn(int count)
{
	char cgroup[PATH_SIZE], *argv[] = {"status", "0"};

	for (int i = 0; i < count; i++) {
		snprintf(cgroup, sizeof(cgroup), "/docker/%064x", i);
		if (container(cgroup, 0, 2, argv))
			return 1;
	}
	return 0;
}

/* 77: there is no memory controller. */
static int limit(const char *cgroup, const char *bytes)
{
	static const char *const files[] = {"/memory.max", "/memory.limit_in_bytes"};

	make_cgroup(cgroup);
	for (int i = 0; i < root_count; i++) {
		for (int k = 0; k < 2; k++) {
			if (access(below(i, cgroup, files[k]), F_OK))
				continue;
			put(below(i, cgroup, files[k]), bytes);
			return 0;
		}
	}
	remove_cgroup(cgroup);
	return 77;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	find_roots();
	if (argc > 3 && !strcmp(what, "container"))
		return container(argv[2], 0, argc - 3, argv + 3);
	if (argc > 4 && !strcmp(what, "late"))
		return container(argv[2], atoi(argv[3]), argc - 4, argv + 4);
	if (argc > 3 && !strcmp(what, "plain"))
		return plain(argv[2], argc - 3, argv + 3);
	if (argc > 3 && !strcmp(what, "enter"))
		return enter(argv[2], argc - 3, argv + 3);
	if (argc == 3 && !strcmp(what, "churn"))
		return churn(atoi(argv[2]));
	if (argc == 4 && !strcmp(what, "limit"))
		return limit(argv[2], argv[3]);
	return work(argc - 1, argv + 1);
}
