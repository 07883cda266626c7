/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/*
 * What the tasks are in the middle of when a recording ends.
 */
#ifndef CTRACE_BPF_SNAPSHOT_BPF_H
#define CTRACE_BPF_SNAPSHOT_BPF_H

#include "bpf/calls.bpf.h"

#define TASK_NORMAL 3		/* include/linux/sched.h: interruptible, uninterruptible */
#define PF_USER_WORKER 0x00004000	/* since 6.3 */
#define PF_KTHREAD 0x00200000
#define JOBCTL_TRAP_FREEZE (1ul << 23)	/* include/linux/sched/jobctl.h */

/*
 * Whether the task sleeps in a call that it made. Of one that runs, the registers may be those of its
 * last call; one that was stopped, frozen or killed has left its call; the kernel's own threads have
 * the registers of whoever made them.
 */
static __always_inline bool sleeps_in_call(struct task_struct *task)
{
	u32 flags = READ(task, flags);
	long state;

	if (bpf_core_field_exists(task->__state))
		state = READ(task, __state);
	else
		state = BPF_CORE_READ((struct task_struct___old *)task, state);
	return (state & TASK_NORMAL) &&
	       !(flags & (PF_EXITING | PF_IO_WORKER | PF_USER_WORKER | PF_KTHREAD)) &&
	       !(READ(task, jobctl) & JOBCTL_TRAP_FREEZE);
}

/* Where a record is put together: the stack has no room. It is read by one at a time. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct in_flight_record);
} snapshot SEC(".maps");

/* And a slot: what comes from a map is just a number to the verifier, which follows one way with it. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct task_slot);
} snapshot_slot SEC(".maps");

/* The task of the slot above, for functions that the verifier checks by themselves: see classify_slot(). */
__noinline int classify_snapshot(void)
{
	u32 first = 0;
	struct task_slot *slot = bpf_map_lookup_elem(&snapshot_slot, &first);

	if (slot && HAS_CASTS)
		classify(task_of(slot), slot);
	return 0;
}

__noinline u64 identify_snapshot(u64 fd)
{
	u32 first = 0;
	struct task_slot *slot = bpf_map_lookup_elem(&snapshot_slot, &first);

	return slot ? find_file(CAST(struct task_struct, slot->task), fd).id : 0;
}

/*
 * What the descriptors of the call are: known to the recorder where they came up before. Nothing is told
 * here, which would take a ring.
 */
static __always_inline void name_in_flight(struct in_flight_record *record, struct call call)
{
	u32 index = plan_index(call);
	const volatile struct plan *plan = &plans[index & (PLAN_ROWS - 1)];

	if (index == NO_PLAN)
		return;
	for (u32 i = 0; i < MAX_PLAN_FILES; i++) {
		u32 op = plan->file[i] >> FILE_OP_SHIFT, n = plan->file[i] & FILE_REGISTER;
		u64 fd = record->args[0];

		if (i >= (plan->files & ~FILE_UNNAMED) || n == FILE_RESULT || op > FILE_REPLACED)
			break;
		fd = n == 1 ? record->args[1] : n == 2 ? record->args[2] : fd;
		fd = n == 3 ? record->args[3] : n == 4 ? record->args[4] : fd;
		record->files[i] = identify_snapshot((u32)fd | (op == FILE_DIR ? FD_DIR : 0));
	}
}

/*
 * Into the iterator's own buffer: a ring would have to be shared with the programs of its CPU. The
 * kernel may ask anew about a task that found no room, so nothing is counted here.
 */
SEC("iter/task")
int on_snapshot(struct bpf_iter__task *context)
{
	struct task_struct *trusted = context->task, *task;
	struct in_flight_record *record;
	struct task_slot *slot, *known;
	struct call call;
	u32 first = 0;

	record = bpf_map_lookup_elem(&snapshot, &first);
	slot = bpf_map_lookup_elem(&snapshot_slot, &first);
	if (!trusted || !record || !slot)
		return 0;
	__builtin_memset(record, 0, sizeof(*record));
	task = CHEAP(trusted);
	if (!sleeps_in_call(task))
		return 0;
	known = slot_of(task->pid);
	__builtin_memset(slot, 0, sizeof(*slot));
	if (known && known->tid == task->pid)
		*slot = *known;
	slot->task = (u64)task;
	/* One that sleeps since before the recording has no slot yet. */
	if (slot->start_ns != task->start_time || slot->cgroup_id != cgroup_of(task) ||
	    slot->epoch != READ_ONCE(epoch))
		HAS_CASTS ? (void)classify_snapshot() : classify(task, slot);
	if (!(slot->flags & SLOT_MEMBER) || (slot->flags & SLOT_NEWBORN))
		return 0;
	call = call_in_flight(task, task_registers(trusted), record->args);
	if (call.nr < 0 || call.nr >= MAX_NR)
		return 0;
	record->time_ns = bpf_ktime_get_ns();
	record->tid = task->pid;
	record->nr = call.nr;
	record->abi = call.abi;
	record->wanted = (slot->flags & SLOT_TRACED) != 0;
	name_in_flight(record, call);
	describe(&record->task, task, slot);
	record->task.exe = find_program(task).id;
	bpf_seq_write(context->meta->seq, record, sizeof(*record));
	return 0;
}

#endif
