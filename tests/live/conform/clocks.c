// Time: clocks, sleeps, timers. Setting a clock needs a capability that the container lacks.
#include <sys/timex.h>

#include "conform.h"

static void reading(void) {
  struct timespec spec;
  struct timeval val;
  struct timezone zone;
  struct timex x = {0};
  struct timeval bad = {1, 9999999};
  time_t now;
  CALL(time, &now);
  CALL(time, NULL);
  CALL(gettimeofday, &val, &zone);
  CALL(gettimeofday, NOWHERE, NULL);
  CALL(settimeofday, &bad, NULL);
  CALL(clock_gettime, CLOCK_REALTIME, &spec);
  CALL(clock_gettime, CLOCK_BOOTTIME, &spec);
  CALL(clock_gettime, -6, &spec);
  CALL(clock_gettime, 99, NOWHERE);
  CALL(clock_settime, CLOCK_MONOTONIC, &spec);
  CALL(clock_settime, CLOCK_TAI, NOWHERE);
  CALL(clock_getres, CLOCK_MONOTONIC_COARSE, &spec);
  CALL(clock_getres, 99, NULL);
  CALL(adjtimex, &x);
  CALL(adjtimex, NOWHERE);
  CALL(clock_adjtime, CLOCK_REALTIME, &x);
  CALL(clock_adjtime, 99, &x);
}

static void sleeping(void) {
  struct timespec short_time = {0, 1000}, bad = {-1, 5}, left;
  CALL(nanosleep, &short_time, &left);
  CALL(nanosleep, &bad, NULL);
  CALL(nanosleep, NOWHERE, NULL);
  CALL(clock_nanosleep, CLOCK_MONOTONIC, 0, &short_time, NULL);
  CALL(clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, &short_time, NULL);
  CALL(clock_nanosleep, 99, 7, &short_time, &left);
}

static void timers(void) {
  struct sigevent event = {.sigev_notify = SIGEV_NONE};
  struct itimerspec when = {{0, 0}, {1000, 0}}, old;
  struct itimerval val = {{0, 0}, {1000, 0}}, before;
  int timer = 0;
  CALL(timer_create, CLOCK_MONOTONIC, &event, &timer);
  CALL(timer_create, 99, NULL, NOWHERE);
  CALL(timer_settime, timer, TIMER_ABSTIME, &when, &old);
  CALL(timer_settime, 999, 8, NOWHERE, NULL);
  CALL(timer_gettime, timer, &old);
  CALL(timer_gettime, 999, &old);
  CALL(timer_getoverrun, timer);
  CALL(timer_getoverrun, -1);
  CALL(timer_delete, timer);
  CALL(timer_delete, 999);
  CALL(setitimer, ITIMER_VIRTUAL, &val, &before);
  CALL(setitimer, 9, NOWHERE, NULL);
  CALL(getitimer, ITIMER_PROF, &before);
  CALL(getitimer, 9, &before);
  CALL(alarm, 1000);
  CALL(alarm, 0);
}

void clocks(void) {
  reading();
  sleeping();
  timers();
}
