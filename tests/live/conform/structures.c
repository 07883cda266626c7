// Structures whose members differ from one another, so that one taken for its neighbour shows.
#include "conform.h"

#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <linux/openat2.h>
#include <linux/perf_event.h>
#include <linux/sched.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/ipc.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/statfs.h>
#include <sys/timex.h>
#include <sys/un.h>

struct kernel_sigaction {
  void (*handler)(int);
  unsigned long flags;
  void (*restorer)(void);
  uint64_t mask;
};

static void times_and_limits(void) {
  struct itimerspec spec = {{1001, 2002}, {3003, 4004}}, was;
  struct itimerval timer = {{11, 12}, {13, 14}}, previous;
  struct rlimit limit = {77, 8888}, old;
  struct timex clock = {0};
  struct timezone zone;
  struct timeval now;
  struct rusage usage;
  long fd = CALL(timerfd_create, CLOCK_MONOTONIC, 0);
  CALL(timerfd_settime, fd, 0, &spec, &was);
  CALL(timerfd_settime, fd, 1, &spec, &was);
  CALL(setitimer, ITIMER_VIRTUAL, &timer, NULL);
  CALL(setitimer, ITIMER_VIRTUAL, &timer, &previous);
  CALL(prlimit64, 0, RLIMIT_MSGQUEUE, &limit, &old);
  CALL(prlimit64, 0, RLIMIT_MSGQUEUE, NULL, &old);
  CALL(getrusage, RUSAGE_SELF, &usage);
  CALL(gettimeofday, &now, &zone);
  CALL(adjtimex, &clock);
  clock.modes = ADJ_FREQUENCY | ADJ_STATUS;
  clock.freq = -65536;
  clock.status = STA_PLL | STA_UNSYNC;
  clock.tick = 10001;
  CALL(clock_adjtime, CLOCK_REALTIME, &clock);
}

static void signals_and_timers(void) {
  struct kernel_sigaction action = {(void (*)(int))0x1234560,
                                    SA_SIGINFO | SA_NODEFER | SA_RESETHAND | 0x4000000,
                                    (void (*)(void))0x6543210, 1ull << 33 | 1 << 14},
                          old;
  struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN + 3};
  siginfo_t info = {.si_signo = SIGUSR1, .si_code = -1};
  stack_t stack = {.ss_sp = (void *)0x700000, .ss_flags = 0, .ss_size = 65536}, before;
  uint64_t mask = 1ull << (SIGUSR1 - 1);
  int id;
  CALL(rt_sigaction, SIGUSR2, &action, NULL, 8);
  CALL(rt_sigaction, SIGUSR2, NULL, &old, 8);
  CALL(sigaltstack, &stack, NULL);
  stack.ss_flags = SS_DISABLE;
  CALL(sigaltstack, &stack, &before);
  event.sigev_value.sival_ptr = (void *)0x1122334455667788;
  CALL(timer_create, CLOCK_MONOTONIC, &event, &id);
  event.sigev_notify = SIGEV_NONE;
  CALL(timer_create, CLOCK_REALTIME, &event, &id);
  info.si_pid = 1234;
  info.si_uid = 5678;
  info.si_value.sival_ptr = (void *)0x99;
  CALL(rt_sigprocmask, SIG_BLOCK, &mask, NULL, 8);
  CALL(rt_sigqueueinfo, CALL(getpid), SIGUSR1, &info);
  memset(&info, 0, sizeof info);
  CALL(rt_sigtimedwait, &mask, &info, NULL, 8);
}

// The ends that a child can have; none of them is told by a signal's line of its own process alone.
static void ends(void) {
  int status;
  siginfo_t info;
  struct rusage usage;
  long child = CALL(fork);
  if (child == 0) {
    CALL(kill, CALL(getpid), SIGSTOP);
    CALL(pause);
  }
  CALL(wait4, child, &status, WUNTRACED, NULL);
  CALL(kill, child, SIGCONT);
  CALL(wait4, child, &status, WCONTINUED, NULL);
  CALL(kill, child, SIGKILL);
  CALL(wait4, child, &status, 0, &usage);
  child = CALL(fork);
  if (child == 0) CALL(kill, CALL(getpid), SIGTERM);
  CALL(waitid, P_PID, child, &info, WEXITED, NULL);
}

