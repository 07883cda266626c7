/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/*
 * Who a task is: kept in its slot, told once. Whether it is traced: classify.bpf.h.
 */
#ifndef CTRACE_BPF_TASK_BPF_H
#define CTRACE_BPF_TASK_BPF_H

#include "bpf/filters.bpf.h"
#include "bpf/tally.bpf.h"

#define PFA_NO_NEW_PRIVS 1	/* bit 0 of task->atomic_flags */
#define PF_EXITING 0x00000004	/* include/linux/sched.h */
#define PF_IO_WORKER 0x00000010	/* a thread that works for an io_uring */
#define MAX_PID_LEVEL 32	/* MAX_PID_NS_LEVEL */

/* In files.bpf.h: a descriptor with what stands beside it, and an identity. */
#define FD_DIR (1ull << 32)	/* AT_FDCWD is one too */
#define FD_NEW (1ull << 33)	/* its table is new: what was remembered does not hold */
#define FD_EXE (1ull << 34)	/* in place of one: the program that the task runs */
#define UNTOLD 1ull		/* beside an identity, which has this bit clear */
__noinline u64 identify_program(u64 task_address);
__noinline u64 tell_file(u64 fd, u64 task_address);

u32 epoch = 1;		/* raised when every slot must be looked at anew */

enum slot_flag {
	SLOT_TRACED = 1,	/* its calls are recorded */
	SLOT_MEMBER = 2,	/* in a container or in the tree: its life is recorded */
	SLOT_TOLD = 4,		/* REC_TASK was sent and still holds */
	SLOT_NEWBORN = 8,	/* has not returned from its clone yet */
	SLOT_TREE = 16,
	SLOT_MET = 32,		/* REC_TASK was sent at least once */
	SLOT_EXECED = 64,	/* has a new program and not returned from its execve yet */
	SLOT_FILTERED = 128,	/* under a seccomp filter, when it was told */
	/* A task in which nothing is to be done but to record the call. */
	SLOT_PLAIN = SLOT_TRACED | SLOT_MEMBER | SLOT_TOLD,
	SLOT_PLAIN_MASK = SLOT_PLAIN | SLOT_NEWBORN | SLOT_EXECED,
};

struct task_slot {
	u64 start_ns;
	u64 cgroup_id;
	u64 top_cgroup;
	u64 stack;	/* 0: not met at the end of a call yet, like the next two (at_exit.bpf.h) */
	u64 task;
	u64 css_set;
	u32 tid;	/* 0: free */
	u32 epoch;
	u8 phase;
	u8 flags;
	u16 tally;	/* of its native calls */
	u32 filter;	/* filter_mark() when it was told */
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);		/* set at load: a power of two, up to pid_max */
	__type(key, u32);
	__type(value, struct task_slot);
} slots SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, u64);
	__type(value, struct cgroup_entry);
} cgroups SEC(".maps");

struct member {
	u64 start_ns;
	u8 phase;
	u8 tree;
	u8 unused[6];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__type(key, u32);		/* tid */
	__type(value, struct member);
} members SEC(".maps");

u64 full_members = 0;	/* tasks that found no room in it */
u64 full_cgroups = 0;	/* cgroups that found none in theirs: they are not captured */

/* The number that `pid` has in the namespace at `level`, 0 when it is not visible there. */
static __always_inline u32 pid_nr_at(struct pid *pid, u32 level)
{
	struct upid number = {};

	if (!pid || level >= MAX_PID_LEVEL || READ(pid, level) < level)
		return 0;
	bpf_probe_read_kernel(&number, sizeof(number), &pid->numbers[level]);
	return number.nr;
}

static __always_inline u32 pid_ns_inum(struct pid *pid, u32 level)
{
	struct upid number = {};
	u32 inum = 0;

	if (!pid || level >= MAX_PID_LEVEL)
		return 0;
	bpf_probe_read_kernel(&number, sizeof(number), &pid->numbers[level]);
	bpf_probe_read_kernel(&inum, sizeof(inum), &number.ns->ns.inum);
	return inum;
}


