/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/*
 * When system calls began. The program at their entry is loaded only where durations are asked for;
 * elsewhere nothing of this is left.
 */
#ifndef CTRACE_BPF_DURATIONS_BPF_H
#define CTRACE_BPF_DURATIONS_BPF_H

#include "bpf/at_exit.bpf.h"

/* Not in the task's slot, which is one line of the cache. */
struct beginning {
	u64 time_ns;	/* 0: not known */
	u32 tid;
	u32 unused;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);		/* set at load: as `slots` */
	__type(key, u32);		/* likewise */
	__type(value, struct beginning);
} beginnings SEC(".maps");

static __always_inline struct beginning *beginning_of(u32 tid)
{
	u32 index = tid & config.slot_mask;

	return bpf_map_lookup_elem(&beginnings, &index);
}

/*
 * The call of this task ends. Each beginning is taken once: a call that seccomp or a tracer skipped has
 * none, and must not be given that of the call before. A function, for the sake of its callers' stack.
 */
__noinline u64 take_known_beginning(u32 tid)
{
	struct beginning *known = beginning_of(tid);
	u64 time_ns = 0;

	if (known && known->tid == tid) {
		time_ns = known->time_ns;
		known->time_ns = 0;
	}
	return time_ns;
}

static __always_inline u64 take_beginning(u32 tid)
{
	return config.durations ? take_known_beginning(tid) : 0;
}

/* Puts it behind the record's `args` other values; to be called behind put_registers(). */
static __always_inline void put_beginning(struct record *rec, u32 args, u64 began_ns)
{
	if (config.durations)
		record_args(rec)[args & 15] = began_ns;
}

/* The slot of the current task, if it came to the end of a call before. */
static __always_inline struct task_slot *slot_at_entry(struct pt_regs *regs)
{
	u32 tid;
	u64 stack;
	struct task_slot *slot;

	if (!HAS_CASTS) {
		tid = bpf_get_current_pid_tgid();
		slot = slot_of(tid);
		return slot && slot->tid == tid ? slot : 0;
	}
	stack = stack_of(regs);
	slot = slot_of(*hint_of(stack));
	return slot && slot->stack == stack ? slot : 0;
}

/* It writes nothing to a ring, and may be preempted. */
SEC("tp_btf/sys_enter")
int BPF_PROG(on_sys_enter, struct pt_regs *regs)
{
	struct task_slot *slot = slot_at_entry(regs);
	struct beginning *own;

	if (!slot || !(slot->flags & SLOT_TRACED))
		return 0;
	own = beginning_of(slot->tid);
	if (!own)
		return 0;
	own->tid = slot->tid;
	own->time_ns = bpf_ktime_get_ns();
	return 0;
}

#endif
