/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/*
 * What the tasks are in the middle of.
 */
#ifndef CTRACE_BPF_SNAPSHOT_BPF_H
#define CTRACE_BPF_SNAPSHOT_BPF_H

#include "bpf/calls.bpf.h"

static __always_inline bool is_sleeping(struct task_struct *task)
{
	if (bpf_core_field_exists(task->__state))
		return task->__state;
	return ((struct task_struct___old *)task)->state;
}

/*
 * At the end of a recording: what its tasks are in the middle of counts too. Only tasks that sleep are
 * asked, since on x86 orig_ax may elsewhere be an exception's error code; a sleeping one that handles a page
 * fault can still show one.
 */
SEC("iter/task")
int on_snapshot(struct bpf_iter__task *context)
{
	struct task_struct *task = context->task;
	struct task_slot *slot;
	struct pt_regs *regs;
	struct call call;

	if (!task)
		return 0;
	slot = slot_of(task->pid);
	if (!slot || slot->tid != task->pid || !(slot->flags & SLOT_MEMBER) || !is_sleeping(task))
		return 0;
	regs = task_registers(task);
	call = call_inside(task, regs);
	if (call.nr >= 0 && call.nr < TALLY_CALLS)
		tally_call(slot, call, false);
	return 0;
}

#endif
