/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/*
 * The life of processes: fork, exec, exit, rename.
 */
#ifndef CTRACE_BPF_LIFE_BPF_H
#define CTRACE_BPF_LIFE_BPF_H

#include "bpf/calls.bpf.h"
#include "bpf/preempt.bpf.h"
#include "bpf/spaces.bpf.h"

SEC("tp_btf/sched_process_fork")
int UNDISTURBED_PROG(on_fork, struct task_struct *trusted_parent, struct task_struct *trusted_child)
{
	struct task_struct *parent = CHEAP(trusted_parent), *child = CHEAP(trusted_child);
	struct task_slot *above = look_up(parent), *slot = slot_of(child->pid);
	struct task_slot from;
	struct record *rec;
	struct writer w;
	u32 level;
	u64 *args;

	/* Its address may have been another table's. */
	if (config.names_gone && GET(child, files) != GET(parent, files))
		forget_table(NUMBER(GET(child, files)));
	if (!above || !slot)
		return 0;
	if ((above->flags & SLOT_MEMBER) && !(above->flags & SLOT_TOLD))
		tell_briefly(DROP_LIFECYCLE);
	from = *above;	/* the child's slot may be the same one */
	slot->stack = 0;
	/* Whoever had the stack before may not have been seen to end. */
	if (HAS_CASTS)
		*hint_of(stack_of(task_registers(trusted_child))) = 0;
	slot->tid = child->pid;
	slot->start_ns = child->start_time;
	slot->cgroup_id = from.cgroup_id;
	slot->top_cgroup = from.top_cgroup;
	slot->phase = from.phase;
	slot->flags = (from.flags & (SLOT_TREE | SLOT_MEMBER | SLOT_TRACED)) | SLOT_NEWBORN;
	slot->epoch = from.epoch;
	slot->tally = from.tally;
	if (cgroup_of(child) != slot->cgroup_id)	/* CLONE_INTO_CGROUP */
		classify_task(child, slot, child->pid);
	if (!(slot->flags & SLOT_MEMBER))
		return 0;
	remember(child->pid, slot);
	if (!(from.flags & SLOT_MEMBER))
		return 0;
	rec = record_begin(&w, parent->pid, REC_FORK, 4, DROP_LIFECYCLE, from.tally);
	if (!rec)
		return 0;
	level = child->thread_pid->level;
	args = record_args(rec);
	args[0] = child->tgid;
	args[1] = child->pid;
	args[2] = pid_nr_at(child->group_leader->thread_pid, level);
	args[3] = pid_nr_at(child->thread_pid, level);
	record_end(&w);
	return 0;
}

static __always_inline void begin_container(u64 top)
{
	struct cgroup_entry *entry = bpf_map_lookup_elem(&cgroups, &top);

	if (entry)
		entry->started = 1;
}

/*
 * A thread that executes a program takes its leader's tid; the leader's exit, which came before, took
 * away all that was known under it.
 */
static __always_inline void inherit(u32 old_tid, u32 tid)
{
	struct member *m = bpf_map_lookup_elem(&members, &old_tid), copy;
	struct task_slot *old = slot_of(old_tid), *own = slot_of(tid);

	if (old && old->tid == old_tid)
		leave_slot(old);
	/* Whoever looked at the task since the leader's exit (a check of a capability) found nobody. */
	if (own && own->tid == tid)
		leave_slot(own);
	if (!m)
		return;
	copy = *m;
	copy.start_ns = 0;	/* the leader's now */
	bpf_map_update_elem(&members, &tid, &copy, BPF_ANY);
	bpf_map_delete_elem(&members, &old_tid);
}

/*
 * A container may begin long after its cgroup, when nobody takes that for one any more: where its
 * first program begins in a cgroup that is watched, all in there is looked at again.
 */
__noinline int begin_late(void)
{
	struct task_struct *task = current_task();
	struct cgroup *cgroup = tasks_cgroup(task);
	struct cgroup_entry *entry;
	struct record *rec;
	struct writer w;
	u64 id;

	if (!(config.captures & CAPTURE_CONTAINERS) || !(has_own_mounts(task) || is_namespace_init(task)))
		return 0;
	id = READ(cgroup, kn, id);
	entry = bpf_map_lookup_elem(&cgroups, &id);
	if (!entry || entry->top)
		return 0;
	entry->top = id;
	entry->started = 0;
	WRITE_ONCE(epoch, READ_ONCE(epoch) + 1);
	rec = record_begin(&w, 0, REC_CGROUP_LATE, 1, DROP_LIFECYCLE, NO_TALLY);
	if (rec) {
		record_args(rec)[0] = id;
		record_end(&w);
	}
	return classify_current();
}

