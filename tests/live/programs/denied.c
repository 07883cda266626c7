/*
 * Makes calls under seccomp filters of its own, and says on stdout what became of each as a program
 * sees it, a line each: NAME CALL VERDICT RESULT ARG0. VERDICT is what the filter that it wrote says,
 * or "-" for a call that a filter let through and that failed for another reason, or did not fail.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define RETURN(value) BPF_STMT(BPF_RET | BPF_K, value)
#define IS(value, yes, no) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, yes, no)

static void die(const char *what)
{
	perror(what);
	exit(99);
}

static int load(struct sock_filter *code, unsigned short length, unsigned int flags)
{
	struct sock_fprog program = {length, code};
	int got;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		die("no_new_privs");
	got = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
	if (got < 0)
		die("seccomp");
	return got;
}

/* Answers `action` to one call. */
static int answer(int number, uint32_t action, unsigned int flags)
{
	struct sock_filter code[] = {LOAD(nr), IS(number, 0, 1), RETURN(action),
				     RETURN(SECCOMP_RET_ALLOW)};

	return load(code, sizeof(code) / sizeof(*code), flags);
}

static void said(const char *call, const char *verdict, long result, long arg)
{
	char name[16], line[128];
	int length;

	prctl(PR_GET_NAME, name);
	length = snprintf(line, sizeof(line), "%s %s %s %ld %ld\n", name, call, verdict, result, arg);
	if (write(1, line, length) != length)
		_exit(98);
}

static long result_of(long got) { return got < 0 ? -errno : got; }

/* Not dup3() itself: no wrapper may look at the arguments before. */
static void try_dup3(int from, const char *verdict)
{
	said("dup3", verdict, result_of(syscall(SYS_dup3, from, 202, 0x80000)), from);
}

static void test_errno(void)
{
	answer(SYS_dup3, SECCOMP_RET_ERRNO | EACCES, 0);
	try_dup3(101, "ERRNO");
	try_dup3(102, "ERRNO");
	answer(SYS_dup2, SECCOMP_RET_ERRNO | ENOSYS, 0);
	said("dup2", "ERRNO", result_of(syscall(SYS_dup2, 103, 104)), 103);
	answer(SYS_dup, SECCOMP_RET_ERRNO | 0, 0);	/* a success that never was */
	said("dup", "ERRNO", result_of(syscall(SYS_dup, 105)), 105);
}

/* Failures that no filter made. */
static void test_genuine(void)
{
	answer(SYS_dup3, SECCOMP_RET_ERRNO | EBADF, 0);
	said("close", "-", result_of(close(999)), 999);
	if (setuid(65534))
		die("setuid");
	said("umount2", "-", result_of(umount2("/", 0)), 0);
	try_dup3(106, "ERRNO");
}

static void on_sigsys(int number) { (void)number; }

static void test_trap(void)
{
	signal(SIGSYS, on_sigsys);
	answer(SYS_dup3, SECCOMP_RET_TRAP, 0);
	syscall(SYS_dup3, 107, 202, 0x80000);
	said("dup3", "TRAP", SYS_dup3, 107);
}

static void test_trapdie(void)
{
	said("dup3", "TRAP", SYS_dup3, 108);
	answer(SYS_dup3, SECCOMP_RET_TRAP, 0);
	syscall(SYS_dup3, 108, 202, 0x80000);
}

static void *refused_thread(void *action)
{
	answer(SYS_dup3, (uint32_t)(uintptr_t)action, 0);
	syscall(SYS_dup3, 109, 202, 0x80000);
	return NULL;
}

static void test_thread(void)	/* the thread dies, its process lives on */
{
	pthread_t thread;

	said("dup3", "KILL_THREAD", SYS_dup3, 109);
	pthread_create(&thread, NULL, refused_thread, (void *)(uintptr_t)SECCOMP_RET_KILL_THREAD);
	pthread_join(thread, NULL);	/* the kernel tells of its end, however it ends */
}

static void test_single(void)	/* the only thread */
{
	said("dup3", "KILL_THREAD", SYS_dup3, 109);
	refused_thread((void *)(uintptr_t)SECCOMP_RET_KILL_THREAD);
}

static void test_process(void)
{
	pthread_t thread;

	said("dup3", "KILL_PROCESS", SYS_dup3, 109);
	pthread_create(&thread, NULL, refused_thread, (void *)(uintptr_t)SECCOMP_RET_KILL_PROCESS);
	pthread_join(thread, NULL);
}

