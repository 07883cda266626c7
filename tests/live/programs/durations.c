/*
 * Makes calls that take a while and says how long, "NAME LEAST MOST" in ns, by its own clock around
 * them; "NAME ? ?" for calls that a seccomp filter refuses, which nobody begins.
 */
#define _GNU_SOURCE
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000ll + time.tv_nsec;
}

static void tell(const char *name, long long least, long long began)
{
	printf("%s %lld %lld\n", name, least, now() - began);
}

static void wait_for_a_child(void)
{
	long long began;
	pid_t child = fork();

	if (child == 0) {
		poll(0, 0, 15);
		_exit(0);
	}
	began = now();
	syscall(SYS_wait4, child, 0, 0, 0);
	tell("wait4", 0, began);
}

static void be_refused(int number)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 13),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {sizeof(code) / sizeof(*code), code};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
		exit(1);
	syscall(number, -1);
}

/* A thread's execve ends under the leader's tid, while the leader is in the middle of a sleep. */
static void *execute(void *program)
{
	char *args[] = {program, "executed", 0};

	usleep(30000);
	execv(program, args);
	exit(1);
}

int main(int argc, char **argv)
{
	struct timespec time = {0, 20000000};
	pthread_t thread;
	long long began;

	if (argc > 1)
		return 0;
	began = now();
	syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &time, 0);
	tell("clock_nanosleep", time.tv_nsec, began);
	began = now();
	syscall(SYS_ppoll, 0, 0, &(struct timespec){0, 10000000}, 0, 8);
	tell("ppoll", 10000000, began);
	began = now();
	syscall(SYS_getppid);
	tell("getppid", 0, began);
	wait_for_a_child();
	/* The call before it takes long: its beginning must not be taken for this one's. */
	be_refused(SYS_fsync);
	printf("fsync ? ?\nexecve ? ?\n");
	fflush(stdout);
	pthread_create(&thread, 0, execute, argv[0]);
	pause();
	return 1;
}
