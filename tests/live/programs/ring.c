// Work done through an io_uring, by its system calls alone: a NOP, an openat, a read, an openat that
// fails, a connect that is refused. Each operation's user_data says which; what it printed is what the
// ring gave: "OPCODE USER_DATA RESULT". Status 77: this kernel does not let it.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct io_uring_params params;
static int ring;
static char *sq, *cq;
static struct io_uring_sqe *sqes;

static unsigned *field(char *base, unsigned offset) { return (unsigned *)(base + offset); }

static int set_up(void) {
  ring = syscall(SYS_io_uring_setup, 8, &params);
  if (ring < 0) return -1;
  size_t sq_size = params.sq_off.array + params.sq_entries * sizeof(unsigned);
  size_t cq_size = params.cq_off.cqes + params.cq_entries * sizeof(struct io_uring_cqe);
  sq = mmap(NULL, sq_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring, IORING_OFF_SQ_RING);
  cq = mmap(NULL, cq_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring, IORING_OFF_CQ_RING);
  sqes = mmap(NULL, params.sq_entries * sizeof *sqes, PROT_READ | PROT_WRITE,
              MAP_SHARED | MAP_POPULATE, ring, IORING_OFF_SQES);
  return sq == MAP_FAILED || cq == MAP_FAILED || sqes == MAP_FAILED ? -1 : 0;
}

// Submits one operation and waits for its end.
static int submit(struct io_uring_sqe work) {
  unsigned tail = *field(sq, params.sq_off.tail), mask = *field(sq, params.sq_off.ring_mask);
  sqes[tail & mask] = work;
  field(sq, params.sq_off.array)[tail & mask] = tail & mask;
  __atomic_store_n(field(sq, params.sq_off.tail), tail + 1, __ATOMIC_RELEASE);
  if (syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) != 1) return -1;
  unsigned head = *field(cq, params.cq_off.head);
  struct io_uring_cqe *done = (struct io_uring_cqe *)(cq + params.cq_off.cqes);
  done += head & *field(cq, params.cq_off.ring_mask);
  printf("%d %llx %d\n", work.opcode, (unsigned long long)done->user_data, done->res);
  int result = done->res;
  __atomic_store_n(field(cq, params.cq_off.head), head + 1, __ATOMIC_RELEASE);
  return result;
}

int main(void) {
  static char buffer[64];
  struct sockaddr_in port = {.sin_family = AF_INET, .sin_port = htons(9)};
  port.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (set_up() < 0) return 77;
  submit((struct io_uring_sqe){.opcode = IORING_OP_NOP, .user_data = 0xa0, .fd = -1});
  int fd = submit((struct io_uring_sqe){.opcode = IORING_OP_OPENAT, .user_data = 0xa1, .fd = AT_FDCWD,
                                        .addr = (uintptr_t)"/etc/passwd", .open_flags = O_RDONLY});
  submit((struct io_uring_sqe){.opcode = IORING_OP_READ, .user_data = 0xa2, .fd = fd, .len = 4,
                               .addr = (uintptr_t)buffer, .flags = IOSQE_ASYNC});
  submit((struct io_uring_sqe){.opcode = IORING_OP_OPENAT, .user_data = 0xa3, .fd = AT_FDCWD,
                               .addr = (uintptr_t)"/no/such/ring", .open_flags = O_RDONLY});
  int sock = socket(AF_INET, SOCK_STREAM, 0);
  submit((struct io_uring_sqe){.opcode = IORING_OP_CONNECT, .user_data = 0xa4, .fd = sock,
                               .addr = (uintptr_t)&port, .off = sizeof port});
  return memcmp(buffer, "root", 4) ? 1 : 0;
}