struct exec_call {
	u64 args[6];
	u32 nr;
	u32 abi;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, u32);		/* tid, that of the leader */
	__type(value, struct exec_call);
} exec_calls SEC(".maps");

/*
 * The arguments of an execve that is about to succeed. When sched_process_exec tells of it they are
 * gone from the registers; the name of the task changes a moment before that, in the same call, when a
 * thread that is not the leader has the leader's tid already (begin_new_exec() in fs/exec.c).
 */
static __always_inline void keep_exec(struct task_struct *task, struct pt_regs *regs)
{
	u32 tid = task->pid;
	struct exec_call kept = {};
	struct call call;

	if (tid != (u32)bpf_get_current_pid_tgid())
		return;
	call = call_in_flight(task, regs, kept.args);
	kept.nr = call.nr;
	kept.abi = call.abi;
	if (is_exec_call(call))
		bpf_map_update_elem(&exec_calls, &tid, &kept, BPF_ANY);
}

SEC("tp_btf/sched_process_exec")
int UNDISTURBED_PROG(on_exec, struct task_struct *trusted, int old_tid, struct linux_binprm *trusted_bprm)
{
	struct task_struct *task = CHEAP(trusted);
	struct linux_binprm *bprm = CHEAP(trusted_bprm);
	struct mm_struct *mm = task->mm;
	struct exec_call *call;
	struct task_slot *slot;
	struct record *rec;
	struct writer w;
	u32 tid = task->pid;
	u64 *args;

	if (task->pid != (u32)old_tid)
		inherit(old_tid, task->pid);
	/* Some are closed on exec, and a table that was shared is copied. */
	if (config.names_gone)
		forget_table(NUMBER(GET(task, files)));
	slot = look_up(task);
	if (!slot)
		return 0;
	if (!(slot->flags & SLOT_MEMBER))
		begin_late();
	if (!slot->top_cgroup)
		begin_space();
	if (!(slot->flags & SLOT_MEMBER))
		return 0;
	slot->flags = (slot->flags & ~SLOT_NEWBORN) | SLOT_EXECED;
	/*
	 * The runtime may execute itself (runc's protected copy) or a hook in the container's cgroup;
	 * what it makes the container of has mounts that its parent has not, or is the first process
	 * of a pid namespace.
	 */
	if (slot->phase == PHASE_SETUP && (has_own_mounts(task) || is_namespace_init(task))) {
		slot->phase = PHASE_OWN;
		begin_container(slot->top_cgroup);
	} else if (slot->phase == PHASE_ENTERING &&
		   (has_own_mounts(task) || READ(task, thread_pid, level))) {
		/* With mounts as its parent's where one that entered itself forked it. */
		slot->phase = PHASE_ENTERED;
	} else if (entered_space(task, slot)) {
		slot->phase = PHASE_ENTERED;
	}
	slot->tally = find_tally(slot->top_cgroup, slot->phase, ABI_NATIVE);
	remember(slot->tid, slot);
	tell_current(DROP_LIFECYCLE);
	call = bpf_map_lookup_elem(&exec_calls, &tid);
	if (call && is_counted_as_execve(call->abi, call->nr))
		count_call(slot->tally, NR_EXECVEAT, false);
	rec = record_begin(&w, slot->tid, REC_EXEC, call ? 3 + EXEC_ARGS : 3, DROP_LIFECYCLE, slot->tally);
	if (!rec)
		return 0;
	args = record_args(rec);
	args[0] = bprm->file->f_inode->i_sb->s_dev;
	args[1] = bprm->file->f_inode->i_ino;
	/* Set by setuid, setgid and capabilities of the file that gave something, as AT_SECURE is. */
	args[2] = (u32)old_tid | (u64)BPF_CORE_READ_BITFIELD_PROBED(bprm, secureexec) << 32;
	if (call) {
		/* Which of the two it was its end may not tell. */
		rec->nr = call->nr;
		rec->abi = call->abi;
		for (int i = 0; i < EXEC_ARGS; i++)
			args[3 + i] = call->args[i];
		bpf_map_delete_elem(&exec_calls, &tid);
	}
	put_kernel_text(&w, 0, bprm->filename);
	put_argv(&w, 1, mm->arg_start, mm->arg_end);
	if (config.environment && w.pressure < PRESSURE_NO_PAYLOADS)
		put_argv(&w, EXEC_ENVP, mm->env_start, mm->env_end);
	record_end(&w);
	return 0;
}

