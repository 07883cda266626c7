// Calls that the machine's own headers may be too old for, by their numbers in the kernel's table.
#pragma once
// clang-format off
#define CONFORM_NEWER(X)                                                                         \
  X(cachestat, 451) X(fchmodat2, 452) X(map_shadow_stack, 453) X(futex_wake, 454)                \
  X(futex_wait, 455) X(futex_requeue, 456) X(statmount, 457) X(listmount, 458)                   \
  X(lsm_get_self_attr, 459) X(lsm_set_self_attr, 460) X(lsm_list_modules, 461) X(mseal, 462)     \
  X(setxattrat, 463) X(getxattrat, 464) X(listxattrat, 465) X(removexattrat, 466)                \
  X(open_tree_attr, 467) X(file_getattr, 468) X(file_setattr, 469) X(listns, 470) X(rseq_slice_yield, 471)
#undef SYS_cachestat
#undef SYS_fchmodat2
#undef SYS_map_shadow_stack
#undef SYS_futex_wake
#undef SYS_futex_wait
#undef SYS_futex_requeue
#undef SYS_statmount
#undef SYS_listmount
#undef SYS_lsm_get_self_attr
#undef SYS_lsm_set_self_attr
#undef SYS_lsm_list_modules
#undef SYS_mseal
#undef SYS_setxattrat
#undef SYS_getxattrat
#undef SYS_listxattrat
#undef SYS_removexattrat
#undef SYS_open_tree_attr
#undef SYS_file_getattr
#undef SYS_file_setattr
#undef SYS_listns
#undef SYS_rseq_slice_yield
enum {
#define X(name, number) SYS_##name = number,
  CONFORM_NEWER(X)
#undef X
  SYS_uretprobe = 335,
  SYS_uprobe = 336,
};
// clang-format on
