/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/*
 * The life of cgroups: each one that is made from now on is captured from its birth.
 */
#ifndef CTRACE_BPF_CGROUPS_BPF_H
#define CTRACE_BPF_CGROUPS_BPF_H

#include "bpf/calls.bpf.h"
#include "bpf/preempt.bpf.h"

/* Who does it: the current task's number if it is recorded, and told; else 0. */
static __always_inline u32 recorded_actor(void)
{
	struct task_slot *slot = recorded_current();

	return slot ? slot->tid : 0;
}

SEC("tp_btf/cgroup_mkdir")
int UNDISTURBED_PROG(on_cgroup_mkdir, struct cgroup *trusted, const char *path)
{
	struct cgroup *cgroup = CHEAP(trusted);
	u64 id = cgroup->kn->id, parent = cgroup->self.parent->cgroup->kn->id;
	struct cgroup_entry entry = {};
	struct record *rec;
	struct writer w;
	u64 *args;

	if (cgroup->root->hierarchy_id != config.hierarchy_id)
		return 0;
	entry.top = top_of(cgroup->self.parent->cgroup);
	if (!entry.top) {
		entry.top = id;
		if (bpf_map_update_elem(&cgroups, &id, &entry, BPF_ANY)) {
			full_cgroups++;
			count_drop(DROP_NOT_TAKEN_IN, NO_TALLY);
		}
	}
	rec = record_begin(&w, recorded_actor(), REC_CGROUP_MKDIR, 3, DROP_LIFECYCLE, NO_TALLY);
	if (!rec)
		return 0;
	args = record_args(rec);
	args[0] = id;
	args[1] = parent;
	args[2] = entry.top;
	put_kernel_text(&w, 0, path);
	record_end(&w);
	return 0;
}

SEC("tp_btf/cgroup_rmdir")
int UNDISTURBED_PROG(on_cgroup_rmdir, struct cgroup *trusted, const char *path)
{
	struct cgroup *cgroup = CHEAP(trusted);
	u64 id = cgroup->kn->id, top;
	struct record *rec;
	struct writer w;

	if (cgroup->root->hierarchy_id != config.hierarchy_id)
		return 0;
	top = top_of(cgroup);
	bpf_map_delete_elem(&cgroups, &id);
	rec = record_begin(&w, recorded_actor(), REC_CGROUP_RMDIR, 2, DROP_LIFECYCLE, NO_TALLY);
	if (!rec)
		return 0;
	record_args(rec)[0] = id;
	record_args(rec)[1] = top;
	put_kernel_text(&w, 0, path);
	record_end(&w);
	return 0;
}

/* A css_set that the last task left may come back as another one at the same address. */
SEC("tp_btf/cgroup_attach_task")
int BPF_PROG(on_attach)
{
	WRITE_ONCE(epoch, READ_ONCE(epoch) + 1);
	return 0;
}

/* The same as an event; `leader` is moved, and all of its process with it if `whole`. */
SEC("tp_btf/cgroup_attach_task")
int UNDISTURBED_PROG(on_attach_event, struct cgroup *trusted, const char *path,
		     struct task_struct *trusted_leader, bool whole)
{
	struct task_struct *leader = CHEAP(trusted_leader);
	struct cgroup *cgroup = CHEAP(trusted);
	struct record *rec;
	struct writer w;
	u64 *args, top;
	u32 actor;

	if (cgroup->root->hierarchy_id != config.hierarchy_id)
		return 0;
	top = top_of(cgroup);
	actor = recorded_actor();
	if (!actor && (!top || top == TOP_UNWANTED))
		return 0;
	rec = record_begin(&w, actor, REC_CGROUP_ATTACH, 5, DROP_SYSCALL, NO_TALLY);
	if (!rec)
		return 0;
	args = record_args(rec);
	args[0] = cgroup->kn->id;
	args[1] = top;
	args[2] = READ(leader, tgid);
	args[3] = READ(leader, pid);
	args[4] = whole;
	put_kernel_text(&w, 0, path);
	record_end(&w);
	return 0;
}

#endif