static void test_log(void)
{
	answer(SYS_dup3, SECCOMP_RET_LOG, 0);
	try_dup3(110, "-");
}

static void test_trace(void)
{
	answer(SYS_dup3, SECCOMP_RET_TRACE, 0);	/* nobody traces */
	try_dup3(111, "TRACE");
}

static void *supervise(void *listener)
{
	int fd = (int)(intptr_t)listener;

	for (int i = 0; i < 3; i++) {
		struct seccomp_notif call = {};
		struct seccomp_notif_resp reply = {};

		if (ioctl(fd, SECCOMP_IOCTL_NOTIF_RECV, &call))
			die("NOTIF_RECV");
		reply.id = call.id;
		reply.error = i == 0 ? -EBUSY : 0;
		reply.val = i == 1 ? 7 : 0;
		reply.flags = i == 2 ? SECCOMP_USER_NOTIF_FLAG_CONTINUE : 0;
		if (ioctl(fd, SECCOMP_IOCTL_NOTIF_SEND, &reply))
			die("NOTIF_SEND");
	}
	return NULL;
}

static void test_notify(void)
{
	int listener = answer(SYS_dup3, SECCOMP_RET_USER_NOTIF, SECCOMP_FILTER_FLAG_NEW_LISTENER);
	pthread_t thread;

	pthread_create(&thread, NULL, supervise, (void *)(intptr_t)listener);
	try_dup3(112, "NOTIFY");
	try_dup3(113, "NOTIFY");
	try_dup3(114, "NOTIFY");
	pthread_join(thread, NULL);
}

/* The stricter action wins, and of two equal ones the newer filter's. */
static void test_stack(void)
{
	answer(SYS_dup3, SECCOMP_RET_ERRNO | 5, 0);
	try_dup3(115, "ERRNO");
	answer(SYS_dup3, SECCOMP_RET_ERRNO | 7, 0);
	try_dup3(116, "ERRNO");
	answer(SYS_dup3, SECCOMP_RET_LOG, 0);
	try_dup3(117, "ERRNO");
	signal(SIGSYS, on_sigsys);
	answer(SYS_dup3, SECCOMP_RET_TRAP, 0);
	syscall(SYS_dup3, 118, 202, 0x80000);
	said("dup3", "TRAP", SYS_dup3, 118);
}

static void test_args(void)
{
	struct sock_filter code[] = {LOAD(nr), IS(SYS_dup3, 0, 5), LOAD(args[0]),
				     IS(119, 0, 1), RETURN(SECCOMP_RET_ERRNO | EPERM),
				     IS(120, 0, 1), RETURN(SECCOMP_RET_ERRNO | EBADF),
				     RETURN(SECCOMP_RET_ALLOW)};

	load(code, sizeof(code) / sizeof(*code), 0);
	try_dup3(119, "ERRNO");
	try_dup3(120, "ERRNO");
	try_dup3(121, "-");	/* EBADF too, of the call itself */
}

/* By a register that is no argument of the call, and by where it was made. */
static void test_pointer(void)
{
	struct sock_filter code[] = {LOAD(nr), IS(SYS_dup3, 0, 4), LOAD(args[5]),
				     IS(55, 0, 2), LOAD(instruction_pointer),
				     IS(0, 0, 1), RETURN(SECCOMP_RET_ALLOW),
				     RETURN(SECCOMP_RET_ERRNO | EXDEV)};

	code[1].jf = 5 - 1;	/* other calls are let through */
	code[3].jf = 3 - 1;
	load(code, sizeof(code) / sizeof(*code), 0);
	said("dup3", "ERRNO", result_of(syscall(SYS_dup3, 122, 202, 0, 0, 0, 55)), 122);
	said("dup3", "-", result_of(syscall(SYS_dup3, 123, 202, 0, 0, 0, 56)), 123);
}

static pthread_barrier_t barrier;
static void *other_thread(void *unused)
{
	said("close", "-", result_of(close(998)), 998);
	pthread_barrier_wait(&barrier);
	pthread_barrier_wait(&barrier);
	try_dup3(124, "ERRNO");
	return unused;
}

static void test_tsync(void)
{
	pthread_t thread;

	pthread_barrier_init(&barrier, NULL, 2);
	pthread_create(&thread, NULL, other_thread, NULL);
	pthread_barrier_wait(&barrier);
	answer(SYS_dup3, SECCOMP_RET_ERRNO | EMFILE, SECCOMP_FILTER_FLAG_TSYNC);
	pthread_barrier_wait(&barrier);
	pthread_join(thread, NULL);
}

