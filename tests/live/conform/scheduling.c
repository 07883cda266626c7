// Who runs when and where.
#include <sys/resource.h>

#include "conform.h"

struct attr {
  uint32_t size, policy;
  uint64_t flags;
  int32_t nice;
  uint32_t priority;
  uint64_t runtime, deadline, period;
};

static void policies(void) {
  struct sched_param param = {0};
  struct timespec spec;
  struct attr attr = {.size = sizeof attr, .nice = 5};
  CALL(sched_yield);
  CALL(sched_getparam, 0, &param);
  CALL(sched_getparam, -1, &param);
  CALL(sched_setparam, 0, &param);
  CALL(sched_setparam, 0, NULL);
  CALL(sched_getscheduler, 0);
  CALL(sched_getscheduler, 99999);
  CALL(sched_setscheduler, 0, SCHED_BATCH, &param);
  CALL(sched_setscheduler, 0, SCHED_FIFO | 0x40000000, &param);
  CALL(sched_setscheduler, 0, 77, NOWHERE);
  CALL(sched_get_priority_max, SCHED_RR);
  CALL(sched_get_priority_max, 99);
  CALL(sched_get_priority_min, SCHED_IDLE);
  CALL(sched_get_priority_min, -1);
  CALL(sched_rr_get_interval, 0, &spec);
  CALL(sched_rr_get_interval, 99999, &spec);
  CALL(sched_setattr, 0, &attr, 0);
  CALL(sched_setattr, 0, NULL, 5);
  CALL(sched_getattr, 0, &attr, sizeof attr, 0);
  CALL(sched_getattr, 0, &attr, 3, 1);
}

static void places(void) {
  unsigned long cpus[16] = {0};
  CALL(sched_getaffinity, 0, sizeof cpus, cpus);
  CALL(sched_getaffinity, 0, 3, cpus);
  CALL(sched_setaffinity, 0, sizeof cpus, cpus);
  CALL(sched_setaffinity, 99999, 8, NOWHERE);
  CALL(getpriority, PRIO_PROCESS, 0);
  CALL(getpriority, PRIO_USER, 12345);
  CALL(getpriority, 9, 0);
  CALL(setpriority, PRIO_PROCESS, 0, 7);
  CALL(setpriority, PRIO_PGRP, 99999, -5);
  CALL(ioprio_get, 1, 0);
  CALL(ioprio_get, 9, 0);
  CALL(ioprio_set, 1, 0, 2 << 13 | 4);
  CALL(ioprio_set, 3, 99999, 9 << 13);
}

static void own(void) {
  static char area[64] __attribute__((aligned(32)));
  void *head = NULL;
  size_t size = 0;
  CALL(set_robust_list, area, 24);
  CALL(set_robust_list, area, 5);
  CALL(get_robust_list, 0, &head, &size);
  CALL(get_robust_list, 99999, &head, NOWHERE);
  CALL(rseq, area, 32, 0, 0x53053053);
  CALL(rseq, NOWHERE, 5, 8, 0xffffffff);
  CALL(restart_syscall);
}

void scheduling(void) {
  policies();
  places();
  own();
}
