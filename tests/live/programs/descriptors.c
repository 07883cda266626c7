/* Descriptors of every sort: made, copied, passed on, inherited, replaced, closed. Each call counts. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define MUST(call) must(call, #call)
static int must(long result, const char *what)
{
	if (result >= 0)
		return result;
	perror(what);
	exit(1);
}

static int make(const char *path)
{
	return MUST(open(path, O_RDWR | O_CREAT, 0600));
}

static void files(void)
{
	char byte;
	int file = make("plain"), copy, other = make("odd <name>\n\"x\""), dir;

	MUST(write(file, "x", 1));
	MUST(pread(file, &byte, 1, 0));
	copy = MUST(dup(file));
	MUST(dup2(other, copy));
	MUST(dup3(file, 40, O_CLOEXEC));
	MUST(fcntl(file, F_DUPFD, 50));
	MUST(fcntl(file, F_DUPFD_CLOEXEC, 60));
	MUST(fcntl(file, F_GETFL));
	MUST(close(40));
	MUST(close(copy));
	close(copy);	/* EBADF */
	MUST(rename("plain", "renamed"));
	MUST(fsync(file));
	MUST(unlink("renamed"));
	MUST(fsync(file));
	MUST(close(file));
	MUST(mkdir("dir", 0700));
	dir = MUST(open("dir", O_DIRECTORY));
	MUST(close(MUST(openat(dir, "inside", O_WRONLY | O_CREAT, 0600))));
	MUST(fchdir(dir));
	MUST(close(MUST(open("/dev/null", O_RDWR))));
	MUST(faccessat(AT_FDCWD, "inside", R_OK, 0));
	MUST(chdir(".."));
	MUST(close(dir));
	MUST(close(other));
	MUST(syscall(SYS_close_range, 50, 70, 0));
	mmap(0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void kernel_objects(void)
{
	int pipes[2], epoll = MUST(epoll_create1(0)), event = MUST(eventfd(7, 0)), memory;
	struct epoll_event wanted = {.events = EPOLLIN};
	uint64_t number;
	sigset_t signals;

	MUST(pipe(pipes));
	MUST(write(pipes[1], "x", 1));
	MUST(epoll_ctl(epoll, EPOLL_CTL_ADD, event, &wanted));
	MUST(epoll_wait(epoll, &wanted, 1, 0));
	MUST(read(event, &number, sizeof(number)));
	MUST(close(pipes[0]));
	MUST(close(pipes[1]));
	MUST(close(event));
	MUST(close(epoll));
	memory = MUST(memfd_create("notes", 0));
	MUST(ftruncate(memory, 4096));
	MUST(close(memory));
	sigemptyset(&signals);
	MUST(close(MUST(timerfd_create(CLOCK_MONOTONIC, 0))));
	MUST(close(MUST(inotify_init1(0))));
	MUST(close(MUST(open("/proc/self/ns/net", O_RDONLY))));
}

static void internet(int family, const char *address)
{
	int listener = MUST(socket(family, SOCK_STREAM, 0)), client, server;
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} at = {};
	socklen_t size = family == AF_INET ? sizeof(at.v4) : sizeof(at.v6);
	char byte;

	at.any.sa_family = family;
	inet_pton(family, address, family == AF_INET ? (void *)&at.v4.sin_addr : (void *)&at.v6.sin6_addr);
	if (bind(listener, &at.any, size)) {	/* a host without IPv6 */
		close(listener);
		return;
	}
	MUST(listen(listener, 1));
	MUST(getsockname(listener, &at.any, &size));
	client = MUST(socket(family, SOCK_STREAM, 0));
	MUST(connect(client, &at.any, size));
	server = MUST(accept4(listener, 0, 0, SOCK_CLOEXEC));
	MUST(send(client, "x", 1, 0));
	MUST(recv(server, &byte, 1, 0));
	MUST(close(server));
	MUST(close(client));
	MUST(close(listener));
	client = MUST(socket(family, SOCK_DGRAM, 0));
	MUST(connect(client, &at.any, size));
	MUST(send(client, "x", 1, MSG_NOSIGNAL));
	MUST(close(client));
}

static void local_sockets(void)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX, .sun_path = "socket"};
	struct sockaddr_nl netlink = {.nl_family = AF_NETLINK};
	int listener = MUST(socket(AF_UNIX, SOCK_STREAM, 0)), client = MUST(socket(AF_UNIX, SOCK_STREAM, 0));
	int server, pair[2];
	char byte;

	MUST(bind(listener, (void *)&at, sizeof(at.sun_family) + strlen(at.sun_path) + 1));
	MUST(listen(listener, 1));
	MUST(connect(client, (void *)&at, sizeof(at)));
	server = MUST(accept(listener, 0, 0));
	MUST(write(client, "x", 1));
	MUST(read(server, &byte, 1));
	MUST(close(server));
	MUST(close(client));
	MUST(close(listener));
	listener = MUST(socket(AF_UNIX, SOCK_DGRAM, 0));
	memcpy(at.sun_path, "\0hidden", 7);
	MUST(bind(listener, (void *)&at, sizeof(at.sun_family) + 7));
	MUST(close(listener));
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	MUST(write(pair[0], "x", 1));
	MUST(close(pair[0]));
	MUST(close(pair[1]));
	listener = MUST(socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE));
	MUST(bind(listener, (void *)&netlink, sizeof(netlink)));
	MUST(getsockname(listener, (void *)&at, &(socklen_t){sizeof(at)}));
	MUST(close(listener));
}

/* One descriptor more goes over `to`, or comes from `from`. */
static void pass(int to, int fd)
{
	char room[CMSG_SPACE(sizeof(int))] = {}, byte = 'x';
	struct iovec data = {&byte, 1};
	struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = room,
				 .msg_controllen = sizeof(room)};
	struct cmsghdr *head = CMSG_FIRSTHDR(&message);

	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(head), &fd, sizeof(fd));
	MUST(sendmsg(to, &message, 0));
}

static int receive(int from)
{
	char room[CMSG_SPACE(sizeof(int))], byte;
	struct iovec data = {&byte, 1};
	struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = room,
				 .msg_controllen = sizeof(room)};
	int fd;

	MUST(recvmsg(from, &message, 0));
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(fd));
	return fd;
}

static void processes(char *self)
{
	int inherited = make("inherited"), secret = MUST(open("inherited", O_RDONLY | O_CLOEXEC)), pair[2], fd;
	struct stat facts;

	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	if (!MUST(fork())) {
		MUST(close(secret));
		MUST(close(pair[0]));
		fd = receive(pair[1]);
		MUST(fstat(fd, &facts));
		MUST(close(fd));
		MUST(close(pair[1]));
		MUST(dup2(inherited, 9));
		execl(self, self, "executed", (char *)0);
		exit(1);
	}
	fd = make("passed");
	pass(pair[0], fd);
	MUST(close(fd));
	wait(0);
	MUST(close(pair[0]));
	MUST(close(pair[1]));
	MUST(close(secret));
	MUST(close(inherited));
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "executed"))
		return close(9);
	files();
	kernel_objects();
	internet(AF_INET, "127.0.0.1");
	internet(AF_INET6, "::1");
	local_sockets();
	processes("/proc/self/exe");
	return 0;
}