static void messages(void) {
  struct sockaddr_un name = {AF_UNIX, "structures"};
  struct iovec pieces[2] = {{"one", 3}, {"other", 5}};
  union {
    struct cmsghdr head;
    char room[CMSG_SPACE(sizeof(int))];
  } control = {.head = {CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS}};
  struct msghdr message = {&name,   sizeof name,  pieces, 2, &control, sizeof control,
                           MSG_EOR};
  struct mmsghdr several[2] = {{{NULL, 0, pieces, 1, NULL, 0, 0}, 0}, {{NULL, 0, pieces, 2, NULL, 0, 0}, 0}};
  char first[4], second[64];
  struct iovec rooms[2] = {{first, 4}, {second, 64}};
  struct msghdr got = {&name, sizeof name, rooms, 2, NULL, 0, 0};
  long receiver = CALL(socket, AF_UNIX, SOCK_DGRAM, 0), sender = CALL(socket, AF_UNIX, SOCK_DGRAM, 0);
  CALL(bind, receiver, &name, sizeof name);
  memcpy(CMSG_DATA(&control.head), &(int){0}, sizeof(int));
  CALL(sendmsg, sender, &message, MSG_DONTWAIT);
  CALL(recvmsg, receiver, &got, MSG_DONTWAIT);
  CALL(connect, sender, &name, sizeof name);
  CALL(sendmmsg, sender, several, 2, 0);
  several[0].msg_hdr.msg_iov = several[1].msg_hdr.msg_iov = rooms;
  CALL(recvmmsg, receiver, several, 2, MSG_DONTWAIT, NULL);
}

static void files_and_processes(void) {
  struct open_how how = {O_RDWR | O_CREAT, 0640, RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV};
  struct flock lock = {F_RDLCK, SEEK_SET, 10, 20, 0};
  struct pollfd polled[2] = {{0, POLLIN | POLLRDHUP, 0}, {-7, POLLOUT, 0}};
  struct sembuf operations[3] = {{0, 3, SEM_UNDO}, {1, 4, 0}, {0, -1, IPC_NOWAIT | SEM_UNDO}};
  struct clone_args clone = {.flags = CLONE_NEWUSER | CLONE_FS, .exit_signal = SIGUSR1, .stack = 0x1000, .stack_size = 0x2000};
  struct {
    uint32_t size, policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime, deadline, period;
  } deadline = {48, 6, 1, 0, 0, 10000000, 30000000, 50000000};
  struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2] = {{1 << CAP_CHOWN, 1 << CAP_CHOWN | 1 << CAP_KILL, 1 << CAP_SYSLOG % 32}, {1 << (CAP_BPF - 32), 0, 0}};
  struct statfs found;
  char value[] = "some\0bytes\xff";
  long fd = CALL(openat2, AT_FDCWD, "opened", &how, sizeof how), set = CALL(semget, 0, 2, IPC_CREAT | 0600);
  CALL(fcntl, fd, F_SETLK, &lock);
  CALL(fcntl, fd, F_OFD_SETLK, &lock);
  CALL(fcntl, fd, F_GETLK, &lock);
  CALL(poll, polled, 2, 0);
  CALL(semop, set, operations, 3);
  CALL(semctl, set, 0, IPC_RMID, 0);
  CALL(clone3, &clone, sizeof clone);
  CALL(sched_setattr, 0, &deadline, 0);
  CALL(capset, &head, data);
  CALL(statfs, "/proc", &found);
  CALL(setxattr, "opened", "user.structures", value, sizeof value - 1, 0);
}

static void machine_side(void) {
  union bpf_attr attr = {.map_type = BPF_MAP_TYPE_HASH, .key_size = 4, .value_size = 8, .max_entries = 16};
  struct perf_event_attr event = {.type = PERF_TYPE_SOFTWARE, .size = sizeof event, .config = 5, .sample_period = 7};
  uint64_t access = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE;
  struct landlock_path_beneath_attr below = {LANDLOCK_ACCESS_FS_READ_DIR, 1};
  CALL(bpf, BPF_MAP_CREATE, &attr, sizeof attr);
  CALL(perf_event_open, &event, 0, -1, -1, 0);
  CALL(landlock_create_ruleset, &access, sizeof access, 0);
  CALL(landlock_add_rule, 77, LANDLOCK_RULE_PATH_BENEATH, &below, 0);
}

void structures(void) {
  times_and_limits();
  signals_and_timers();
  ends();
  messages();
  files_and_processes();
  machine_side();
}
