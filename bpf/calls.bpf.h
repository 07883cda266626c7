/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/*
 * The end of system calls.
 */
#ifndef CTRACE_BPF_CALLS_BPF_H
#define CTRACE_BPF_CALLS_BPF_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "bpf/arch.bpf.h"
#include "bpf/at_exit.bpf.h"
#include "bpf/blob.bpf.h"
#include "bpf/durations.bpf.h"
#include "bpf/files.bpf.h"
#include "bpf/positions.bpf.h"

const volatile struct plan plans[PLAN_ROWS];	/* native and x32, 32-bit programs', x32's own */

/* Which plan; NO_PLAN for a number that has none. */
#define NO_PLAN 0xffffffff
static __always_inline u32 plan_index(struct call call)
{
	u32 own = call.nr - PLAN_SYSCALLS;

	if ((u32)call.nr >= PLAN_SYSCALLS)
		return call.abi == ABI_X32 && own < X32_OWN ? PLAN_X32 + own : NO_PLAN;
	return call.nr + (call.abi == ABI_COMPAT ? PLAN_SYSCALLS : 0);
}

static __always_inline void shed_payload(struct ring_head *ring, u32 tally)
{
	struct drop_tally *mine = drops_of(tally);

	ring->shed[SHED_PAYLOAD]++;
	if (mine)
		mine->shed[SHED_PAYLOAD]++;
}

/* Whether an argument of this row is a pointer in this call. */
static __always_inline bool is_decided(const volatile struct pointee *row, const u64 *args,
				       u8 decider)
{
	u64 value;

	if (decider == NO_DECIDER)
		return true;
	value = args[decider & 7] & row->decider_mask;
	return value < 64 && row->decided_by >> value & 1;
}

/*
 * Writes the blobs of the record that is being written, whose values end at `size`, by plan `index`.
 * Returns the bytes added and, in the highest byte, how many blobs they are. Contents of buffers that
 * are not read under `pressure` are counted for `tally`.
 */
__noinline int write_blobs(u32 size, u32 index, s64 ret, u32 pressure, u32 tally)
{
	const volatile struct plan *plan = &plans[index & (PLAN_ROWS - 1)];
	struct ring_head *ring = ring_here();
	u32 added = 0, blobs = 0;
	u64 *args;

	if (!ring)
		return 0;
	args = record_args((struct record *)((u8 *)(ring + 1) + (ring->prod & config.ring_mask)));
	for (int i = 0; i < MAX_BLOBS; i++) {
		const volatile struct pointee *row;
		u32 arg, number, spec;

		if (i >= plan->blobs)
			break;
		arg = plan->blob[i].arg & 7;
		number = plan->blob[i].pointee;
		row = &pointees[number & (MAX_POINTEES - 1)];
		if (!is_decided(row, args, plan->blob[i].decider))
			continue;
		spec = arg | number << 8 | (u32)plan->blob[i].count << 16;
		if (row->payload && pressure >= PRESSURE_NO_PAYLOADS) {
			spec |= NO_PAYLOAD;
			shed_payload(ring, tally);
		}
		if (row->op == OP_STRINGS)
			added += write_strings(size + added, arg, args[arg], row->size);
		else if (row->op == OP_MESSAGE)
			added += write_message(size + added, spec, ret);
		else if (row->op == OP_VECTORS)
			added += write_vectors(size + added, spec, ret);
		else
			added += write_blob(size + added, spec, ret);
		blobs++;
	}
	return (added & 0xffffff) | blobs << 24;
}

/*
 * As write_blobs(), when the ring is too full for text: what would have been read is told as not read
 * and counted for `tally`.
 */
__noinline int shed_blobs(u32 size, u32 index, u32 tally)
{
	const volatile struct plan *plan = &plans[index & (PLAN_ROWS - 1)];
	struct ring_head *ring = ring_here();
	struct drop_tally *mine = drops_of(tally);
	u32 added = 0, blobs = 0;

	if (!ring)
		return 0;
	for (int i = 0; i < MAX_BLOBS; i++) {
		if (i >= plan->blobs)
			break;
		added += blob_end(ring, blob_at(ring, size + added), plan->blob[i].arg & 7,
				  TEXT_NOT_READ, 0);
		blobs++;
	}
	ring->shed[SHED_TEXT] += blobs;
	if (mine)
		mine->shed[SHED_TEXT] += blobs;
	return added | blobs << 24;
}

