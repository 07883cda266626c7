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
#include <stdbool.h>

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "bpf/event.h"
#include "bpf/kernel.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define TS_COMPAT 2		/* arch/x86/include/asm/thread_info.h */
#define X32_BIT 0x40000000	/* __X32_SYSCALL_BIT */
#define PFA_NO_NEW_PRIVS 1	/* bit 0 of task->atomic_flags */
#define NR_RT_SIGRETURN 15
#define NR_RT_SIGRETURN_I386 173
#define NR_EXECVE_I386 11
#define ENOSYS 38
#define MAX_NR 1000		/* numbers from here on are no system calls anywhere */
#define MAX_PID_LEVEL 32	/* MAX_PID_NS_LEVEL */

const volatile struct capture_config config;
const volatile struct plan plans[2 * PLAN_SYSCALLS];	/* native and x32, then i386 */

u32 epoch = 1;		/* raised when every slot must be looked at anew */

enum slot_flag {
	SLOT_TRACED = 1,	/* its calls are recorded */
	SLOT_MEMBER = 2,	/* in a container or in the tree: its life is recorded */
	SLOT_TOLD = 4,		/* REC_TASK was sent and still holds */
	SLOT_NEWBORN = 8,	/* has not returned from its clone yet */
	SLOT_TREE = 16,
};

struct task_slot {
	u64 start_ns;
	u64 cgroup_id;
	u64 top_cgroup;
	u32 tid;
	u32 epoch;
	u8 phase;
	u8 flags;
	u8 unused[6];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);		/* set at load: a power of two, up to pid_max */
	__type(key, u32);
	__type(value, struct task_slot);
} slots SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);		/* set at load: CPUs */
	__uint(key_size, sizeof(u32));
	__uint(value_size, sizeof(struct ring_head) + MAX_RECORD);	/* set at load */
} rings SEC(".maps");

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

#define barrier() asm volatile("" ::: "memory")
#define READ_ONCE(x) (*(volatile typeof(x) *)&(x))
#define WRITE_ONCE(x, v) (*(volatile typeof(x) *)&(x) = (v))

/* ---- the ring ---- */

struct writer {
	struct ring_head *ring;
	u8 *record;	/* where the record is written */
	u64 position;
	u32 size;	/* bytes of it so far */
	u32 blobs;
};

static __always_inline struct record *record_of(struct writer *w)
{
	return (struct record *)w->record;
}

/*
 * Begins a record: takes its sequence number and its time. Null when the ring is full. The last
 * sixteenth is kept for the life of processes and containers, without which nothing else makes sense.
 */
static __always_inline struct record *record_begin(struct writer *w, u32 tid, u8 type, u8 args,
						   enum drop_class class)
{
	u32 cpu = bpf_get_smp_processor_id();
	struct ring_head *ring = bpf_map_lookup_elem(&rings, &cpu);
	u64 seq, used, room = config.ring_mask + 1;
	struct record *rec;

	if (!ring)
		return 0;
	seq = ring->seq;
	ring->seq = seq + 1;
	if (READ_ONCE(ring->busy)) {
		ring->dropped[DROP_REENTERED]++;
		return 0;
	}
	if (class == DROP_SYSCALL)
		room -= (config.ring_mask + 1) >> 4;
	w->position = ring->prod;
	used = w->position - ring->cons_seen + MAX_RECORD;
	if (used > room) {
		ring->cons_seen = READ_ONCE(ring->cons);
		used = w->position - ring->cons_seen + MAX_RECORD;
		if (used > room) {
			ring->dropped[class]++;
			return 0;
		}
	}
	WRITE_ONCE(ring->busy, 1);
	barrier();
	w->ring = ring;
	w->record = (u8 *)(ring + 1) + (w->position & config.ring_mask);
	w->size = sizeof(*rec) + args * sizeof(u64);
	w->blobs = 0;
	rec = record_of(w);
	rec->nr = 0;
	rec->seq = seq;
	rec->time_ns = bpf_ktime_get_ns();
	rec->tid = tid;
	rec->type = type;
	rec->abi = ABI_NATIVE;
	rec->args = args;
	rec->result = 0;
	return rec;
}

static __always_inline u64 *record_args(struct record *rec)
{
	return (u64 *)(rec + 1);
}

