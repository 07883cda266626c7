/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/*
 * Where a task belongs and whether it is traced: decided once, kept in its slot.
 */
#ifndef CTRACE_BPF_CLASSIFY_BPF_H
#define CTRACE_BPF_CLASSIFY_BPF_H

#include "bpf/task.bpf.h"

static __always_inline bool same_comm(const char *a, const volatile char *b)
{
	return ((const u64 *)a)[0] == ((const volatile u64 *)b)[0] &&
	       ((const u64 *)a)[1] == ((const volatile u64 *)b)[1];
}

static __always_inline bool comm_wanted(struct task_struct *task)
{
	char comm[COMM_SIZE] __attribute__((aligned(8))) = {};
	bool wanted = config.comm_includes == 0;

	if (!config.comm_includes && !config.comm_excludes)
		return true;
	bpf_probe_read_kernel_str(comm, sizeof(comm), &task->comm);
	for (int i = 0; i < COMM_FILTERS; i++) {
		if (i < config.comm_includes && same_comm(comm, config.comm_include[i]))
			wanted = true;
		if (i < config.comm_excludes && same_comm(comm, config.comm_exclude[i]))
			return false;
	}
	return wanted;
}

/* The task's cgroup in the hierarchy that tells containers apart. */
static __always_inline struct cgroup *tasks_cgroup(struct task_struct *task)
{
	struct cgroup_subsys_state *state, **at;

	if (!config.css_offset)
		return READ(task, cgroups, dfl_cgrp);
	at = (void *)READ(task, cgroups) + config.css_offset;
	if (HAS_TASK_BTF)
		state = *at;
	else
		bpf_probe_read_kernel(&state, sizeof(state), at);
	return READ(state, cgroup);
}

static __always_inline u64 cgroup_of(struct task_struct *task)
{
	return READ(tasks_cgroup(task), kn, id);
}

static __always_inline bool container_started(u64 top)
{
	struct cgroup_entry *entry = bpf_map_lookup_elem(&cgroups, &top);

	return entry && entry->started;
}

static __always_inline void remember(u32 tid, struct task_slot *slot)
{
	struct member m = {.start_ns = slot->start_ns, .phase = slot->phase,
			   .tree = (slot->flags & SLOT_TREE) != 0};

	/* When the table is full the slot still knows, until another task takes it. */
	if (bpf_map_update_elem(&members, &tid, &m, BPF_ANY))
		full_members++;
}

/*
 * The outermost cgroup of the container that `cgroup` lies in, 0 for none. Only outermost ones are in
 * the map, so that a container cannot fill it by cgroups of its own, and those that are watched.
 */
#define MAX_CGROUP_DEPTH 16
static __always_inline u64 top_of(struct cgroup *cgroup)
{
	for (int i = 0; i < MAX_CGROUP_DEPTH; i++) {
		struct cgroup_entry *entry;
		u64 id;

		if (!cgroup)
			return 0;
		id = READ(cgroup, kn, id);
		entry = bpf_map_lookup_elem(&cgroups, &id);
		if (entry)
			return entry->top;
		cgroup = READ(cgroup, self.parent, cgroup);
	}
	return 0;
}

/*
 * The level of the outermost pid namespaces that a container may have. Not a constant: to the compiler
 * pid->numbers has one element, and a second one would be none that it could relocate.
 */
static __always_inline u32 space_level(void)
{
	u32 level = 1;

	asm volatile("" : "+r"(level));
	return level;
}

/* The same for who has no cgroup of its own, by the outermost pid namespace: see spaces.bpf.h. */
static __always_inline u64 top_of_space(struct task_struct *task)
{
	struct pid *pid = READ(task, thread_pid);
	struct cgroup_entry *entry;
	u64 space;

	if (!pid || !READ(pid, level))
		return 0;
	space = SPACE_BIT | pid_ns_inum(pid, space_level());
	entry = bpf_map_lookup_elem(&cgroups, &space);
	return entry ? entry->top : 0;
}

/*
 * Fills `slot` for `task`: first sight, moved to another cgroup, or the epoch rose. The phase of a
 * task that was moved into a container is the runtime's: its set-up, or an entering when the
 * container has begun. One that was there already when it was first seen belongs to the container;
 * one that did not move keeps its phase when the recorder learns what its cgroup belongs to.
 */