/* Filters come and go: the kernel gives the memory of the one before to the next. */
static void test_reuse(void)
{
	for (int i = 1; i <= 60; i++) {
		pid_t child = fork();

		if (child == 0) {
			answer(SYS_dup3, SECCOMP_RET_ERRNO | i, 0);
			try_dup3(i, "ERRNO");
			_exit(0);
		}
		waitpid(child, NULL, 0);
	}
}

static void test_long(void)	/* as long as they may be */
{
	static struct sock_filter code[BPF_MAXINSNS];

	for (int i = 0; i < BPF_MAXINSNS; i++)
		code[i] = (struct sock_filter)RETURN(SECCOMP_RET_ALLOW);
	code[0] = (struct sock_filter)LOAD(nr);
	for (int i = 1; i < BPF_MAXINSNS - 2; i++)
		code[i] = (struct sock_filter)IS(100000 + i, 0, 0);
	code[BPF_MAXINSNS - 3] = (struct sock_filter)IS(SYS_dup3, 0, 1);
	code[BPF_MAXINSNS - 2] = (struct sock_filter)RETURN(SECCOMP_RET_ERRNO | ENOANO);
	load(code, BPF_MAXINSNS, 0);
	try_dup3(125, "ERRNO");
}

/* Through the 32-bit table, under a filter that tells it from the other. */
static void test_i386(void)
{
	struct sock_filter code[] = {LOAD(arch), IS(AUDIT_ARCH_I386, 0, 3), LOAD(nr),
				     IS(330, 0, 1), RETURN(SECCOMP_RET_ERRNO | ENOTTY),
				     RETURN(SECCOMP_RET_ALLOW)};
	long got;

	load(code, sizeof(code) / sizeof(*code), 0);
	asm volatile("int $0x80" : "=a"(got) : "a"(330), "b"(126), "c"(202), "d"(0) : "memory");
	said("dup3", "ERRNO", (int)got, 126);
	try_dup3(127, "-");
}

static void test_exit(void)	/* even an exit can be refused, and then it returns */
{
	answer(SYS_exit_group, SECCOMP_RET_ERRNO | EPERM, 0);
	said("exit_group", "ERRNO", result_of(syscall(SYS_exit_group, 3)), 3);
	syscall(SYS_exit, 0);
}

/* After a fork and an execve the filters are still there. */
static void test_exec(char *self)
{
	answer(SYS_dup3, SECCOMP_RET_ERRNO | ENXIO, 0);
	execl(self, "d-heir", "heir", (char *)NULL);
	die("execl");
}

static void test_prctl(void)	/* the older way to load one */
{
	struct sock_filter code[] = {LOAD(nr), IS(SYS_dup3, 0, 1), RETURN(SECCOMP_RET_ERRNO | EDOM),
				     RETURN(SECCOMP_RET_ALLOW)};
	struct sock_fprog program = {sizeof(code) / sizeof(*code), code};

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
		die("prctl");
	try_dup3(128, "ERRNO");
}

static const struct {
	const char *name;
	void (*run)(void);
} tests[] = {
	{"d-errno", test_errno}, {"d-genuine", test_genuine}, {"d-trap", test_trap},
	{"d-trapdie", test_trapdie}, {"d-thread", test_thread}, {"d-single", test_single},
	{"d-process", test_process}, {"d-log", test_log}, {"d-trace", test_trace},
	{"d-notify", test_notify}, {"d-stack", test_stack}, {"d-args", test_args},
	{"d-pointer", test_pointer}, {"d-tsync", test_tsync}, {"d-reuse", test_reuse},
	{"d-long", test_long}, {"d-exit", test_exit}, {"d-prctl", test_prctl},
	{"d-i386", test_i386}, {"d-exec", NULL},
};

int main(int argc, char **argv)
{
	if (argc > 1) {
		prctl(PR_SET_NAME, argv[0]);
		try_dup3(129, "ERRNO");
		return 0;
	}
	for (size_t i = 0; i < sizeof(tests) / sizeof(*tests); i++) {
		pid_t child = fork();
		int status;

		if (child == 0) {
			prctl(PR_SET_NAME, tests[i].name);
			if (tests[i].run)
				tests[i].run();
			else
				test_exec("/proc/self/exe");
			exit(0);
		}
		waitpid(child, &status, 0);
		if (WIFEXITED(status) && WEXITSTATUS(status) >= 98)
			return 1;
	}
	return 0;
}