/*
 * The same pointer, cast where that is to be had: of one that it trusts the verifier looks each field
 * up by a search through all of the kernel's types, which made most of the time of a load. Only
 * bpf_task_pt_regs() wants a task that is trusted.
 */
#define CHEAP(pointer)                                                                             \
	((typeof(pointer))(HAS_CASTS                                                        \
				   ? bpf_rdonly_cast(pointer, bpf_core_type_id_kernel(typeof(*(pointer)))) \
				   : (pointer)))

/* The current task, cheap as by CHEAP(). */
static __always_inline struct task_struct *current_task(void)
{
	if (HAS_CASTS)
		return bpf_rdonly_cast((void *)bpf_get_current_task(),
				       bpf_core_type_id_kernel(struct task_struct));
	if (HAS_TASK_BTF)
		return bpf_get_current_task_btf();
	return (struct task_struct *)bpf_get_current_task();
}

/* Whether the task is the first one of a pid namespace. */
static __always_inline bool is_namespace_init(struct task_struct *task)
{
	struct pid *pid = READ(task, thread_pid);
	u32 level = pid ? READ(pid, level) : 0;

	return level > 0 && pid_nr_at(pid, level) == 1;
}

/*
 * Whether a runtime gave the task a mount namespace: its parent, the runtime or its shim, has
 * another. That holds wherever the recorder itself lives. Who unshares mounts and pids and then forks
 * shares the mounts with the first process of the new pid namespace, but not with its own parent.
 * The same rule as for what runs already: has_own_namespaces() in record/container_rules.cc.
 */
static __always_inline bool has_own_mounts(struct task_struct *task)
{
	u32 own = READ(task, nsproxy, mnt_ns, ns.inum);
	u32 above = READ(task, real_parent, nsproxy, mnt_ns, ns.inum);

	if (own == above && is_namespace_init(task))
		above = READ(task, real_parent, real_parent, nsproxy, mnt_ns, ns.inum);
	/* A task that exits has none any more. */
	return own && above && own != above;
}

static __always_inline struct task_slot *slot_of(u32 tid)
{
	u32 index = tid & config.slot_mask;

	return bpf_map_lookup_elem(&slots, &index);
}

static __always_inline struct task_struct *task_of(struct task_slot *slot)
{
	return bpf_rdonly_cast((void *)slot->task, bpf_core_type_id_kernel(struct task_struct));
}

/* Its task has ended, or has another tid now. */
static __always_inline void leave_slot(struct task_slot *slot)
{
	slot->stack = 0;
	slot->tid = 0;
}

/* Says who `task` is. Its slot says where it belongs. */
static __always_inline void describe(struct task_record *body, struct task_struct *task,
				     struct task_slot *slot)
{
	struct task_struct *parent = READ(task, real_parent);
	struct pid *pid = READ(task, thread_pid), *above = READ(parent, thread_pid);
	const struct cred *cred = READ(task, cred);
	struct nsproxy *ns = READ(task, nsproxy);
	u32 level = pid ? READ(pid, level) : 0;

	body->tgid = READ(task, tgid);
	body->ppid = READ(parent, tgid);
	body->ns_tid = pid_nr_at(pid, level);
	body->ns_pid = pid_nr_at(READ(task, group_leader, thread_pid), level);
	body->ns_ppid = 0;
	if (pid_ns_inum(above, level) == pid_ns_inum(pid, level))
		body->ns_ppid = pid_nr_at(READ(parent, group_leader, thread_pid), level);
	body->uid = READ(cred, uid.val);
	body->gid = READ(cred, gid.val);
	body->euid = READ(cred, euid.val);
	body->egid = READ(cred, egid.val);
	body->fsuid = READ(cred, fsuid.val);
	body->cap_eff = 0;
	bpf_probe_read_kernel(&body->cap_eff, sizeof(body->cap_eff), &cred->cap_effective);
	body->user_ns = READ(cred, user_ns, ns.inum);
	body->pid_ns = pid_ns_inum(pid, level);
	body->mnt_ns = READ(ns, mnt_ns, ns.inum);
	body->net_ns = READ(ns, net_ns, ns.inum);
	body->uts_ns = READ(ns, uts_ns, ns.inum);
	body->ipc_ns = READ(ns, ipc_ns, ns.inum);
	body->cgroup_ns = READ(ns, cgroup_ns, ns.inum);
	body->child_pid_ns = READ(ns, pid_ns_for_children, ns.inum);
	body->pid_level = level;
	body->seccomp = READ(task, seccomp.mode);
	body->filters = FILTERS_KEPT;
	body->exe = 0;
	body->no_new_privs = READ(task, atomic_flags) & PFA_NO_NEW_PRIVS;
	body->phase = slot->phase;
	body->own_mnt = has_own_mounts(task);
	body->cgroup_id = slot->cgroup_id;
	body->top_cgroup = slot->top_cgroup;
	body->start_ns = slot->start_ns;
	bpf_probe_read_kernel(body->comm, sizeof(body->comm), &task->comm);
	bpf_probe_read_kernel(body->nodename, sizeof(body->nodename),
			      &READ(ns, uts_ns)->name.nodename);
}

