// Who a process is: ids, groups, sessions, capabilities.
#include <linux/capability.h>

#include "conform.h"

static void own_ids(void) {
  unsigned a, b, c;
  CALL(getpid);
  CALL(gettid);
  CALL(getppid);
  CALL(getpgrp);
  CALL(getpgid, 0);
  CALL(getpgid, 99999);
  CALL(getsid, 0);
  CALL(getsid, -5);
  CALL(setpgid, 0, 0);
  CALL(setpgid, 99999, 5);
  CALL(setsid);
  CALL(getuid);
  CALL(getgid);
  CALL(geteuid);
  CALL(getegid);
  CALL(getresuid, &a, &b, &c);
  CALL(getresuid, NOWHERE, &b, &c);
  CALL(getresgid, &a, &b, &c);
  CALL(getresgid, &a, NULL, &c);
}

static void groups_and_capabilities(void) {
  unsigned groups[4] = {1, 2, 3};
  struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2];
  CALL(getgroups, 4, groups);
  CALL(getgroups, -1, groups);
  CALL(setgroups, 3, groups);
  CALL(setgroups, 0x10000000, NOWHERE);
  CALL(getgroups, 4, groups);
  CALL(capget, &head, data);
  CALL(capset, &head, data);
  CALL(capset, NOWHERE, data);
  head.version = 0x1234;
  CALL(capget, &head, NULL);
}

static void others(void) {
  IN_CHILD(CALL(setuid, 1000); CALL(setuid, 0); CALL(geteuid));
  IN_CHILD(CALL(setgid, 1000); CALL(setgid, -1));
  IN_CHILD(CALL(setreuid, -1, 1001); CALL(setreuid, 1002, 1003));
  IN_CHILD(CALL(setregid, 1000, -1); CALL(setregid, 5, -1));
  IN_CHILD(CALL(setresuid, 1000, 1001, 1002); CALL(setresuid, 7, -1, 8));
  IN_CHILD(CALL(setresgid, -1, -1, 1002); CALL(setresgid, 1, 2, 3));
  IN_CHILD(CALL(setfsuid, 1000); CALL(setfsuid, -1));
  IN_CHILD(CALL(setfsgid, 1000); CALL(setfsgid, -1));
}

void identities(void) {
  own_ids();
  groups_and_capabilities();
  others();
}
