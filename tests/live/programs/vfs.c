/*
 * Reads and writes files in every way and says of each call what the kernel says of the file, before it:
 * "EVENT PATH DEV INODE COUNT POS RESULT". All of it in one write, the last event of all.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static char bytes[8192];
static char said[65536];
static int said_bytes;
static struct iovec pieces[3] = {{bytes, 10}, {bytes + 10, 20}, {bytes + 30, 30}};

static void say(const char *event, int fd, long count, long long pos, long result)
{
	char link[64], path[4096];
	struct stat file;
	ssize_t size;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	size = readlink(link, path, sizeof(path) - 1);
	path[size < 0 ? 0 : size] = 0;
	if (fstat(fd, &file) || result < 0)
		exit(2);
	said_bytes += snprintf(said + said_bytes, sizeof(said) - said_bytes,
			       "%s %s %lu %lu %ld %lld %ld\n", event, path, file.st_dev,
			       file.st_ino, count, pos, result);
}

static long long here(int fd)
{
	long long pos = lseek(fd, 0, SEEK_CUR);

	return pos < 0 ? 0 : pos;
}

#define TRY(event, fd, count, pos, call)                        \
	do {                                                    \
		long long at = pos;                             \
								\
		say(event, fd, count, at, call);                \
	} while (0)

static void use(int fd)
{
	TRY("vfs_write", fd, 100, here(fd), write(fd, bytes, 100));
	TRY("vfs_write", fd, 50, here(fd), write(fd, bytes, 50));
	TRY("vfs_writev", fd, 3, here(fd), writev(fd, pieces, 3));
	TRY("vfs_write", fd, 7, 5000, pwrite(fd, bytes, 7, 5000));
	TRY("vfs_writev", fd, 2, 7000, pwritev(fd, pieces, 2, 7000));
	TRY("vfs_writev", fd, 2, here(fd), pwritev2(fd, pieces, 2, -1, 0));
	lseek(fd, 20, SEEK_SET);
	TRY("vfs_read", fd, 30, here(fd), read(fd, bytes, 30));
	TRY("vfs_readv", fd, 3, here(fd), readv(fd, pieces, 3));
	TRY("vfs_read", fd, 8000, 4990, pread(fd, bytes, 8000, 4990));
	TRY("vfs_readv", fd, 1, 6995, preadv(fd, pieces, 1, 6995));
	TRY("vfs_readv", fd, 2, here(fd), preadv2(fd, pieces, 2, -1, 0));
	lseek(fd, 0, SEEK_END);
	TRY("vfs_read", fd, 10, here(fd), read(fd, bytes, 10));
}

int main(void)
{
	char *volatile nowhere = (char *)1;
	int pair[2], file;

	file = open("/tmp/a file", O_RDWR | O_CREAT | O_TRUNC, 0600);
	use(file);
	unlink("/tmp/a file");
	use(file);
	close(file);
	file = open("/tmp/log", O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600);
	TRY("vfs_write", file, 10, 0, write(file, bytes, 10));
	lseek(file, 0, SEEK_SET);
	TRY("vfs_write", file, 10, 10, write(file, bytes, 10));
	if (pipe(pair))
		return 2;
	TRY("vfs_write", pair[1], 5, 0, write(pair[1], bytes, 5));
	TRY("vfs_read", pair[0], 9, 0, read(pair[0], bytes, 9));
	file = open("/dev/zero", O_RDONLY);
	TRY("vfs_read", file, 9, 0, read(file, bytes, 9));
	/* These give no events. */
	read(file + 100, bytes, 5);
	read(file, nowhere, 5);
	if (!socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		send(pair[0], bytes, 5, 0);
	return write(1, said, said_bytes) != said_bytes;
}