static __always_inline void classify(struct task_struct *task, struct task_slot *slot)
{
	u32 tid = READ(task, pid);
	u64 cgroup = cgroup_of(task), start = READ(task, start_time);
	bool same = slot->tid == tid && slot->start_ns == start;
	struct member *m = bpf_map_lookup_elem(&members, &tid);
	u64 in_cgroup = top_of(tasks_cgroup(task));
	u64 outermost = in_cgroup ? in_cgroup : top_of_space(task);
	bool unwanted = outermost == TOP_UNWANTED;
	u64 top = unwanted ? 0 : outermost;
	u8 phase = same ? slot->phase : PHASE_HOST;
	u8 flags = same ? slot->flags & (SLOT_NEWBORN | SLOT_TREE | SLOT_MET | SLOT_EXECED) : 0;
	u64 old_top = same ? slot->top_cgroup : 0;
	bool moved = same && slot->cgroup_id != cgroup, exiting;

	if (m && (m->start_ns == start || !m->start_ns)) {
		if (m->tree)
			flags |= SLOT_TREE;
		if (!same) {
			phase = m->phase;
			old_top = phase == PHASE_HOST ? 0 : top;
		}
	}
	if (!top)
		phase = PHASE_HOST;
	else if (phase == PHASE_HOST || (old_top != top && (moved || !same)))
		phase = !container_started(top) ? PHASE_SETUP : moved ? PHASE_ENTERING : PHASE_OWN;
	if (((config.captures & CAPTURE_CONTAINERS) && top) ||
	    ((config.captures & CAPTURE_TREE) && (flags & SLOT_TREE)) ||
	    ((config.captures & CAPTURE_HOST) && !top && !unwanted))
		flags |= SLOT_MEMBER;
	if ((flags & SLOT_MEMBER) && comm_wanted(task) && READ(task, tgid) != config.recorder_tgid)
		flags |= SLOT_TRACED;
	/* What was told of it holds if it is where it was; the epoch of one that was renamed is 0. */
	if (same && slot->epoch && slot->cgroup_id == cgroup && slot->top_cgroup == top &&
	    slot->phase == phase)
		flags |= slot->flags & SLOT_TOLD;
	slot->start_ns = start;
	slot->cgroup_id = cgroup;
	slot->top_cgroup = top;
	slot->stack = 0;
	slot->tid = tid;
	slot->phase = phase;
	slot->flags = flags;
	/*
	 * What a task does behind on_exit (its files are closed there, and rights checked for that) is its
	 * own; but nobody would forget it again, and the next task with its tid is another one.
	 */
	exiting = READ(task, flags) & PF_EXITING;
	slot->epoch = exiting ? 0 : READ_ONCE(epoch);
	slot->tally = NO_TALLY;
	if (flags & SLOT_MEMBER) {
		slot->tally = find_tally(top, phase, ABI_NATIVE);
		if (!exiting)
			remember(tid, slot);
	}
}

/*
 * The same for the task that `task` of tid's slot leads to, by a function that the verifier checks by
 * itself. Older kernels make no pointer of a number.
 */
__noinline int classify_slot(u32 tid)
{
	struct task_slot *slot = slot_of(tid);

	if (slot)
		classify(HAS_CASTS ? task_of(slot) : current_task(), slot);
	return 0;
}

static __always_inline void classify_task(struct task_struct *task, struct task_slot *slot, u32 tid)
{
	if (!HAS_CASTS)
		return classify(task, slot);
	slot->task = (u64)task;
	classify_slot(tid);
}

__noinline int classify_current(void)
{
	u32 tid = bpf_get_current_pid_tgid();
	struct task_slot *slot = slot_of(tid);

	if (!slot)
		return 0;
	slot->task = bpf_get_current_task();
	return classify_slot(tid);
}

/* The slot of `task`, which is the current one. */
static __always_inline struct task_slot *look_up(struct task_struct *task)
{
	u32 tid = READ(task, pid);
	struct task_slot *slot = slot_of(tid);

	if (!slot)
		return 0;
	/* A slot whose task ended has no tid (on_exit), so the start time need not be compared. */
	if (slot->tid != tid || slot->cgroup_id != cgroup_of(task) || slot->epoch != READ_ONCE(epoch))
		classify_current();
	return slot;
}

/* The slot of the current task if it is recorded, and told; else null. */
static __always_inline struct task_slot *recorded_current(void)
{
	struct task_slot *slot = look_up(current_task());

	if (!slot || !(slot->flags & SLOT_MEMBER) || !(slot->flags & SLOT_TRACED))
		return 0;
	return (slot->flags & SLOT_TOLD) || tell_briefly(DROP_LIFECYCLE) ? slot : 0;
}

#endif
