// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
/*
 * The capture: one always-on program at the exit of system calls, and the few events that tell who
 * the tasks are. Tracepoints with BTF (tp_btf) only: they load where kprobes and fentry do not.
 *
 * Who is traced is decided once a task and kept in its slot; the exit program compares three
 * numbers and leaves. A slot is a cache by tid, `members` keeps what must not be forgotten when two
 * tids share a slot. Containers are told by their cgroup: each cgroup that is made from now on is
 * captured from its birth, and the recorder decides within milliseconds whether it is one.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "bpf/blob.bpf.h"
#include "bpf/task.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define TS_COMPAT 2		/* arch/x86/include/asm/thread_info.h */
#define X32_BIT 0x40000000	/* __X32_SYSCALL_BIT */
#define NR_EXIT 60
#define NR_EXIT_GROUP 231
#define NR_EXIT_I386 1
#define NR_EXIT_GROUP_I386 252
#define NR_RT_SIGRETURN 15
#define NR_RT_SIGRETURN_I386 173
#define ENOSYS 38
#define MAX_ERRNO 4095
#define MAX_NR 1000		/* numbers from here on are no system calls anywhere */

const volatile struct plan plans[2 * PLAN_SYSCALLS];	/* native and x32, then i386 */

/* ---- system calls ---- */

struct call {
	s32 nr;		/* -1: out of range */
	s32 raw_nr;
	u8 abi;
};

static __always_inline struct call call_of(struct task_struct *task, struct pt_regs *regs, long ret)
{
	struct call call = {.raw_nr = (s32)regs->orig_ax, .abi = ABI_NATIVE};

	call.nr = call.raw_nr;
	if (READ(task, thread_info.status) & TS_COMPAT)
		call.abi = ABI_I386;
	else if (call.nr >= 0 && (call.nr & X32_BIT)) {
		call.abi = ABI_X32;
		call.nr &= ~X32_BIT;
	}
	/* rt_sigreturn replaced all registers, the number too. */
	if (call.nr == -1 && ret != -ENOSYS)
		call.nr = call.abi == ABI_I386 ? NR_RT_SIGRETURN_I386 : NR_RT_SIGRETURN;
	if (call.nr < 0 || call.nr >= MAX_NR)
		call.nr = -1;
	return call;
}

/* Which plan; NO_PLAN for a number that has none. */
#define NO_PLAN 0xffffffff
static __always_inline u32 plan_index(struct call call)
{
	if ((u32)call.nr >= PLAN_SYSCALLS)
		return NO_PLAN;
	return call.nr + (call.abi == ABI_I386 ? PLAN_SYSCALLS : 0);
}

static __always_inline void put_registers(u64 *args, struct pt_regs *regs, u8 abi)
{
	if (abi == ABI_I386) {
		args[0] = (u32)regs->bx;
		args[1] = (u32)regs->cx;
		args[2] = (u32)regs->dx;
		args[3] = (u32)regs->si;
		args[4] = (u32)regs->di;
		args[5] = (u32)regs->bp;
		return;
	}
	args[0] = regs->di;
	args[1] = regs->si;
	args[2] = regs->dx;
	args[3] = regs->r10;
	args[4] = regs->r8;
	args[5] = regs->r9;
}

/*
 * Writes the blobs of the record that is being written, whose values end at `size`, by plan `index`.
 * Returns the bytes added and, in the highest byte, how many blobs they are.
 */
__noinline int write_blobs(u32 size, u32 index, s64 ret)
{
	const volatile struct plan *plan = &plans[index & (2 * PLAN_SYSCALLS - 1)];
	struct ring_head *ring = ring_here();
	u32 added = 0, blobs = 0;
	u64 *args;

	if (!ring)
		return 0;
	args = record_args((struct record *)((u8 *)(ring + 1) + (ring->prod & config.ring_mask)));
	for (int i = 0; i < MAX_BLOBS; i++) {
		u8 arg, op;

		if (i >= plan->blobs)
			break;
		arg = plan->blob[i].arg & 7;
		op = plan->blob[i].op;
		if (op == OP_STRINGS)
			added += write_strings(size + added, arg, args[arg],
					       index < PLAN_SYSCALLS ? 8 : 4);
		else
			added += write_blob(size + added, arg | op << 8, args[arg],
					    args[(arg + 1) & 7], ret);
		blobs++;
	}
	return (added & 0xffffff) | blobs << 24;
}

