// Calls that are newer than strace 6.1, which shows their registers only: what they look like stands
// beside them, in newer.expected.
#include "conform.h"

static void files_of_today(void) {
  uint64_t range[2] = {0, 4096}, stat[5], list[16] = {0};
  uint32_t size = sizeof list;
  struct {
    uint64_t value;
    uint32_t size, flags;
  } value = {(uint64_t)(uintptr_t)"v", 1, 0};
  long fd = CALL(open, "a", O_RDWR | O_CREAT, 0644);
  CALL(cachestat, fd, range, stat, 0);
  CALL(cachestat, 77, NOWHERE, stat, 9);
  CALL(fchmodat2, AT_FDCWD, "a", 0600, AT_SYMLINK_NOFOLLOW);
  CALL(fchmodat2, 77, NO_FILE, 04777, 0x80);
  CALL(setxattrat, AT_FDCWD, "a", AT_SYMLINK_NOFOLLOW, "security.x", &value, sizeof value);
  CALL(setxattrat, 77, "", AT_EMPTY_PATH, NOWHERE, NOWHERE, 3);
  CALL(getxattrat, AT_FDCWD, "a", 0, "security.none", &value, sizeof value);
  CALL(listxattrat, AT_FDCWD, "a", 0, list, sizeof list);
  CALL(listxattrat, 77, NO_FILE, 0x80, NULL, 0);
  CALL(removexattrat, AT_FDCWD, "a", 0, "security.x");
  CALL(removexattrat, 77, NO_FILE, AT_SYMLINK_NOFOLLOW, "user.odd");
  CALL(open_tree_attr, 77, NO_FILE, 0x80001, NULL, 0);
  CALL(file_getattr, AT_FDCWD, "a", list, 24, AT_SYMLINK_NOFOLLOW);
  CALL(file_setattr, 77, NO_FILE, list, 24, 0);
  CALL(statmount, NOWHERE, NULL, 5, 9);
  CALL(listmount, NOWHERE, NULL, 5, 9);
  CALL(listns, NOWHERE, NULL, 5, 9);
  CALL(lsm_get_self_attr, 100, NULL, &size, 0);
  CALL(lsm_set_self_attr, 104, NOWHERE, 5, 1);
  CALL(lsm_list_modules, list, &size, 0);
  CALL(lsm_list_modules, NOWHERE, NOWHERE, 9);
}

static void memory_of_today(void) {
  uint32_t word = 5;
  static char page[8192] __attribute__((aligned(4096)));
  CALL(map_shadow_stack, 0, 4095, 0x80);
  CALL(mseal, page, 4096, 1);
  CALL(mseal, 1, 2, 0);
  CALL(futex_wake, &word, 0xffffffff, 1, 2 | 128);
  CALL(futex_wake, &word, 0, 1, 0x80000000);
  CALL(futex_wait, &word, 4, 0xffffffff, 2 | 128, NULL, CLOCK_MONOTONIC);
  CALL(futex_wait, NOWHERE, 4, 1, 2, NOWHERE, 9);
  CALL(futex_requeue, NOWHERE, 0, 1, 2);
  CALL(rseq_slice_yield);
}

void newer(void) {
  files_of_today();
  memory_of_today();
}
