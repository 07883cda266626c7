/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/*
 * On newer kernels (seen on 7.3, not on 6.18) a program at a tracepoint may be preempted. Whoever runs
 * on its CPU meanwhile finds the ring busy, and what would call the same program then is not called
 * (a recursion miss). So it keeps others off itself, but for the few instructions around it: what is
 * lost there is counted.
 */
#ifndef CTRACE_BPF_PREEMPT_BPF_H
#define CTRACE_BPF_PREEMPT_BPF_H

#include <bpf/bpf_tracing.h>

#include "bpf/ring.bpf.h"

extern void bpf_preempt_disable(void) __ksym __weak;	/* since 6.10 */
extern void bpf_preempt_enable(void) __ksym __weak;

/* As BPF_PROG(). */
#define UNDISTURBED_PROG(name, args...)                                                            \
	name(unsigned long long *ctx);                                                             \
	static __always_inline int undisturbed_##name(unsigned long long *ctx, ##args);            \
	int name(unsigned long long *ctx)                                                          \
	{                                                                                          \
		int result;                                                                        \
                                                                                                   \
		if (config.preempted)                                                              \
			bpf_preempt_disable();                                                     \
		_Pragma("GCC diagnostic push")                                                     \
		_Pragma("GCC diagnostic ignored \"-Wint-conversion\"")                             \
		result = undisturbed_##name(___bpf_ctx_cast(args));                                \
		_Pragma("GCC diagnostic pop")                                                      \
		if (config.preempted)                                                              \
			bpf_preempt_enable();                                                      \
		return result;                                                                     \
	}                                                                                          \
	static __always_inline int undisturbed_##name(unsigned long long *ctx, ##args)

#endif
