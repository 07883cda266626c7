// Descriptors: reading and writing, copying, controlling, pipes and asynchronous reads.
#include <linux/aio_abi.h>
#include <linux/close_range.h>
#include <linux/fadvise.h>
#include <linux/falloc.h>
#include <sys/file.h>
#include <sys/ioctl.h>

#include "conform.h"

static char text[256];

static void reading(long fd) {
  struct iovec parts[2] = {{text, 10}, {text + 100, 20}};
  CALL(write, fd, "some text\n", 10);
  CALL(write, fd, NOWHERE, 10);
  CALL(pwrite64, fd, "more", 4, 0x12345);
  CALL(pwrite64, fd, "more", 4, -1);
  CALL(lseek, fd, 0, SEEK_SET);
  CALL(lseek, fd, -3, SEEK_END);
  CALL(lseek, fd, 3, SEEK_DATA);
  CALL(lseek, 77, 3, 9);
  CALL(read, fd, text, 5);
  CALL(read, 77, text, 5);
  CALL(pread64, fd, text, sizeof text, 2);
  CALL(pread64, fd, NULL, 5, 1LL << 40);
  CALL(readv, fd, parts, 2);
  CALL(readv, fd, NOWHERE, 2);
  CALL(writev, fd, parts, 2);
  CALL(writev, fd, parts, 9999);
  CALL(preadv, fd, parts, 2, 3);
  CALL(pwritev, fd, parts, 1, 4, 0);
  CALL(pwritev, 77, parts, 1, 4);
  CALL(preadv2, fd, parts, 2, -1L, -1L, 2 | 8);
  CALL(pwritev2, fd, parts, 2, 0, 0, 0x10);
  CALL(pwritev2, fd, parts, 2, 0, 0, 0x40000000);
}

static void ranges(long fd, long other) {
  long offset = 0;
  CALL(copy_file_range, fd, &offset, other, NULL, 8, 0);
  CALL(copy_file_range, fd, NULL, 77, NULL, 8, 0);
  CALL(sendfile, other, fd, &offset, 7);
  CALL(sendfile, other, fd, NOWHERE, 7);
  CALL(fallocate, fd, FALLOC_FL_KEEP_SIZE, 0, 8192);
  CALL(fallocate, fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 4096, 4096);
  CALL(fallocate, fd, FALLOC_FL_COLLAPSE_RANGE | 0x1000, 1, -1);
  CALL(fadvise64, fd, 0, 100, POSIX_FADV_SEQUENTIAL);
  CALL(fadvise64, fd, 0, 100, 99);
  CALL(readahead, fd, 0, 4096);
  CALL(readahead, 77, 5, 6);
  CALL(sync_file_range, fd, 0, 4096, 7);
  CALL(sync_file_range, fd, 0, -1, 8);
  CALL(fsync, fd);
  CALL(fsync, 77);
  CALL(fdatasync, fd);
  CALL(syncfs, fd);
  CALL(syncfs, 77);
}

static void copies(long fd) {
  CALL(dup, fd);
  CALL(dup, 77);
  CALL(dup2, fd, 40);
  CALL(dup2, 77, 41);
  CALL(dup3, fd, 42, O_CLOEXEC);
  CALL(dup3, fd, fd, 0);
  CALL(dup3, fd, 43, 0x4);
  CALL(close_range, 40, 42, CLOSE_RANGE_CLOEXEC);
  CALL(close_range, 40, 42, 0);
  CALL(close_range, 9, 3, CLOSE_RANGE_UNSHARE | 0x100);
}