static __always_inline void tally_call(struct task_slot *slot, struct call call, bool failed)
{
	u32 index = slot->tally;

	if (call.abi != ABI_NATIVE)
		index = find_tally(slot->top_cgroup, slot->phase, call.abi);
	count_call(index, call.nr, failed);
}

SEC("tp_btf/sys_exit")
int BPF_PROG(on_sys_exit, struct pt_regs *regs, long ret)
{
	struct task_struct *task = current_task();
	struct task_slot *slot = look_up(task);
	struct record *rec;
	struct writer w;
	struct call call;
	u8 args = 6, flags = PLAN_WANTED, blobs = 0;
	u32 index;

	if (!slot || !(slot->flags & SLOT_MEMBER))
		return 0;
	call = call_of(task, regs, ret);
	index = plan_index(call);
	if (index != NO_PLAN) {
		const volatile struct plan *plan = &plans[index & (2 * PLAN_SYSCALLS - 1)];

		args = plan->args;
		flags = plan->flags;
		/* A success is told by on_exec: its arguments are gone. */
		blobs = (flags & PLAN_EXEC) && ret >= 0 ? 0 : plan->blobs;
	} else if (call.nr < 0) {
		args = 7;	/* the number itself too */
	}
	if (slot->flags & SLOT_NEWBORN) {
		slot->flags &= ~SLOT_NEWBORN;
		if ((flags & PLAN_FORK) && ret == 0)
			return 0;	/* the child's return from its own making is no call */
	}
	tally_call(slot, call, ret < 0 && ret >= -MAX_ERRNO);
	if ((flags & PLAN_WANTED) && (slot->flags & SLOT_TRACED)) {
		if (!(slot->flags & SLOT_TOLD))
			tell_current();
		/* Nobody may take it for a call of whoever had the tid before. */
		if (!(slot->flags & SLOT_TOLD)) {
			count_drop(DROP_SYSCALL);
			return 0;
		}
		rec = record_begin(&w, slot->tid, REC_SYSCALL, args, DROP_SYSCALL);
		if (rec) {
			rec->nr = call.nr < 0 ? NR_OUT_OF_RANGE : call.nr;
			rec->abi = call.abi;
			rec->result = ret;
			put_registers(record_args(rec), regs, call.abi);
			if (call.nr < 0)
				record_args(rec)[6] = (s64)call.raw_nr;
			if (blobs) {
				u32 added = write_blobs(w.size, index, ret);

				w.size += added & 0xffffff;
				w.blobs = added >> 24;
			}
			record_end(&w);
		}
	}
	if (ret >= 0 && (flags & (PLAN_IDENTITY | PLAN_HOSTNAME))) {
		slot->flags &= ~SLOT_TOLD;
		if (flags & PLAN_HOSTNAME)
			WRITE_ONCE(epoch, READ_ONCE(epoch) + 1);
	}
	return 0;
}

/* ---- the life of processes ---- */