static __always_inline void record_end(struct writer *w)
{
	struct record *rec = record_of(w);

	rec->size8 = w->size >> 3;
	rec->blobs = w->blobs;
	barrier();
	WRITE_ONCE(w->ring->prod, ring_next(w->position, w->size, config.ring_mask));
	barrier();
	WRITE_ONCE(w->ring->busy, 0);
}

/* The place of the next blob; its bytes come right behind it. MAX_RECORD has room for MAX_BLOBS. */
static __always_inline struct blob *blob_here(struct writer *w)
{
	return (struct blob *)(w->record + (w->size & (MAX_RECORD / 2 - 1) & ~7));
}

static __always_inline void blob_end(struct writer *w, struct blob *b, u8 arg, u8 state, u32 size)
{
	b->size = size;
	b->arg = arg;
	b->state = state;
	b->unused = 0;
	w->size += sizeof(*b) + ((size + 7) & ~7u);
	w->blobs++;
	if (state == TEXT_UNREADABLE)
		w->ring->unreadable_texts++;
	else if (state == TEXT_CUT)
		w->ring->cut_texts++;
}

static __always_inline void put_user_text(struct writer *w, u8 arg, u64 address)
{
	struct blob *b = blob_here(w);
	u8 state = TEXT_WHOLE;
	long size;

	if (!address) {
		blob_end(w, b, arg, TEXT_NULL, 0);
		return;
	}
	size = bpf_probe_read_user_str(b + 1, MAX_TEXT, (void *)address);
	/* Some kernels say 0 for the empty string, others 1 for its NUL. */
	if (size < 0) {
		size = 0;
		state = TEXT_UNREADABLE;
	} else if (size > 0) {
		u8 *end = (u8 *)(b + 1) + ((size - 1) & (MAX_TEXT - 1));

		/* A cut string has a NUL in its last byte, written by the helper. */
		if (size == MAX_TEXT)
			state = TEXT_CUT;
		size = (size - 1) & (MAX_TEXT - 1);
		*end = 0;
	}
	blob_end(w, b, arg, state, size);
}

static __always_inline void put_user_bytes(struct writer *w, u8 arg, u64 address, u64 length,
					   u32 limit)
{
	struct blob *b = blob_here(w);
	u8 state = TEXT_WHOLE;
	u32 size = length;

	if (!address) {
		blob_end(w, b, arg, TEXT_NULL, 0);
		return;
	}
	if (length > limit) {
		size = limit;
		state = TEXT_CUT;
	}
	/* The mask repeats for the verifier what the comparison said. */
	asm volatile("" : "+r"(size));
	if (size > limit)
		size = limit;
	if (bpf_probe_read_user(b + 1, size, (void *)address)) {
		size = 0;
		state = TEXT_UNREADABLE;
	}
	blob_end(w, b, arg, state, size);
}

static __always_inline void put_kernel_text(struct writer *w, u8 arg, const char *address)
{
	struct blob *b = blob_here(w);
	u8 state = TEXT_WHOLE;
	long size = bpf_probe_read_kernel_str(b + 1, MAX_TEXT, address);

	if (size < 0) {
		size = 0;
		state = TEXT_UNREADABLE;
	} else if (size > 0) {
		if (size == MAX_TEXT)
			state = TEXT_CUT;
		size = (size - 1) & (MAX_TEXT - 1);
	}
	blob_end(w, b, arg, state, size);
}

/* argv of an execve that failed: the strings of an array of user pointers, each with its NUL. */
static __always_inline void put_user_strings(struct writer *w, u8 arg, u64 address, bool compat)
{
	struct blob *b = blob_here(w);
	u8 *bytes = (u8 *)(b + 1);
	u8 state = TEXT_CUT;
	u32 size = 0, width = compat ? 4 : 8;

	if (!address) {
		blob_end(w, b, arg, TEXT_NULL, 0);
		return;
	}
	for (int i = 0; i < 64; i++) {
		u64 pointer = 0;
		long n;

		if (bpf_probe_read_user(&pointer, width, (void *)(address + i * width))) {
			state = i ? TEXT_CUT : TEXT_UNREADABLE;
			break;
		}
		if (!pointer) {
			state = TEXT_WHOLE;
			break;
		}
		if (size >= MAX_ARGV - 1024)
			break;
		n = bpf_probe_read_user_str(bytes + (size & (MAX_ARGV - 1)), 1024, (void *)pointer);
		if (n < 0)
			break;
		if (n == 0) {
			bytes[size & (MAX_ARGV - 1)] = 0;
			n = 1;
		}
		size += n;
	}
	blob_end(w, b, arg, state, size);
}