static void controls(long fd) {
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 1, .l_len = 2};
  struct winsize size;
  int number = 0;
  CALL(fcntl, fd, F_GETFD);
  CALL(fcntl, fd, F_SETFD, FD_CLOEXEC);
  CALL(fcntl, fd, F_GETFL);
  CALL(fcntl, fd, F_SETFL, O_NONBLOCK | O_APPEND);
  CALL(fcntl, fd, F_DUPFD, 50);
  CALL(fcntl, fd, F_DUPFD_CLOEXEC, 51);
  CALL(fcntl, fd, F_SETLK, &lock);
  CALL(fcntl, fd, F_GETLK, &lock);
  CALL(fcntl, fd, F_OFD_SETLKW, &lock);
  CALL(fcntl, fd, F_SETOWN, 1);
  CALL(fcntl, fd, F_SETLEASE, F_RDLCK);
  CALL(fcntl, fd, F_NOTIFY, 1);
  CALL(fcntl, fd, 1034 /* F_GET_SEALS */);
  CALL(fcntl, fd, 999, 3);
  CALL(fcntl, 77, F_GETFD);
  CALL(flock, fd, LOCK_EX | LOCK_NB);
  CALL(flock, fd, LOCK_UN);
  CALL(flock, 77, 0x1000);
  CALL(ioctl, fd, FIONREAD, &number);
  CALL(ioctl, fd, TIOCGWINSZ, &size);
  CALL(ioctl, fd, TCGETS, &size);
  CALL(ioctl, fd, FIONBIO, &number);
  CALL(ioctl, fd, FIOCLEX);
  CALL(ioctl, fd, 0x80086601 /* FS_IOC_GETFLAGS */, &number);
  CALL(ioctl, 77, 0xdeadbeef, 5);
}

static void pipes(long fd) {
  int ends[2], more[2];
  struct iovec part = {"piped", 5};
  CALL(pipe, ends);
  CALL(pipe, NOWHERE);
  CALL(pipe2, more, O_CLOEXEC | O_NONBLOCK);
  CALL(pipe2, more, 0x4);
  CALL(pipe2, more, O_DIRECT);
  CALL(vmsplice, ends[1], &part, 1, 0x8);
  CALL(vmsplice, 77, &part, 1, 0x10);
  CALL(tee, ends[0], more[1], 5, 2);
  CALL(tee, 77, 78, 5, 0);
  CALL(splice, ends[0], NULL, more[1], NULL, 5, 1 | 2 | 4);
  CALL(splice, ends[0], NULL, fd, NOWHERE, 5, 0);
  CALL(fcntl, ends[0], F_SETPIPE_SZ, 4096);
  CALL(fcntl, ends[0], F_GETPIPE_SZ);
}

static void asynchronous(long fd) {
  aio_context_t context = 0;
  struct io_event done[2];
  struct timespec none = {0, 0};
  struct iocb read = {.aio_lio_opcode = IOCB_CMD_PREAD, .aio_fildes = fd, .aio_buf = (uint64_t)text,
                      .aio_nbytes = 5, .aio_data = 42};
  struct iocb *list[1] = {&read};
  CALL(io_setup, 0, &context);
  CALL(io_setup, 4, &context);
  CALL(io_submit, context, 1, list);
  CALL(io_submit, context, 1, NOWHERE);
  CALL(io_getevents, context, 1, 2, done, &none);
  CALL(io_getevents, 0x1234, 1, 2, done, NULL);
  CALL(io_pgetevents, context, 0, 2, done, &none, NULL);
  CALL(io_pgetevents, context, -1, 2, done, NULL, NOWHERE);
  CALL(io_cancel, context, &read, done);
  CALL(io_destroy, context);
  CALL(io_destroy, 0x5678);
}

static void rings(void) {
  struct {
    unsigned words[30];
  } p = {{0}};
  long ring = CALL(io_uring_setup, 2, &p);
  CALL(io_uring_setup, 0, NOWHERE);
  CALL(io_uring_enter, ring, 0, 0, 1, NULL, 8);
  CALL(io_uring_enter, 77, 1, 2, 0x80000, NULL, 0);
  CALL(io_uring_register, ring, 3, NULL, 0);
  CALL(io_uring_register, 77, 99, NULL, 5);
}

void descriptors(void) {
  long fd = CALL(open, "a", O_RDWR | O_CREAT, 0644), other = CALL(open, "b", O_RDWR | O_CREAT, 0644);
  reading(fd);
  ranges(fd, other);
  copies(fd);
  controls(other);
  pipes(fd);
  asynchronous(fd);
  rings();
}
