/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/*
 * Containers that have no cgroup of their own: bwrap's, `unshare --pid --mount --fork`'s. Such a one is a
 * space: a pid namespace right below the initial one whose first process has mounts that who made it has
 * not. A browser's sandbox has the host's mounts; what init itself makes is a service. It begins when a
 * program is executed in there (what set it up before is not captured) and ends with its first process.
 */
#ifndef CTRACE_BPF_SPACES_BPF_H
#define CTRACE_BPF_SPACES_BPF_H

#include "bpf/classify.bpf.h"
#include "bpf/ring.bpf.h"

/* The pid namespace below the initial one that `pid` is visible in, null for none. */
static __always_inline struct pid_namespace *space_of(struct pid *pid)
{
	struct upid number = {};

	if (!pid || !READ(pid, level))
		return 0;
	bpf_probe_read_kernel(&number, sizeof(number), &pid->numbers[space_level()]);
	return number.ns;
}

static __always_inline u64 space_number(struct pid_namespace *ns)
{
	u32 inum = 0;

	bpf_probe_read_kernel(&inum, sizeof(inum), &ns->ns.inum);
	return SPACE_BIT | inum;
}

/*
 * As has_own_mounts(), of a namespace's first process. Its address is out of an array, so to the verifier it is
 * just a number, which READ() must not follow.
 */
static __always_inline u32 mounts_of(struct task_struct *task)
{
	return BPF_CORE_READ(task, nsproxy, mnt_ns, ns.inum);
}

static __always_inline bool has_init_own_mounts(struct task_struct *init)
{
	struct task_struct *maker = BPF_CORE_READ(init, real_parent);
	u32 own = mounts_of(init), above = mounts_of(maker);

	if (own == above)
		above = mounts_of(BPF_CORE_READ(maker, real_parent));
	return own && above && own != above;
}

/* Whether it is a container's; `space` is new, and `init` its first process. */
static __always_inline bool is_container_space(struct task_struct *init, u64 space)
{
	struct cgroup_entry entry = {.top = space, .started = 1};
	struct task_struct *maker;
	struct record *rec;
	struct writer w;
	u64 *args;

	if (!init || !has_init_own_mounts(init))
		return false;
	maker = BPF_CORE_READ(init, real_parent);
	if (BPF_CORE_READ(maker, tgid) == 1)
		return false;
	if (bpf_map_update_elem(&cgroups, &space, &entry, BPF_NOEXIST)) {
		full_cgroups++;
		return false;
	}
	rec = record_begin(&w, 0, REC_SPACE, 5, DROP_LIFECYCLE, NO_TALLY);
	if (rec) {
		args = record_args(rec);
		args[0] = space;
		args[1] = BPF_CORE_READ(init, tgid);
		bpf_probe_read_kernel(&args[2], COMM_SIZE, &maker->comm);
		args[4] = BPF_CORE_READ(init, start_time);
		record_end(&w);
	}
	return true;
}

/*
 * The current task, which is in no container, executes a program: the first one in a space, perhaps. All
 * in there are looked at again.
 */
__noinline int begin_space(void)
{
	struct task_struct *task = current_task(), *init = 0;
	struct task_slot *slot = slot_of(bpf_get_current_pid_tgid());
	struct pid_namespace *ns = space_of(READ(task, thread_pid));
	u64 space;

	if (!ns || !slot || !((config.captures & CAPTURE_CONTAINERS) || (slot->flags & SLOT_TREE)))
		return 0;
	space = space_number(ns);
	if (!bpf_map_lookup_elem(&cgroups, &space)) {
		bpf_probe_read_kernel(&init, sizeof(init), &ns->child_reaper);
		if (!is_container_space(init, space))
			return 0;
		WRITE_ONCE(epoch, READ_ONCE(epoch) + 1);
	}
	return classify_current();
}

/* Whether it came into the space from outside: its parent did not, and it is not the first there. */
static __always_inline bool entered_space(struct task_struct *task, struct task_slot *slot)
{
	return (slot->top_cgroup & SPACE_BIT) && slot->phase == PHASE_OWN && !is_namespace_init(task) &&
	       !READ(task, real_parent, thread_pid, level);
}

/* The last thread of `task` ends, which may have been a space's first process. */
static __always_inline void end_space(struct task_struct *task)
{
	struct pid *pid = READ(task, group_leader, thread_pid);
	struct record *rec;
	struct writer w;
	u64 space;

	if (pid_nr_at(pid, space_level()) != 1)
		return;
	space = space_number(space_of(pid));
	if (bpf_map_delete_elem(&cgroups, &space))
		return;
	rec = record_begin(&w, 0, REC_SPACE_END, 1, DROP_LIFECYCLE, NO_TALLY);
	if (!rec)
		return;
	record_args(rec)[0] = space;
	record_end(&w);
}

#endif
