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
#define NR_RT_SIGRETURN 15
#define NR_RT_SIGRETURN_I386 173
#define ENOSYS 38
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
	if (task->thread_info.status & TS_COMPAT)
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

static __always_inline const volatile struct plan *plan_of(struct call call)
{
	u32 index = (u32)call.nr;

	if (index >= PLAN_SYSCALLS)
		return 0;
	return &plans[(index & (PLAN_SYSCALLS - 1)) + (call.abi == ABI_I386 ? PLAN_SYSCALLS : 0)];
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

static __always_inline void put_blobs(struct writer *w, const volatile struct plan *plan, long ret)
{
	u64 *args = record_args(record_of(w));

	for (int i = 0; i < MAX_BLOBS; i++) {
		u8 arg;

		if (i >= plan->blobs)
			break;
		arg = plan->blob[i].arg & 7;
		put_blob(w, arg, plan->blob[i].op, args[arg], args[(arg + 1) & 7], ret);
	}
}

/* Only a failed execve comes here: a success is told by on_exec. */
static __always_inline void put_exec_blobs(struct writer *w, const volatile struct plan *plan, u8 abi)
{
	u64 *args = record_args(record_of(w));
	u8 path = plan->blob[0].arg & 7, argv = plan->blob[1].arg & 7;

	put_blob(w, path, OP_TEXT, args[path], 0, 0);
	put_strings(w, argv, args[argv], abi == ABI_I386 ? 4 : 8);
}

SEC("tp_btf/sys_exit")
int BPF_PROG(on_sys_exit, struct pt_regs *regs, long ret)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct task_slot *slot = look_up(task);
	const volatile struct plan *plan;
	struct record *rec;
	struct writer w;
	struct call call;
	u8 args, flags;

	if (!slot || !(slot->flags & SLOT_TRACED))
		return 0;
	call = call_of(task, regs, ret);
	plan = plan_of(call);
	flags = plan ? plan->flags : PLAN_WANTED;
	if (slot->flags & SLOT_NEWBORN) {
		slot->flags &= ~SLOT_NEWBORN;
		if ((flags & PLAN_FORK) && ret == 0)
			return 0;	/* the child's return from its own making is no call */
	}
	if (flags & PLAN_WANTED) {
		if (!(slot->flags & SLOT_TOLD))
			tell_current();
		args = plan ? plan->args : call.nr < 0 ? 7 : 6;
		rec = record_begin(&w, slot->tid, REC_SYSCALL, args, DROP_SYSCALL);
		if (rec) {
			rec->nr = call.nr < 0 ? NR_OUT_OF_RANGE : call.nr;
			rec->abi = call.abi;
			rec->result = ret;
			put_registers(record_args(rec), regs, call.abi);
			if (!plan)
				record_args(rec)[6] = (s64)call.raw_nr;
			else if (!(flags & PLAN_EXEC))
				put_blobs(&w, plan, ret);
			else if (ret < 0)
				put_exec_blobs(&w, plan, call.abi);
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
	struct task_slot *from = look_up(parent), *slot = slot_of(child->pid);
	struct record *rec;
	struct writer w;
	u32 level;
	u64 *args;

	if (!from || !slot || from == slot)
		return 0;
	slot->tid = child->pid;
	slot->start_ns = child->start_time;
	slot->cgroup_id = from->cgroup_id;
	slot->top_cgroup = from->top_cgroup;
	slot->phase = from->phase;
	slot->flags = (from->flags & (SLOT_TREE | SLOT_MEMBER | SLOT_TRACED)) | SLOT_NEWBORN;
	slot->epoch = from->epoch;
	if (cgroup_of(child) != slot->cgroup_id)	/* CLONE_INTO_CGROUP */
		classify(child, slot);
	if (!(slot->flags & SLOT_MEMBER))
		return 0;
	remember(child->pid, slot);
	if (!(from->flags & SLOT_MEMBER))
		return 0;
	if (!(from->flags & SLOT_TOLD))
		tell_current();
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

SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_exec, struct task_struct *task, int old_tid, struct linux_binprm *bprm)
{
	struct task_slot *slot = look_up(task);
	struct mm_struct *mm = task->mm;
	struct record *rec;
	struct writer w;
	u64 *args;

	if (!slot || !(slot->flags & SLOT_MEMBER))
		return 0;
	slot->flags &= ~SLOT_NEWBORN;
	/*
	 * The runtime may execute itself (runc's protected copy) or a hook in the container's cgroup;
	 * what it makes the container of has mounts of its own.
	 */
	if (slot->phase == PHASE_SETUP && has_own_mounts(task)) {
		slot->phase = PHASE_OWN;
		begin_container(slot->top_cgroup);
	} else if (slot->phase == PHASE_ENTERING && has_own_mounts(task)) {
		slot->phase = PHASE_ENTERED;
	}
	remember(slot->tid, slot);
	tell_current();
	rec = record_begin(&w, slot->tid, REC_EXEC, 2, DROP_LIFECYCLE);
	if (!rec)
		return 0;
	args = record_args(rec);
	args[0] = bprm->file->f_inode->i_sb->s_dev;
	args[1] = bprm->file->f_inode->i_ino;
	put_kernel_text(&w, 0, bprm->filename);
	put_argv(&w, 1, mm->arg_start, mm->arg_end);
	record_end(&w);
	return 0;
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
		regs = (struct pt_regs *)bpf_task_pt_regs(task);
		rec = record_begin(&w, tid, REC_EXIT, 4, DROP_LIFECYCLE);
		if (rec) {
			args = record_args(rec);
			rec->abi = task->thread_info.status & TS_COMPAT ? ABI_I386 : ABI_NATIVE;
			args[0] = (u32)task->exit_code;
			args[1] = (s64)(s32)regs->orig_ax;
			args[2] = rec->abi == ABI_I386 ? (u32)regs->bx : regs->di;
			args[3] = task->signal->live.counter == 0;
			record_end(&w);
		}
		bpf_map_delete_elem(&members, &tid);
	}
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
	struct cgroup_entry *above = bpf_map_lookup_elem(&cgroups, &parent);
	struct cgroup_entry entry = {.top = above ? above->top : id};
	struct record *rec;
	struct writer w;
	u64 *args;

	if (cgroup->root->hierarchy_id != 0)	/* a cgroup v1 hierarchy */
		return 0;
	bpf_map_update_elem(&cgroups, &id, &entry, BPF_ANY);
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