/* ---- who the task is ---- */

/* The number that `pid` has in the namespace at `level`, 0 when it is not visible there. */
static __always_inline u32 pid_nr_at(struct pid *pid, u32 level)
{
	struct upid number = {};

	if (!pid || level >= MAX_PID_LEVEL || pid->level < level)
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

static __always_inline void send_task(struct task_struct *task, struct task_slot *slot)
{
	struct task_struct *parent = task->real_parent, *leader = task->group_leader;
	struct pid *pid = task->thread_pid;
	const struct cred *cred = task->cred;
	struct nsproxy *ns = task->nsproxy;
	u32 level = pid ? pid->level : 0;
	struct task_record *body;
	struct writer w;
	struct record *rec;

	rec = record_begin(&w, task->pid, REC_TASK, sizeof(*body) / 8, DROP_LIFECYCLE);
	if (!rec)
		return;		/* not told: tried again before the task's next record */
	body = (struct task_record *)record_args(rec);
	body->tgid = task->tgid;
	body->ppid = parent->tgid;
	body->ns_tid = pid_nr_at(pid, level);
	body->ns_pid = pid_nr_at(leader->thread_pid, level);
	body->ns_ppid = 0;
	if (pid_ns_inum(parent->thread_pid, level) == pid_ns_inum(pid, level))
		body->ns_ppid = pid_nr_at(parent->group_leader->thread_pid, level);
	body->uid = cred->uid.val;
	body->gid = cred->gid.val;
	body->user_ns = cred->user_ns->ns.inum;
	body->pid_ns = pid_ns_inum(pid, level);
	body->mnt_ns = ns->mnt_ns->ns.inum;
	body->net_ns = ns->net_ns->ns.inum;
	body->uts_ns = ns->uts_ns->ns.inum;
	body->ipc_ns = ns->ipc_ns->ns.inum;
	body->cgroup_ns = ns->cgroup_ns->ns.inum;
	body->pid_level = level;
	body->seccomp = task->seccomp.mode;
	body->no_new_privs = task->atomic_flags & PFA_NO_NEW_PRIVS;
	body->phase = slot->phase;
	body->cgroup_id = slot->cgroup_id;
	body->top_cgroup = slot->top_cgroup;
	body->start_ns = slot->start_ns;
	bpf_probe_read_kernel(body->comm, sizeof(body->comm), task->comm);
	bpf_probe_read_kernel(body->nodename, sizeof(body->nodename), ns->uts_ns->name.nodename);
	record_end(&w);
	slot->flags |= SLOT_TOLD;
}

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
	bpf_probe_read_kernel_str(comm, sizeof(comm), task->comm);
	for (int i = 0; i < COMM_FILTERS; i++) {
		if (i < config.comm_includes && same_comm(comm, config.comm_include[i]))
			wanted = true;
		if (i < config.comm_excludes && same_comm(comm, config.comm_exclude[i]))
			return false;
	}
	return wanted;
}

static __always_inline u64 cgroup_of(struct task_struct *task)
{
	return task->cgroups->dfl_cgrp->kn->id;
}

static __always_inline struct task_slot *slot_of(u32 tid)
{
	u32 index = tid & config.slot_mask;

	return bpf_map_lookup_elem(&slots, &index);
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

	bpf_map_update_elem(&members, &tid, &m, BPF_ANY);
}

/*
 * Fills `slot` for `task`: first sight, moved to another cgroup, or the epoch rose. The phase of a
 * task that was moved into a container is the runtime's: its set-up, or an entering when the
 * container has begun. One that was there already when it was first seen belongs to the container.
 */
