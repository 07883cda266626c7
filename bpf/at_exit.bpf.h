/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/*
 * Whose call ends: the slot of the current task, found without asking the kernel who that is. Helpers
 * are what costs here (15 ns for the current task where each return is made safe from speculation),
 * and everybody's calls pay.
 *
 * A task's registers lie at the top of its kernel stack, which is its own as long as it lives. So
 * their address leads to the tid, by a table of hints, and to its slot, which says whether that is so
 * (`stack`). What must be read of the task itself is read through the pointer that the slot keeps;
 * bpf_rdonly_cast(), since 6.2, makes a typed pointer of it at no cost. Older kernels ask the helper.
 */
#ifndef CTRACE_BPF_AT_EXIT_BPF_H
#define CTRACE_BPF_AT_EXIT_BPF_H

#include "bpf/classify.bpf.h"

#define STACK_SHIFT 14	/* log2 of the least THREAD_SIZE */
#define HINTS 32768
u32 hints[HINTS] = {};	/* by stack: the tid that had it last; tasks may share one and then take turns */

/*
 * A number for the stack that `regs` is on. The difference of two pointers, since only that is a
 * number to the verifier.
 */
static __always_inline u64 stack_of(struct pt_regs *regs)
{
	return (u64)regs - (u64)&config;
}

u64 stack_base = 0;	/* &config: a number, since it was stored */

static __always_inline u32 *hint_of(u64 stack)
{
	return &hints[(stack >> STACK_SHIFT) & (HINTS - 1)];
}

/* The current task, whose slot this is. */
static __always_inline struct task_struct *task_at_exit(struct task_slot *slot)
{
	return HAS_CASTS ? task_of(slot) : current_task();
}

/* The current task has no hint, or has changed. Returns its tid. */
__noinline int meet_current(u64 stack)
{
	struct task_struct *task = current_task();
	struct task_slot *slot = look_up(task);
	u32 tid = READ(task, pid);

	if (!slot)
		return tid;
	stack_base = (u64)&config;
	slot->stack = stack;
	slot->task = (u64)task;
	slot->css_set = (u64)READ(task, cgroups);
	*hint_of(stack) = tid;
	return tid;
}

/* The slot of the current task, at the end of its call. */
static __always_inline struct task_slot *look_up_at_exit(struct pt_regs *regs)
{
	struct task_slot *slot;
	u64 stack;

	if (!HAS_CASTS)
		return look_up(current_task());
	stack = stack_of(regs);
	slot = slot_of(*hint_of(stack));
	/* Which cgroup it is in is told by one pointer; on_attach guards against one that is used again. */
	if (slot && slot->stack == stack && slot->epoch == READ_ONCE(epoch) &&
	    slot->css_set == (u64)task_of(slot)->cgroups)
		return slot;
	return slot_of(meet_current(stack));
}

#endif
