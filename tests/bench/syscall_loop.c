/* Calls one system call in batches; prints the cost of a call in ns of CPU time: "median min". */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 2500, MAX_BATCHES = 4096 };

static int zero_fd, null_fd;

static void call_getppid(void)
{
	syscall(SYS_getppid);
}

static void call_open_close(void)
{
	/* 25 characters */
	int fd = open("/proc/sys/kernel/hostname", O_RDONLY);

	if (fd >= 0)
		close(fd);
}

static void call_read1(void)
{
	char byte;

	if (read(zero_fd, &byte, 1) != 1)
		abort();
}

static void call_write1(void)
{
	if (write(null_fd, "x", 1) != 1)
		abort();
}

/* 25 characters, of which the kernel finds the first missing. */
#define MISSING "/ctrace-bench-no/such/fil"

static void call_path25(void)
{
	syscall(SYS_truncate, MISSING, 0L);
}

/* The same with a descriptor beside it. */
static void call_path25_at(void)
{
	syscall(SYS_faccessat, AT_FDCWD, MISSING, R_OK);
}

static const struct {
	const char *name;
	void (*call)(void);
} calls[] = {{"getppid", call_getppid}, {"open_close", call_open_close}, {"read1", call_read1},
	     {"write1", call_write1}, {"path25", call_path25},
	     {"path25_at", call_path25_at}};

static double cpu_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return now.tv_sec * 1e9 + now.tv_nsec;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	static double cost[MAX_BATCHES];
	int batches = argc > 2 ? atoi(argv[2]) : 200;

	if (argc < 2 || batches < 1 || batches > MAX_BATCHES)
		return 2;
	zero_fd = open("/dev/zero", O_RDONLY);
	null_fd = open("/dev/null", O_WRONLY);
	for (size_t c = 0; c < sizeof(calls) / sizeof(*calls); c++) {
		if (strcmp(calls[c].name, argv[1]))
			continue;
		for (int i = 0; i < batches; i++) {
			double start = cpu_ns();

			for (int k = 0; k < BATCH; k++)
				calls[c].call();
			cost[i] = (cpu_ns() - start) / BATCH;
		}
		qsort(cost, batches, sizeof(*cost), compare);
		printf("%.1f %.1f\n", cost[batches / 2], cost[0]);
		return 0;
	}
	return 2;
}