static __noinline int classify(struct task_struct *task, struct task_slot *slot)
{
	u32 tid = task->pid;
	u64 cgroup = cgroup_of(task), start = task->start_time;
	bool same = slot->tid == tid && slot->start_ns == start;
	struct member *m = bpf_map_lookup_elem(&members, &tid);
	struct cgroup_entry *entry = bpf_map_lookup_elem(&cgroups, &cgroup);
	u64 top = entry ? entry->top : 0;
	u8 phase = same ? slot->phase : PHASE_HOST;
	u8 flags = same ? slot->flags & (SLOT_NEWBORN | SLOT_TREE) : 0;
	u64 old_top = same ? slot->top_cgroup : 0;

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
	else if (phase == PHASE_HOST || old_top != top)
		phase = !container_started(top) ? PHASE_SETUP : same ? PHASE_ENTERING : PHASE_OWN;
	if (config.command_mode ? flags & SLOT_TREE : top)
		flags |= SLOT_MEMBER;
	if ((flags & SLOT_MEMBER) && comm_wanted(task) && task->tgid != config.recorder_tgid)
		flags |= SLOT_TRACED;
	slot->start_ns = start;
	slot->cgroup_id = cgroup;
	slot->top_cgroup = top;
	slot->tid = tid;
	slot->phase = phase;
	slot->flags = flags;
	slot->epoch = READ_ONCE(epoch);
	if (flags & SLOT_MEMBER)
		remember(tid, slot);
	return 0;
}

static __always_inline struct task_slot *look_up(struct task_struct *task)
{
	struct task_slot *slot = slot_of(task->pid);

	if (!slot)
		return 0;
	if (slot->tid != task->pid || slot->cgroup_id != cgroup_of(task) ||
	    slot->start_ns != task->start_time || slot->epoch != READ_ONCE(epoch))
		classify(task, slot);
	return slot;
}

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

static __always_inline void put_sockaddr_out(struct writer *w, u8 arg, u64 address, u64 length_at,
					     long ret)
{
	u32 length = 0;

	if (ret < 0) {
		blob_end(w, blob_here(w), arg, address ? TEXT_NOT_READ : TEXT_NULL, 0);
		return;
	}
	if (address && length_at)
		bpf_probe_read_user(&length, sizeof(length), (void *)length_at);
	put_user_bytes(w, arg, address, length, MAX_SOCKADDR);
}

static __always_inline void put_text_out(struct writer *w, u8 arg, u64 address, long ret)
{
	if (ret < 0)
		blob_end(w, blob_here(w), arg, address ? TEXT_NOT_READ : TEXT_NULL, 0);
	else
		put_user_bytes(w, arg, address, ret, MAX_TEXT);
}

static __always_inline void put_blobs(struct writer *w, const volatile struct plan *plan, u8 abi,
				      long ret)
{
	u64 *args = record_args(record_of(w));

#pragma unroll
	for (int i = 0; i < MAX_BLOBS; i++) {
		u8 arg, op;
		u64 value;

		if (i >= plan->blobs)
			break;
		arg = plan->blob[i].arg & 7;
		op = plan->blob[i].op;
		value = args[arg];
		if (op == OP_TEXT)
			put_user_text(w, arg, value);
		else if (op == OP_SOCKADDR_IN)
			put_user_bytes(w, arg, value, (u32)args[(arg + 1) & 7], MAX_SOCKADDR);
		else if (op == OP_SOCKADDR_OUT)
			put_sockaddr_out(w, arg, value, args[(arg + 1) & 7], ret);
		else if (op == OP_TEXT_OUT)
			put_text_out(w, arg, value, ret);
	}
}

/* Only a failed execve comes here: a success is told by on_exec. */
static __always_inline void put_exec_blobs(struct writer *w, const volatile struct plan *plan, u8 abi)
{
	u64 *args = record_args(record_of(w));
	u8 path = plan->blob[0].arg & 7, argv = plan->blob[1].arg & 7;

	put_user_text(w, path, args[path]);
	put_user_strings(w, argv, args[argv], abi != ABI_NATIVE);
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
			send_task(task, slot);
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
				put_blobs(&w, plan, call.abi, ret);
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
		send_task(parent, from);
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
	if (slot->phase == PHASE_SETUP) {
		slot->phase = PHASE_OWN;
		begin_container(slot->top_cgroup);
	} else if (slot->phase == PHASE_ENTERING) {
		slot->phase = PHASE_ENTERED;
	}
	remember(slot->tid, slot);
	send_task(task, slot);
	rec = record_begin(&w, slot->tid, REC_EXEC, 2, DROP_LIFECYCLE);
	if (!rec)
		return 0;
	args = record_args(rec);
	args[0] = bprm->file->f_inode->i_sb->s_dev;
	args[1] = bprm->file->f_inode->i_ino;
	put_kernel_text(&w, 0, bprm->filename);
	put_user_bytes(&w, 1, mm->arg_start, mm->arg_end - mm->arg_start, MAX_ARGV);
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
			send_task(task, slot);
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
