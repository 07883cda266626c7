/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/*
 * In which order another CPU, the recorder's, sees what is stored.
 */
#ifndef CTRACE_BPF_ORDER_BPF_H
#define CTRACE_BPF_ORDER_BPF_H

#define barrier() asm volatile("" ::: "memory")
#define READ_ONCE(x) (*(volatile typeof(x) *)&(x))
#define WRITE_ONCE(x, v) (*(volatile typeof(x) *)&(x) = (v))

/*
 * Stores `v` into the 64-bit `x`: who sees it sees all that was stored before, and what is stored
 * after it is not seen earlier. x86 keeps stores in their order anyway. For arm64 BPF has nothing
 * between a plain store and an exchange, which is a full barrier (its compiler has that since 5.18).
 */
#if defined(__TARGET_ARCH_arm64)
#define STORE_ORDERED(x, v) ((void)__sync_lock_test_and_set(&(x), v))
#else
#define STORE_ORDERED(x, v)        \
	do {                       \
		barrier();         \
		WRITE_ONCE(x, v);  \
		barrier();         \
	} while (0)
#endif

#endif