SEC("tp_btf/sched_process_fork")
int BPF_PROG(on_fork, struct task_struct *parent, struct task_struct *child)
{
	struct task_slot *above = look_up(parent), *slot = slot_of(child->pid);
	struct task_slot from;
	struct record *rec;
	struct writer w;
	u32 level;
	u64 *args;

	if (!above || !slot)
		return 0;
	if ((above->flags & SLOT_MEMBER) && !(above->flags & SLOT_TOLD))
		tell_current();
	from = *above;	/* the child's slot may be the same one */
	slot->tid = child->pid;
	slot->start_ns = child->start_time;
	slot->cgroup_id = from.cgroup_id;
	slot->top_cgroup = from.top_cgroup;
	slot->phase = from.phase;
	slot->flags = (from.flags & (SLOT_TREE | SLOT_MEMBER | SLOT_TRACED)) | SLOT_NEWBORN;
	slot->epoch = from.epoch;
	slot->tally = from.tally;
	if (cgroup_of(child) != slot->cgroup_id)	/* CLONE_INTO_CGROUP */
		classify(child, slot);
	if (!(slot->flags & SLOT_MEMBER))
		return 0;
	remember(child->pid, slot);
	if (!(from.flags & SLOT_MEMBER))
		return 0;
	rec = record_begin(&w, parent->pid, REC_FORK, 4, DROP_LIFECYCLE);
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
	struct task_slot *old = slot_of(old_tid);

	if (old && old->tid == old_tid)
		old->tid = 0;
	if (!m)
		return;
	copy = *m;
	copy.start_ns = 0;	/* the leader's now */
	bpf_map_update_elem(&members, &tid, &copy, BPF_ANY);
	bpf_map_delete_elem(&members, &old_tid);
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_exec, struct task_struct *task, int old_tid, struct linux_binprm *bprm)
{
	struct mm_struct *mm = task->mm;
	struct task_slot *slot;
	struct record *rec;
	struct writer w;
	u64 *args;

	if (task->pid != (u32)old_tid)
		inherit(old_tid, task->pid);
	slot = look_up(task);
	if (!slot || !(slot->flags & SLOT_MEMBER))
		return 0;
	slot->flags &= ~SLOT_NEWBORN;
	/*
	 * The runtime may execute itself (runc's protected copy) or a hook in the container's cgroup;
	 * what it makes the container of has mounts that its parent has not, or is the first process
	 * of a pid namespace.
	 */
	if (slot->phase == PHASE_SETUP && (has_own_mounts(task) || is_namespace_init(task))) {
		slot->phase = PHASE_OWN;
		begin_container(slot->top_cgroup);
	} else if (slot->phase == PHASE_ENTERING && has_own_mounts(task)) {
		slot->phase = PHASE_ENTERED;
	}
	slot->tally = find_tally(slot->top_cgroup, slot->phase, ABI_NATIVE);
	remember(slot->tid, slot);
	tell_current();
	rec = record_begin(&w, slot->tid, REC_EXEC, 3, DROP_LIFECYCLE);
	if (!rec)
		return 0;
	args = record_args(rec);
	args[0] = bprm->file->f_inode->i_sb->s_dev;
	args[1] = bprm->file->f_inode->i_ino;
	args[2] = (u32)old_tid;
	put_kernel_text(&w, 0, bprm->filename);
	put_argv(&w, 1, mm->arg_start, mm->arg_end);
	record_end(&w);
	return 0;
}

/* exit and exit_group never come to on_sys_exit. */
static __always_inline void tally_exit(struct task_slot *slot, struct task_struct *task,
				       struct pt_regs *regs)
{
	struct call call = {.raw_nr = (s32)READ_REGISTER(regs, orig_ax), .abi = ABI_NATIVE};