#define SIGSYS 31

/*
 * Whether seccomp killed the task for a call that on_sys_exit did not see: since 5.16 that is so when
 * other threads live on; before, always, and there nothing tells it from another SIGSYS.
 */
static __always_inline bool died_unseen(struct task_struct *task, struct pt_regs *regs)
{
	u32 mode = READ(task, seccomp.mode);

	if ((task->exit_code & 0x7f) != SIGSYS)
		return false;
	/* A call that is seen has its registers put back. (arm64: the others look the same.) */
	if (mode == SECCOMP_MODE_DEAD)
		return (s64)READ_REGISTER(regs, REGISTER_RESULT) !=
		       ROLLED_BACK(regs, READ_REGISTER);
	return mode == SECCOMP_MODE_FILTER;
}

SEC("tp_btf/sched_process_exit")
int UNDISTURBED_PROG(on_exit, struct task_struct *trusted)
{
	struct task_struct *task = CHEAP(trusted);
	struct task_slot *slot = look_up(task);
	struct pt_regs *regs;
	struct record *rec;
	struct writer w;
	struct call call;
	u32 tid;
	bool refused;
	u64 *args;

	if (!slot)
		return 0;
	tid = slot->tid;
	if (slot->flags & SLOT_MEMBER) {
		refused = (task->exit_code & 0x7f) == SIGSYS;
		if (!(slot->flags & SLOT_TOLD) || (refused && slot->filter != filter_mark(task)))
			tell_current(DROP_LIFECYCLE);
		regs = task_registers(trusted);
		call = call_inside(task, regs);
		/* exit and exit_group never come to on_sys_exit. */
		if (is_exit_call(call) || (call.nr >= 0 && died_unseen(task, regs)))
			tally_call(slot, call, false);
		rec = record_begin(&w, tid, REC_EXIT, refused ? 11 : 4, DROP_LIFECYCLE,
				   slot->tally);
		if (rec) {
			args = record_args(rec);
			rec->abi = call.abi;
			args[0] = (u32)task->exit_code;
			args[1] = (s64)call.nr;
			args[2] = call.abi == ABI_COMPAT
					  ? (u32)READ_REGISTER(regs, REGISTER_FIRST_COMPAT)
					  : READ_REGISTER(regs, REGISTER_FIRST);
			args[3] = task->signal->live.counter == 0;
			if (refused)
				put_last_call(args + 4, regs, rec->abi);
			record_end(&w);
		}
	}
	if (task->signal->live.counter == 0)
		end_space(task);
	bpf_map_delete_elem(&members, &tid);
	leave_slot(slot);
	return 0;
}

/* A new name may change what the comm filter says, and is told before the next record. */
SEC("tp_btf/task_rename")
int UNDISTURBED_PROG(on_rename, struct task_struct *trusted)
{
	struct task_struct *task = CHEAP(trusted);
	struct task_slot *slot = slot_of(task->pid);

	if (!slot)
		return 0;
	/* The slot is nobody's when the leader ended so that another thread can take its place. */
	if (slot->tid == task->pid ? slot->flags & SLOT_MEMBER : !slot->tid)
		keep_exec(task, task_registers(trusted));
	if (slot->tid == task->pid)
		slot->epoch = 0;
	return 0;
}

/*
 * The kernel will kill a task for want of memory. A raw tracepoint: it gives the task's number, and since
 * 6.9 the task.
 */
SEC("raw_tp/mark_victim")
int on_oom(struct bpf_raw_tracepoint_args *ctx)
{
	u64 victim = ctx->args[0];
	u32 tid = victim >> 32 ? BPF_CORE_READ((struct task_struct *)victim, pid) : victim;
	struct task_slot *slot = slot_of(tid);
	struct writer w;

	if (!slot || slot->tid != tid || !(slot->flags & SLOT_MEMBER))
		return 0;
	if (record_begin(&w, tid, REC_OOM, 0, DROP_LIFECYCLE, slot->tally))
		record_end(&w);
	return 0;
}

#endif