static __always_inline void tally_call(struct task_slot *slot, struct call call, bool failed)
{
	u32 index = slot->tally;

	if (call.abi == ABI_X32 && call.nr >= TALLY_CALLS && call.nr < TALLY_CALLS + X32_OWN)
		call.nr -= X32_OWN;
	if (call.abi != ABI_NATIVE)
		index = find_tally(slot->top_cgroup, slot->phase, call.abi);
	count_call(index, call.nr, failed);
}

static __always_inline void put_blobs(struct writer *w, u32 index, s64 ret, u32 tally)
{
	u32 added = w->pressure >= PRESSURE_NO_TEXTS ? shed_blobs(w->size, index, tally)
						     : write_blobs(w->size, index, ret, w->pressure, tally);

	w->size += added & 0xffffff;
	w->blobs += added >> 24;
}

/* Register `n` (FILE_RESULT: the result) of a call. */
static __always_inline u64 register_of(struct pt_regs *regs, u8 abi, u64 ret, u32 n)
{
	u64 args[6];

	put_registers(args, regs, abi);
	if (n == 0)
		return args[0];
	if (n == 1)
		return args[1];
	if (n == 2)
		return args[2];
	if (n == 3)
		return args[3];
	return n == 4 ? args[4] : n == 5 ? args[5] : ret;
}

/* F_DUPFD and F_DUPFD_CLOEXEC of fcntl. */
#define MAKES_DUPLICATE(command) ((u32)(command) == 0 || (u32)(command) == 1030)

/* The identity of one descriptor of the call that ends, which the plan describes by `file`. */
static __always_inline u64 name_file(u8 file, struct pt_regs *regs, u8 abi, s64 ret, u64 task)
{
	u32 op = file >> FILE_OP_SHIFT, n = file & FILE_REGISTER;
	u64 value = register_of(regs, abi, ret, n);

	if (op == FILE_OPEN)
		return name_descriptor((u32)value, task);
	if (op == FILE_DIR)
		return name_descriptor((u32)value | FD_DIR, task);
	if (op == FILE_CLOSED || op == FILE_REPLACED)
		return ret < 0 ? name_descriptor((u32)value, task)
			       : name_gone(value, task, op == FILE_REPLACED);
	if (op == FILE_DUPLICATE)
		return MAKES_DUPLICATE(register_of(regs, abi, ret, 1)) ? name_descriptor((u32)ret, task)
								      : 0;
	if (ret < 0)
		return 0;
	if (op == FILE_POSITION)
		return position_of(value, task);
	if (op == FILE_PAIR)
		name_pair(value, task);
	else
		forget_files(task);
	return 0;
}

/* The identities of a call's descriptors, before its record is begun: what is told comes first. */
static __always_inline void name_files(u64 *ids, u32 index, struct pt_regs *regs, u8 abi, s64 ret,
				       u64 task)
{
	const volatile struct plan *plan = &plans[index & (PLAN_ROWS - 1)];
	u32 files = plan->files & ~FILE_UNNAMED;

#pragma unroll
	for (u32 i = 0; i < MAX_PLAN_FILES; i++)
		ids[i] = i < files ? name_file(plan->file[i], regs, abi, ret, task) : 0;
}

static __always_inline void put_files(struct writer *w, const u64 *ids, u32 files)
{
	struct blob *b = blob_at(w->ring, w->size);

	files = files < MAX_PLAN_FILES ? files : MAX_PLAN_FILES;
	((u64 *)(b + 1))[0] = ids[0];
	if (files > 1) {
		((u64 *)(b + 1))[1] = ids[1];
		((u64 *)(b + 1))[2] = ids[2];
	}
	w->size += blob_end(w->ring, b, BLOB_FILES, TEXT_WHOLE, files * sizeof(u64));
	w->blobs++;
}