	call.nr = call.raw_nr;
	if (READ(task, thread_info.status) & TS_COMPAT)
		call.abi = ABI_I386;
	if (call.abi == ABI_I386 ? call.nr == NR_EXIT_I386 || call.nr == NR_EXIT_GROUP_I386
				 : call.nr == NR_EXIT || call.nr == NR_EXIT_GROUP)
		tally_call(slot, call, false);
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(on_exit, struct task_struct *task)
{
	struct task_slot *slot = look_up(task);
	struct pt_regs *regs;
	struct record *rec;
	struct writer w;
	u32 tid;
	u64 *args;

	if (!slot)
		return 0;
	tid = slot->tid;
	if (slot->flags & SLOT_MEMBER) {
		if (!(slot->flags & SLOT_TOLD))
			tell_current();
		regs = task_registers(task);
		tally_exit(slot, task, regs);
		rec = record_begin(&w, tid, REC_EXIT, 4, DROP_LIFECYCLE);
		if (rec) {
			args = record_args(rec);
			rec->abi = READ(task, thread_info.status) & TS_COMPAT ? ABI_I386 : ABI_NATIVE;
			args[0] = (u32)task->exit_code;
			args[1] = (s64)(s32)READ_REGISTER(regs, orig_ax);
			args[2] = rec->abi == ABI_I386 ? (u32)READ_REGISTER(regs, bx)
						 : READ_REGISTER(regs, di);
			args[3] = task->signal->live.counter == 0;
			record_end(&w);
		}
	}
	bpf_map_delete_elem(&members, &tid);
	slot->tid = 0;
	return 0;
}

/* A new name may change what the comm filter says, and is told before the next record. */
SEC("tp_btf/task_rename")
int BPF_PROG(on_rename, struct task_struct *task)
{
	struct task_slot *slot = slot_of(task->pid);

	if (slot && slot->tid == task->pid)
		slot->epoch = 0;
	return 0;
}

/* ---- cgroups ---- */

SEC("tp_btf/cgroup_mkdir")
int BPF_PROG(on_cgroup_mkdir, struct cgroup *cgroup, const char *path)
{
	u64 id = cgroup->kn->id, parent = cgroup->self.parent->cgroup->kn->id;
	struct cgroup_entry entry = {};
	struct record *rec;
	struct writer w;
	u64 *args;

	if (cgroup->root->hierarchy_id != 0)	/* a cgroup v1 hierarchy */
		return 0;
	entry.top = top_of(cgroup->self.parent->cgroup);
	if (!entry.top) {
		entry.top = id;
		if (bpf_map_update_elem(&cgroups, &id, &entry, BPF_ANY))
			count_drop(DROP_LIFECYCLE);
	}
	rec = record_begin(&w, 0, REC_CGROUP_MKDIR, 3, DROP_LIFECYCLE);
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
int BPF_PROG(on_cgroup_rmdir, struct cgroup *cgroup, const char *path)
{
	u64 id = cgroup->kn->id;
	struct record *rec;
	struct writer w;

	if (cgroup->root->hierarchy_id != 0)
		return 0;
	bpf_map_delete_elem(&cgroups, &id);
	rec = record_begin(&w, 0, REC_CGROUP_RMDIR, 1, DROP_LIFECYCLE);
	if (!rec)
		return 0;
	record_args(rec)[0] = id;
	record_end(&w);
	return 0;
}

/* ---- both ends ---- */

static __always_inline bool is_sleeping(struct task_struct *task)
{
	if (bpf_core_field_exists(task->__state))
		return task->__state;
	return ((struct task_struct___old *)task)->state;
}

/*
 * At the end of a recording: what its tasks are in the middle of counts too. Only tasks that sleep are
 * asked, since elsewhere orig_ax may be an exception's error code; a sleeping one that handles a page
 * fault can still show one.
 */
SEC("iter/task")
int on_snapshot(struct bpf_iter__task *context)
{
	struct task_struct *task = context->task;
	struct task_slot *slot;
	struct pt_regs *regs;
	struct call call = {.abi = ABI_NATIVE};

	if (!task)
		return 0;
	slot = slot_of(task->pid);
	if (!slot || slot->tid != task->pid || !(slot->flags & SLOT_MEMBER) || !is_sleeping(task))
		return 0;
	regs = task_registers(task);
	call.nr = call.raw_nr = (s32)READ_REGISTER(regs, orig_ax);
	if (READ(task, thread_info.status) & TS_COMPAT)
		call.abi = ABI_I386;
	if (call.nr >= 0 && call.nr < TALLY_CALLS)
		tally_call(slot, call, false);
	return 0;
}
