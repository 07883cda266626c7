/*
 * Calls with structures of known values, for tests/live/structs.test.sh. What stands between the two
 * calls of personality(2) is compared with strace.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/openat2.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char buffer[64];

static void times_and_limits(void)
{
	struct timespec moment = {0, 1000001}, pair[2] = {{0, UTIME_NOW}, {1000000000, 7}};
	struct itimerval timer = {{0, 0}, {100, 5}}, off = {{0, 0}, {0, 0}};
	struct rlimit limit = {1001, 1003};

	syscall(SYS_nanosleep, &moment, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
	setitimer(ITIMER_REAL, &off, NULL);
	syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, &limit, NULL);
	syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, NULL, &limit);
	syscall(SYS_utimensat, AT_FDCWD, "structs.tmp", pair, 0);
}

static void signals(void)
{
	unsigned long set = 1 << (SIGUSR1 - 1) | 1 << (SIGTERM - 1);
	struct {
		void *handler;
		unsigned long flags;
		void *restorer;
		unsigned long mask;
	} action = {SIG_IGN, SA_RESTART | SA_SIGINFO, NULL, 1 << (SIGINT - 1)};

	syscall(SYS_rt_sigprocmask, SIG_BLOCK, &set, NULL, 8);
	syscall(SYS_rt_sigaction, SIGUSR2, &action, NULL, 8);
}

static void processes(void)
{
	struct utsname name;
	int status = 0;
	pid_t child = fork();

	if (child == 0)
		_exit(3);
	syscall(SYS_wait4, child, &status, 0, NULL);
	syscall(SYS_uname, &name);
}

static void files(void)
{
	struct open_how how = {O_RDWR | O_CREAT | O_CLOEXEC, 0600, RESOLVE_NO_MAGICLINKS};
	struct flock lock = {F_WRLCK, SEEK_SET, 10, 20, 0};
	int fd = syscall(SYS_openat2, AT_FDCWD, "structs.tmp", &how, sizeof how);
	struct iovec pieces[2] = {{"abc", 3}, {"defgh", 5}};

	fcntl(fd, F_SETLK, &lock);
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	syscall(SYS_write, fd, "hello\n", 6);
	syscall(SYS_writev, fd, pieces, 2);
	syscall(SYS_pread64, fd, buffer, 5, 0);
	syscall(SYS_fsetxattr, fd, "user.structs", "value", 5, 0);
	/* Not between what is compared: strace shows it otherwise. */
	personality(1);
	struct stat about;

	syscall(SYS_fstat, fd, &about);
	personality(0);
}

static void sockets(void)
{
	struct linger linger = {1, 5};
	struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.u64 = 7};
	int pair[2], on = 1, poller;

	syscall(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, pair);
	setsockopt(pair[0], SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
	setsockopt(pair[0], SOL_SOCKET, SO_PASSCRED, &on, sizeof on);
	on = 0;
	setsockopt(pair[0], SOL_SOCKET, SO_PASSCRED, &on, sizeof on);
	poller = syscall(SYS_epoll_create1, 0);
	epoll_ctl(poller, EPOLL_CTL_ADD, pair[1], &event);
	struct iovec piece = {"message", 7};
	struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1};

	syscall(SYS_sendmsg, pair[0], &message, 0);
	syscall(SYS_epoll_wait, poller, &event, 8, 0);
	struct pollfd fds[2] = {{pair[1], POLLIN, 0}, {pair[0], POLLIN, 0}};

	syscall(SYS_poll, fds, 2, 0);
	piece.iov_base = buffer;
	piece.iov_len = sizeof buffer;
	syscall(SYS_recvmsg, pair[1], &message, 0);
	syscall(SYS_poll, fds, 2, 0);
	syscall(SYS_pipe2, pair, O_CLOEXEC);
	syscall(SYS_readv, pair[0], NULL, 0);
}

int main(void)
{
	personality(0);
	files();
	times_and_limits();
	signals();
	processes();
	sockets();
	personality(1);
	unlink("structs.tmp");
	return 0;
}