/*
 * 1 where seccomp may have refused the call: it has failed, or has for a result what stood in the
 * register before (SIGSYS). Without branches, each of which the verifier would follow to the end.
 */
static __always_inline u32 looks_refused(s64 ret, struct pt_regs *regs)
{
	u64 other = ret ^ ROLLED_BACK(regs, READ_OWN_REGISTER);

	return (u64)ret >> 63 | (~(other | -other)) >> 63;
}

/* The end of a call that is not a plain one: see on_sys_exit(). */
static __noinline int odd_exit(struct pt_regs *regs, long ret, struct task_slot *slot)
{
	struct task_struct *task = current_task();
	struct record *rec;
	struct writer w;
	struct call call;
	u64 ids[MAX_PLAN_FILES];
	u8 args = 6, flags = PLAN_WANTED, blobs = 0, files = 0;
	u32 index, refusable;
	bool recorded, scans;

	if (config.has_casts)	/* as current_task() does, and for the same reason */
		regs = bpf_rdonly_cast(regs, bpf_core_type_id_kernel(struct pt_regs));
	call = call_of(task, regs, ret);
	refusable = looks_refused(ret, regs);
	/* Its descriptors are others than they were: closed on exec, or copied. */
	scans = slot->flags & (SLOT_EXECED | SLOT_NEWBORN);
	if (slot->flags & SLOT_EXECED) {
		slot->flags &= ~SLOT_EXECED;
		call.abi = abi_of_exec(call);
	}
	index = plan_index(call);
	if (index != NO_PLAN) {
		const volatile struct plan *plan = &plans[index & (PLAN_ROWS - 1)];

		args = plan->args;
		flags = plan->flags;
		/* A success is told by on_exec: its arguments are gone. */
		blobs = (flags & PLAN_EXEC) && ret >= 0 ? 0 : plan->blobs;
		files = (flags & PLAN_EXEC) && ret >= 0 ? 0 : plan->files;
	} else if (call.nr < 0) {
		args = 7;	/* the number itself too */
	}
	if (config.names_gone && (scans || !(slot->flags & SLOT_TOLD)))
		scan_files(slot->task);
	if (slot->flags & SLOT_NEWBORN) {
		slot->flags &= ~SLOT_NEWBORN;
		if ((flags & PLAN_FORK) && ret == 0) {
			/* Born into other namespaces: told now, or it could change them unseen. */
			if (READ(task, nsproxy) != READ(task, real_parent, nsproxy))
				tell_current(DROP_LIFECYCLE);
			return 0;	/* the child's return from its own making is no call */
		}
	}
	tally_call(slot, call, ret < 0 && ret >= -MAX_ERRNO);
	recorded = (flags & PLAN_WANTED) && (slot->flags & SLOT_TRACED);
	if (!recorded)
		take_beginning(slot->tid);
	/* Threads that are not recorded close descriptors too. */
	if (files && (recorded || config.names_gone))
		name_files(ids, index, regs, call.abi, ret, slot->task);
	if (refusable && slot->filter != filter_mark(task))
		slot->flags &= ~SLOT_TOLD;
	if (recorded) {
		/* Only the first word of a task is as precious as its life: others a container can force. */
		if (!(slot->flags & SLOT_TOLD))
			tell_current(slot->flags & SLOT_MET ? DROP_SYSCALL : DROP_LIFECYCLE);
		/* Nobody may take it for a call of whoever had the tid before. */
		if (!(slot->flags & SLOT_TOLD)) {
			count_drop(DROP_SYSCALL, slot->tally);
			return 0;
		}
		/* 8 where a filter may have refused it. */
		refusable = -(refusable & slot->flags / SLOT_FILTERED);
		args = (args & ~refusable) | (8 & refusable);
		rec = record_begin(&w, slot->tid, REC_SYSCALL, args + config.durations,
				   DROP_SYSCALL, slot->tally);
		if (rec) {
			rec->nr = call.nr < 0 ? NR_OUT_OF_RANGE : call.nr;
			rec->abi = call.abi;
			rec->result = ret;
			put_registers(record_args(rec), regs, call.abi);
			/* Behind the record's end where it has not so many values. */
			record_args(rec)[6] = (s64)call.raw_nr;
			record_args(rec)[7] = regs->REGISTER_POINTER;
			put_beginning(rec, args, slot->tid);
			if (files)
				put_files(&w, ids, files);
			if (blobs)
				put_blobs(&w, index, ret, slot->tally);
			record_end(&w);
		}
	}
	if (ret >= 0 && (flags & (PLAN_IDENTITY | PLAN_HOSTNAME | PLAN_SECCOMP))) {
		if ((flags & PLAN_SECCOMP) && slot->filter == filter_mark(task))
			return 0;
		slot->flags &= ~SLOT_TOLD;
		/*
		 * Told at once: what it is from now on is an event (commit_creds, switch_task_ns); the
		 * recorder then knows the name of its namespace, and so of the other tasks in it; a new
		 * filter may kill it at its next call, and a task that exits has none any more.
		 */
		tell_current(DROP_SYSCALL);
	}
	return 0;
}

