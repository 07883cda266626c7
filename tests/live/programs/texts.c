/*
 * Strings in all kinds of memory, each handed to rmdir(), or to unlinkat() where there is none; what
 * stands there, or "?" where nothing can be read, is printed a line a call. "texts race" has other
 * threads change the memory meanwhile.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/membarrier.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { PAGE = 4096, HUGE_PAGE = 2 << 20 };
#ifndef SYS_memfd_secret
#define SYS_memfd_secret 447
#endif

static long hand_over(const char *path)
{
#ifdef SYS_rmdir
	return syscall(SYS_rmdir, path);
#else
	return syscall(SYS_unlinkat, AT_FDCWD, path, AT_REMOVEDIR);
#endif
}

static void use(const char *path, const char *expected)
{
	hand_over(path);
	puts(expected);
}

/* Where the processor decides whether it may be read. */
static void use_if_readable(const char *path, const char *expected)
{
	puts(hand_over(path) && errno == EFAULT ? "?" : expected);
}

static char *pages(size_t size, int flags)
{
	char *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);

	return at == MAP_FAILED ? NULL : at;
}

/* A string of its own for each place: nobody confuses two. */
static void fill(char *at, size_t length, unsigned seed)
{
	for (size_t i = 0; i < length; i++)
		at[i] = 'a' + (i * 7 + length + seed) % 26;
	at[length] = 0;
}

static void use_at(char *at, size_t length, unsigned seed)
{
	fill(at, length, seed);
	use(at, at);
}

static void everywhere_in(char *memory, size_t size, unsigned seed)
{
	for (size_t length = 0; length <= 20; length++)
		use_at(memory + 8 + length % 9, length, seed);
	use_at(memory + size / 2, 127, seed);
	use_at(memory + size - 25, 24, seed);
}

static void mapped_file(const char *name, int fd, int flags, unsigned seed)
{
	char *at;

	if (fd < 0 || ftruncate(fd, PAGE))
		return;
	at = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, flags, fd, 0);
	if (at == MAP_FAILED)
		return;
	fprintf(stderr, "%s\n", name);
	everywhere_in(at, PAGE, seed);
}

static void all_places(void)
{
	static char lengths[PAGE + 8];
	char *two = pages(2 * PAGE, 0), *one = pages(2 * PAGE, 0), *large = pages(2 * HUGE_PAGE, 0);
	char *untouched = pages(PAGE, 0), *refused = pages(PAGE, 0);
	char *locked = pages(PAGE, 0), *tables;
	char many[4096];

	for (size_t length = 0; length <= 150; length++)
		use_at(lengths + length % 16, length, 1);
	use_at(lengths, 4000, 2);

	/* Over the end of a page, and up to it where there is no other. */
	munmap(one + PAGE, PAGE);
	for (size_t k = 1; k <= 150; k++) {
		use_at(two + PAGE - k, 100, 3);
		use_at(one + PAGE - k, k - 1, 4);
	}
	memset(one + PAGE - 64, 'x', 64);
	use(one + PAGE - 64, "?");
	use(one + PAGE, "?");

	/* Pages of 2 MiB. */
	large = (char *)(((unsigned long)large + HUGE_PAGE - 1) & -(unsigned long)HUGE_PAGE);
	madvise(large, HUGE_PAGE, MADV_HUGEPAGE);
	everywhere_in(large, HUGE_PAGE, 5);
	for (size_t at = PAGE - 64; at < HUGE_PAGE; at += 37 * PAGE)
		use_at(large + at, 60, 6);
	large = pages(HUGE_PAGE, MAP_HUGETLB);
	if (large) {
		fputs("hugetlb\n", stderr);
		everywhere_in(large, HUGE_PAGE, 7);
	}

	/* The page of zeroes; one that may not be read, and may again; what was forked. */
	use(untouched + 100, "");
	use_at(refused, 30, 8);
	mprotect(refused, PAGE, PROT_NONE);
	use(refused, "?");
	mprotect(refused, PAGE, PROT_READ);
	use(refused, refused);
	fill(many, 50, 14);
	strcpy(locked, many);
	mprotect(locked, PAGE, PROT_EXEC);
	use_if_readable(locked, many);
	mapped_file("private file", memfd_create("text", 0), MAP_PRIVATE, 9);
	mapped_file("shared file", memfd_create("text", 0), MAP_SHARED, 10);
	/* Memory that the kernel itself does not map. */
	mapped_file("secret", syscall(SYS_memfd_secret, 0), MAP_SHARED, 11);

	/* Page tables of their own. */
	for (unsigned long at = 0x100000000000; at < 0x7f0000000000; at += 0x123456789000) {
		tables = mmap((void *)at, PAGE, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
		if (tables != MAP_FAILED)
			use_at(tables + 1, 99, 12);
	}

	/* No addresses of a process. */
	use((void *)0xffffffffff600000, "?");
	use((void *)0xffffffff81000000, "?");
	use((void *)0xffff888000001000, "?");
	use((void *)0x800000000000, "?");
	use((void *)0x1234567890123456, "?");
	use((void *)8, "?");
	fill(many, 40, 13);
	use(many, many);
}

static atomic_int done;
static char *shared;

/* Takes the page away and puts another in its place, again and again. */
static void *replace(void *unused)
{
	while (!done) {
		char *fresh = pages(PAGE, 0);

		memset(fresh, 'A', 64);
		mremap(fresh, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, shared);
		munmap(shared, PAGE);
	}
	return unused;
}

/* What is freed there is somebody else's at once. */
static void *reuse(void *unused)
{
	while (!done) {
		char *other = pages(16 * PAGE, 0);

		memset(other, 'Z', 16 * PAGE);
		munmap(other, 16 * PAGE);
	}
	return unused;
}

/* Interrupts whoever runs, wherever. */
static void *interrupt(void *unused)
{
	syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0);
	while (!done)
		syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
	return unused;
}

static void race(void)
{
	pthread_t threads[3];

	shared = (char *)0x200000000000;
	pthread_create(&threads[0], NULL, replace, NULL);
	pthread_create(&threads[1], NULL, reuse, NULL);
	pthread_create(&threads[2], NULL, interrupt, NULL);
	for (int i = 0; i < 100000; i++)
		hand_over(shared);
	done = 1;
	pthread_join(threads[0], NULL);
	pthread_join(threads[1], NULL);
	pthread_join(threads[2], NULL);
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "race"))
		race();
	else
		all_places();
	return 0;
}