/*
 * Sends who the task is that `task` of tid's slot leads to (on older kernels: the current one);
 * `filters`, `exe`: as in its record. Returns whether that was sent.
 */
__noinline int send_task(u32 tid, u32 class, u64 filters, u64 exe)
{
	struct task_slot *slot = slot_of(tid);
	struct task_struct *task;
	struct task_record *body;
	struct writer w;
	struct record *rec;

	if (!slot)
		return 0;
	task = HAS_CASTS ? task_of(slot) : current_task();
	rec = record_begin(&w, tid, REC_TASK, sizeof(struct task_record) / 8,
			   class == DROP_SYSCALL ? DROP_SYSCALL : DROP_LIFECYCLE, slot->tally);
	if (!rec)
		return 0;	/* not told: tried again before the task's next record */
	body = (struct task_record *)record_args(rec);
	describe(body, task, slot);
	body->filters = filters;
	body->exe = exe;
	record_end(&w);
	/* Of another one's filters nothing is known: no word that holds. */
	if (tid != (u32)bpf_get_current_pid_tgid())
		return 1;
	slot->flags = (slot->flags & ~SLOT_FILTERED) | SLOT_TOLD | SLOT_MET |
		      (newest_filter(task) ? SLOT_FILTERED : 0);
	slot->filter = filter_mark(task);
	return 1;
}

/*
 * Tells the recorder who the current task is; `class`: what room it may take. Not static, like
 * classify_current(): so the verifier checks it once and not on each way that leads to it (see
 * blob.bpf.h). Two functions one after the other: one in the other would need too large a stack.
 */
__noinline int tell_current(u32 class)
{
	struct task_slot *slot = slot_of(bpf_get_current_pid_tgid());
	u64 exe;

	if (!slot)
		return 0;
	slot->task = bpf_get_current_task();
	exe = identify_program(slot->task);
	if (exe & UNTOLD)
		exe = tell_file(FD_EXE, slot->task);
	return send_task(bpf_get_current_pid_tgid(), class, tell_filters(), exe);
}

/*
 * The same for programs that do not bring along all that sends filters, which would be half of what the
 * verifier has to do for them: those are told before the first call that they may have refused, which
 * is looked at where a task has others than were told (`filter`). Nor do they tell of its program: a task of
 * which nothing was told before is told again at the end of its call. Returns whether it was sent.
 */
__noinline int tell_briefly(u32 class)
{
	struct task_struct *task = current_task();
	struct task_slot *slot = slot_of(bpf_get_current_pid_tgid());
	u32 mark = filter_mark(task);
	bool known, met;

	if (!slot)
		return 0;
	met = slot->flags & SLOT_MET;
	known = !mark || ((slot->flags & SLOT_MET) && slot->filter == mark);
	slot->task = bpf_get_current_task();
	if (!send_task(bpf_get_current_pid_tgid(), class, READ(task, seccomp.mode) ? FILTERS_KEPT : FILTERS_NONE, 0))
		return 0;
	if (!met)
		slot->epoch = 0;
	if (!known)
		slot->filter = ~mark;
	return 1;
}

#endif