static __always_inline int end_of_call(struct pt_regs *regs, long ret)
{
	struct task_slot *slot = look_up_at_exit(regs);
	const volatile struct plan *plan;
	u64 ids[MAX_PLAN_FILES];
	struct record *rec;
	struct writer w;
	u32 nr;

	if (!slot || !(slot->flags & SLOT_MEMBER))
		return 0;
	nr = regs->REGISTER_NR;
	if ((slot->flags & SLOT_PLAIN_MASK) != SLOT_PLAIN || nr >= PLAN_SYSCALLS ||
	    IS_COMPAT(task_at_exit(slot), regs, READ_OWN_REGISTER))
		goto odd;
	plan = &plans[nr];
	if (plan->flags != PLAN_WANTED)
		goto odd;
	if (looks_refused(ret, regs) &&
	    ((slot->flags & SLOT_FILTERED) || slot->filter != filter_mark(task_at_exit(slot))))
		goto odd;
	count_call(slot->tally, nr, ret < 0 && ret >= -MAX_ERRNO);
	/* One in the first register, the most frequent, without what finds out which and how. */
	if (plan->files == 1 && !plan->file[0])
		ids[0] = name_descriptor((u32)regs->REGISTER_FIRST, slot->task);
	else if (plan->files)
		name_files(ids, nr, regs, ABI_NATIVE, ret, slot->task);
	rec = record_begin(&w, slot->tid, REC_SYSCALL, plan->args + config.durations, DROP_SYSCALL,
			   slot->tally);
	if (!rec)
		return 0;
	rec->nr = nr;
	rec->result = ret;
	put_registers(record_args(rec), regs, ABI_NATIVE);
	put_beginning(rec, plan->args, slot->tid);
	if (plan->files)
		put_files(&w, ids, plan->files);
	/* A single path, the most frequent of blobs, without the 35 ns of two functions. */
	if (plan->single_text && w.pressure < PRESSURE_NO_TEXTS)
		put_text(&w, plan->blob[0].arg & 7);
	else if (plan->blobs)
		put_blobs(&w, nr, ret, slot->tally);
	record_end(&w);
	return 0;
odd:
	return odd_exit(regs, ret, slot);
}

SEC("tp_btf/sys_exit")
int BPF_PROG(on_sys_exit, struct pt_regs *regs, long ret)
{
	return end_of_call(regs, ret);
}

/*
 * The same where programs at tracepoints may be preempted: what perf calls it still keeps others off
 * its CPU meanwhile, for about 50 ns a call.
 */
SEC("tp/raw_syscalls/sys_exit")
int on_sys_exit_by_perf(struct sys_exit_event *event)
{
	return end_of_call((struct pt_regs *)bpf_task_pt_regs(bpf_get_current_task_btf()),
			   event->ret);
}

#endif
