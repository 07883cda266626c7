// Memory: mappings, locks, advice, keys, NUMA.
#include <linux/mempolicy.h>

#include "conform.h"

static void mappings(void) {
  unsigned char pages[16];
  long fd = CALL(open, "/etc/passwd", O_RDONLY);
  long file = CALL(mmap, NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
  long at = CALL(mmap, NULL, 0x8000, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  CALL(mmap, 0x10000, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
  CALL(mmap, 0x20000, 4096, PROT_READ | PROT_EXEC, MAP_FIXED_NOREPLACE | MAP_PRIVATE, 77, 0x3000);
  CALL(mmap, NULL, 1 << 21, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | (21 << 26), -1, 0);
  CALL(mmap, NULL, 0, 0x40, 0, -1, 1);
  CALL(mmap, NULL, 4096, PROT_READ, MAP_SHARED_VALIDATE | MAP_SYNC, fd, 0);
  CALL(mprotect, at, 4096, PROT_READ | PROT_EXEC);
  CALL(mprotect, at, 4096, PROT_READ | PROT_WRITE);
  CALL(mprotect, 1, 2, PROT_GROWSDOWN | 0x80);
  CALL(madvise, at, 4096, MADV_WILLNEED);
  CALL(madvise, at, 4096, MADV_DONTFORK);
  CALL(madvise, at, 4096, 999);
  CALL(msync, at, 4096, MS_ASYNC | MS_INVALIDATE);
  CALL(msync, at, 4096, 0x80);
  CALL(mincore, at, 4096, pages);
  CALL(mincore, at + 1, 4096, pages);
  at = CALL(mremap, at, 0x8000, 0x4000, MREMAP_MAYMOVE, 0);
  CALL(mremap, at, 0x4000, 0x4000, MREMAP_FIXED | 8, at);
  CALL(remap_file_pages, at, 4096, 0, 1, 0);
  CALL(remap_file_pages, file, 4096, 1, 1, MAP_NONBLOCK);
  CALL(munmap, file, 4096);
  CALL(munmap, 1, 1);
  CALL(brk, 0);
  CALL(brk, CALL(brk, 0) + 4096);
}

static void locks_and_keys(void) {
  static char page[8192] __attribute__((aligned(4096)));
  CALL(mlock, page, 4096);
  CALL(mlock, 0, -1L);
  CALL(munlock, page, 4096);
  CALL(mlock2, page, 4096, 1);
  CALL(mlock2, page, 4096, 6);
  CALL(mlockall, 0);
  CALL(mlockall, 5);
  CALL(munlockall);
  long key = CALL(pkey_alloc, 0, 1);
  CALL(pkey_alloc, 5, 3);
  CALL(pkey_mprotect, page, 4096, PROT_READ | PROT_WRITE, -1);
  CALL(pkey_mprotect, page, 4096, PROT_READ, 99);
  CALL(pkey_free, key);
  CALL(pkey_free, 99);
  CALL(membarrier, 0, 0, 0);
  CALL(membarrier, 16, 0, 0);
  CALL(membarrier, 0x10000, 1, 2);
  CALL(memfd_create, "conform \x01", 3);
  CALL(memfd_create, NOWHERE, 0x100);
  CALL(memfd_secret, O_CLOEXEC);
  CALL(memfd_secret, 5);
  CALL(process_madvise, 77, NULL, 0, MADV_COLD, 0);
  CALL(process_mrelease, 77, 0);
}

static void nodes(void) {
  static char page[8192] __attribute__((aligned(4096)));
  unsigned long mask = 1, zero = 0;
  int mode = 0, node = 0, where = 0;
  unsigned cpu = 0;
  void *list[1] = {page};
  CALL(set_mempolicy, MPOL_DEFAULT, NULL, 0);
  CALL(set_mempolicy, MPOL_BIND | MPOL_F_STATIC_NODES, &mask, 64);
  CALL(set_mempolicy, MPOL_PREFERRED, NOWHERE, 64);
  CALL(get_mempolicy, &mode, &zero, 64, page, MPOL_F_ADDR);
  CALL(get_mempolicy, NULL, NULL, 0, NULL, 0x100);
  CALL(mbind, page, 4096, MPOL_INTERLEAVE, &mask, 64, MPOL_MF_MOVE);
  CALL(mbind, page, 4096, 99, NOWHERE, 64, 0x80);
  CALL(migrate_pages, 0, 64, &mask, &mask);
  CALL(migrate_pages, 99999, 64, &mask, NOWHERE);
  CALL(move_pages, 0, 1, list, &node, &where, MPOL_MF_MOVE);
  CALL(move_pages, 0, 1, list, NULL, NOWHERE, 0x80);
  CALL(set_mempolicy_home_node, page, 4096, 0, 0);
  CALL(set_mempolicy_home_node, page, 4096, 99, 7);
  CALL(getcpu, &cpu, &node, NULL);
  CALL(getcpu, NOWHERE, NULL, NULL);
}

static void segments(void) {
  char table[64];
  struct {
    unsigned words[4];
  } user = {{-1}};
  unsigned long base = 0;
  CALL(modify_ldt, 0, table, sizeof table);
  CALL(modify_ldt, 9, table, 3);
  CALL(arch_prctl, 0x1003 /* ARCH_GET_FS */, &base);
  CALL(arch_prctl, 0x9999, 5);
  CALL(set_thread_area, &user);
  CALL(get_thread_area, &user);
}

void memory(void) {
  mappings();
  locks_and_keys();
  nodes();
  segments();
}
