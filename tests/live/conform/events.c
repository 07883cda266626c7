// Waiting for something: poll, select, epoll, and the descriptors that are made to be waited for.
#include <linux/fanotify.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>

#include "conform.h"

static int ends[2];
static uint64_t mask = 1 << (SIGUSR1 - 1);
static struct timespec none = {0, 1000};

static void polling(void) {
  struct pollfd fds[2] = {{.fd = ends[0], .events = POLLIN | POLLPRI},
                          {.fd = ends[1], .events = POLLOUT | POLLRDHUP}};
  struct timeval short_time = {0, 1000};
  fd_set set, out;
  struct {
    uint64_t *mask;
    size_t size;
  } with_mask = {&mask, 8};
  CALL(poll, fds, 2, 0);
  CALL(poll, fds, 1, 1);
  CALL(poll, NOWHERE, 1, -1);
  CALL(ppoll, fds, 2, &none, &mask, 8);
  CALL(ppoll, fds, 1, NOWHERE, NULL, 0);
  FD_ZERO(&set);
  FD_SET(ends[0], &set);
  out = set;
  FD_SET(ends[1], &out);
  CALL(select, ends[1] + 1, &set, &out, NULL, &short_time);
  CALL(select, -1, NULL, NULL, NULL, NULL);
  CALL(pselect6, ends[1] + 1, &set, &out, NULL, &none, &with_mask);
  CALL(pselect6, 1, NOWHERE, NULL, NULL, &none, NULL);
}

static void epoll(void) {
  struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.u64 = 0x1122334455667788}, got[4];
  long fd = CALL(epoll_create, 5), other = CALL(epoll_create1, EPOLL_CLOEXEC);
  CALL(epoll_create, 0);
  CALL(epoll_create1, 0x3);
  CALL(epoll_ctl, fd, EPOLL_CTL_ADD, ends[1], &event);
  event.events = EPOLLOUT | EPOLLONESHOT;
  CALL(epoll_ctl, fd, EPOLL_CTL_MOD, ends[1], &event);
  CALL(epoll_wait, fd, got, 4, 0);
  CALL(epoll_wait, fd, got, -1, 0);
  CALL(epoll_pwait, fd, got, 4, 1, &mask, 8);
  CALL(epoll_pwait, fd, got, 4, 1, &mask, 9);
  CALL(epoll_pwait2, fd, got, 4, &none, &mask, 8);
  CALL(epoll_pwait2, fd, got, 4, NOWHERE, NULL, 0);
  CALL(epoll_ctl, fd, EPOLL_CTL_DEL, ends[1], NULL);
  CALL(epoll_ctl, fd, 9, 77, NOWHERE);
  CALL(close, other);
  CALL(epoll_ctl_old, fd);
  CALL(epoll_wait_old, fd);
}

static void made_to_wait(void) {
  struct itimerspec when = {{0, 5000000}, {0, 1000000}}, old;
  uint64_t many;
  long fd = CALL(eventfd2, 3, EFD_CLOEXEC | EFD_NONBLOCK | EFD_SEMAPHORE);
  CALL(read, fd, &many, 8);
  CALL(eventfd, 7);
  CALL(eventfd2, 1, 0x100);
  fd = CALL(signalfd4, -1, &mask, 8, SFD_CLOEXEC | SFD_NONBLOCK);
  CALL(signalfd4, -1, &mask, 7, 0);
  CALL(signalfd, fd, &mask, 8);
  CALL(signalfd, 77, &mask, 8);
  fd = CALL(timerfd_create, CLOCK_MONOTONIC, TFD_CLOEXEC);
  CALL(timerfd_create, 99, 0x30);
  CALL(timerfd_settime, fd, TFD_TIMER_ABSTIME, &when, &old);
  CALL(timerfd_settime, fd, 0, &when, NULL);
  CALL(timerfd_settime, 77, 4, NOWHERE, NULL);
  CALL(timerfd_gettime, fd, &old);
  CALL(timerfd_gettime, 77, &old);
  CALL(userfaultfd, O_CLOEXEC | O_NONBLOCK | 1);
  CALL(userfaultfd, 0x40);
}

static void watching(void) {
  long fd = CALL(inotify_init1, IN_CLOEXEC | IN_NONBLOCK), watch;
  CALL(inotify_init);
  CALL(inotify_init1, 0x7);
  watch = CALL(inotify_add_watch, fd, "/tmp", IN_CREATE | IN_DELETE | IN_ONLYDIR | IN_MOVED_TO);
  CALL(inotify_add_watch, fd, NO_FILE, IN_ALL_EVENTS);
  CALL(inotify_add_watch, fd, "/tmp", 0x80);
  CALL(inotify_rm_watch, fd, watch);
  CALL(inotify_rm_watch, fd, 99);
  fd = CALL(fanotify_init, FAN_CLASS_NOTIF | FAN_CLOEXEC | FAN_REPORT_FID, O_RDONLY | O_LARGEFILE);
  CALL(fanotify_init, FAN_CLASS_CONTENT | FAN_UNLIMITED_QUEUE, O_RDWR);
  CALL(fanotify_mark, fd, FAN_MARK_ADD | FAN_MARK_ONLYDIR, FAN_CREATE | FAN_ONDIR, AT_FDCWD, "/tmp");
  CALL(fanotify_mark, 77, FAN_MARK_REMOVE | FAN_MARK_MOUNT, FAN_OPEN_PERM, 78, NO_FILE);
}

void events(void) {
  CALL(pipe, ends);
  polling();
  epoll();
  made_to_wait();
  watching();
}
