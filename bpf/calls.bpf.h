/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/*
 * The end of system calls.
 */
#ifndef CTRACE_BPF_CALLS_BPF_H
#define CTRACE_BPF_CALLS_BPF_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "bpf/blob.bpf.h"
#include "bpf/call_files.bpf.h"
#include "bpf/durations.bpf.h"

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

/*
 * 1 where seccomp may have refused the call: it has failed, or has for a result what stood in the
 * register before (SIGSYS). Without branches, each of which the verifier would follow to the end.
 */
static __always_inline u32 looks_refused(s64 ret, struct pt_regs *regs)
{
	u64 other = ret ^ ROLLED_BACK(regs, READ_OWN_REGISTER);

	return (u64)ret >> 63 | (~(other | -other)) >> 63;
}

/*
 * The end of a call that is not a plain one goes through functions that are checked by themselves, one
 * after the other. What they must know of the call is one number: its parts, and what is to be done.
 */
enum odd_deed {
	ODD_NAMED = 1,		/* its descriptors are to be looked at */
	ODD_RECORDED = 2,
	ODD_CHANGED = 4,	/* the task is told anew */
	ODD_UNTOLD = 8,		/* and first of all, where it is not known */
};
enum { ODD_INDEX = 16, ODD_ABI = 32, ODD_ARGS = 40, ODD_BLOBS = 44, ODD_FILES = 48, ODD_DEEDS = 56 };

/* Finds out what it is, and sees to the task. */
__noinline u64 look_at_odd(u32 tid, s64 ret)
{
	struct call_scratch *scratch = scratch_here();
	struct task_slot *slot = slot_of(tid);
	u8 args = 6, flags = PLAN_WANTED, blobs = 0, files = 0;
	struct task_struct *task;
	u32 index, refusable;
	struct pt_regs *regs;
	struct call call;
	u64 odd, deeds = 0;

	if (!slot || !scratch)
		return 0;
	task = task_at_exit(slot);
	regs = registers_at_exit(slot, scratch);
	call = call_of(task, regs, ret);
	refusable = looks_refused(ret, regs);
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
	if (slot->flags & SLOT_NEWBORN) {
		slot->flags &= ~SLOT_NEWBORN;
		if ((flags & PLAN_FORK) && ret == 0) {
			/* Born into other namespaces: told now, or it could change them unseen. */
			if (READ(task, nsproxy) != READ(task, real_parent, nsproxy))
				deeds = ODD_UNTOLD;
			/* The child's return from its own making is no call. */
			return deeds << ODD_DEEDS;
		}
	}
	tally_call(slot, call, ret < 0 && ret >= -MAX_ERRNO);
	if ((flags & PLAN_WANTED) && (slot->flags & SLOT_TRACED))
		deeds = ODD_RECORDED;
	scratch->began_ns = take_beginning(tid);
	/* Threads that are not recorded close descriptors too. */
	if (files && (deeds || config.names_gone))
		deeds |= ODD_NAMED;
	if (refusable && slot->filter != filter_mark(task))
		slot->flags &= ~SLOT_TOLD;
	if (deeds & ODD_RECORDED) {
		if (!(slot->flags & SLOT_TOLD)) {
			deeds |= ODD_UNTOLD;
			slot->flags = (slot->flags & ~SLOT_FILTERED) |
				      (newest_filter(task) ? SLOT_FILTERED : 0);
		}
		/* 8 where a filter may have refused it. */
		refusable = -(refusable & slot->flags / SLOT_FILTERED);
		args = (args & ~refusable) | (8 & refusable);
	}
	if (ret >= 0 && (flags & (PLAN_IDENTITY | PLAN_HOSTNAME | PLAN_SECCOMP)) &&
	    (!(flags & PLAN_SECCOMP) || slot->filter != filter_mark(task))) {
		slot->flags &= ~SLOT_TOLD;
		deeds |= ODD_CHANGED;
	}
	odd = (u16)(call.nr < 0 ? NR_OUT_OF_RANGE : call.nr) | (u64)(u16)index << ODD_INDEX |
	      (u64)call.abi << ODD_ABI | (u64)(args & 15) << ODD_ARGS |
	      (u64)(blobs & 15) << ODD_BLOBS | (u64)files << ODD_FILES | deeds << ODD_DEEDS;
	scratch->odd = odd;
	return odd;
}

/*
 * Tells who made it. Only the first word of a task is as precious as its life: others a container can
 * force. Returns whether that is known now: nobody may take the call for one of whoever had the tid before.
 */
__noinline int tell_odd(u32 tid, u64 deeds)
{
	struct task_slot *slot = slot_of(tid);

	if (!slot)
		return 0;
	tell_current(slot->flags & SLOT_MET ? DROP_SYSCALL : DROP_LIFECYCLE);
	if (slot->flags & SLOT_TOLD)
		return 1;
	if (deeds & ODD_RECORDED)
		count_drop(DROP_SYSCALL, slot->tally);
	return 0;
}

/* Its record. What name_files() found is in the scratch, like `odd`: kept here it would need more stack. */
__noinline int record_odd(u32 tid, s64 ret)
{
	struct call_scratch *scratch = scratch_here();
	struct task_slot *slot = slot_of(tid);
	struct pt_regs *regs;
	struct record *rec;
	struct writer w;

	if (!slot || !scratch)
		return 0;
	rec = record_begin(&w, tid, REC_SYSCALL,
			   (READ_ONCE(scratch->odd) >> ODD_ARGS & 15) + config.durations, DROP_SYSCALL,
			   slot->tally);
	if (!rec)
		return 0;
	regs = registers_at_exit(slot, scratch);
	rec->nr = READ_ONCE(scratch->odd);
	rec->abi = READ_ONCE(scratch->odd) >> ODD_ABI;
	rec->result = ret;
	put_registers(record_args(rec), regs, READ_ONCE(scratch->odd) >> ODD_ABI);
	/* Behind the record's end where it has not so many values. */
	record_args(rec)[6] = (s64)(s32)regs->REGISTER_NR;
	record_args(rec)[7] = regs->REGISTER_POINTER;
	put_beginning(rec, READ_ONCE(scratch->odd) >> ODD_ARGS & 15, scratch->began_ns);
	if ((u8)(READ_ONCE(scratch->odd) >> ODD_FILES))
		put_files(&w, scratch->ids[0], (u8)(READ_ONCE(scratch->odd) >> ODD_FILES));
	if (READ_ONCE(scratch->odd) >> ODD_BLOBS & 15)
		put_blobs(&w, (u16)(READ_ONCE(scratch->odd) >> ODD_INDEX), ret, slot->tally);
	record_end(&w);
	return 0;
}

static __always_inline int odd_end(u32 tid, s64 ret, struct task_slot *slot)
{
	u32 deeds;
	u64 odd;

	/* Its descriptors are others than they were (closed on exec, or copied), or it is new. */
	if (config.names_gone && ((slot->flags & (SLOT_EXECED | SLOT_NEWBORN)) || !(slot->flags & SLOT_TOLD)))
		scan_files(slot->task);
	odd = look_at_odd(tid, ret);
	deeds = odd >> ODD_DEEDS;
	if (deeds & ODD_NAMED)
		name_files(tid, (u16)(odd >> ODD_INDEX), ret);
	if ((deeds & ODD_UNTOLD) && !tell_odd(tid, deeds))
		return 0;
	if (deeds & ODD_RECORDED)
		record_odd(tid, ret);
	/*
	 * Told at once: what it is from now on is an event (commit_creds, switch_task_ns); the
	 * recorder then knows the name of its namespace, and so of the other tasks in it; a new
	 * filter may kill it at its next call, and a task that exits has none any more.
	 */
	if (deeds & ODD_CHANGED)
		tell_current(DROP_SYSCALL);
	return 0;
}

static __always_inline int end_of_call(struct pt_regs *regs, long ret)
{
	struct task_slot *slot = look_up_at_exit(regs);
	const volatile struct plan *plan;
	struct record *rec;
	struct writer w;
	u64 file = 0;
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
	if (plan->files == 1 && !(plan->file[0] & ~(FILE_DIR << FILE_OP_SHIFT)))
		file = name_descriptor((u32)regs->REGISTER_FIRST | (plan->file[0] ? FD_DIR : 0),
				       slot->task);
	else if (plan->files)
		file = name_files(slot->tid, nr, ret);
	rec = record_begin(&w, slot->tid, REC_SYSCALL, plan->args + config.durations, DROP_SYSCALL,
			   slot->tally);
	if (!rec)
		return 0;
	rec->nr = nr;
	rec->result = ret;
	put_registers(record_args(rec), regs, ABI_NATIVE);
	put_beginning(rec, plan->args, take_beginning(slot->tid));
	if (plan->files)
		put_files(&w, file, plan->files);
	/* A single path, the most frequent of blobs, without the 35 ns of two functions. */
	if (plan->single_text && w.pressure < PRESSURE_NO_TEXTS)
		put_text(&w, plan->blob[0].arg & 7, slot->task);
	else if (plan->blobs)
		put_blobs(&w, nr, ret, slot->tally);
	record_end(&w);
	return 0;
odd:
	return odd_end(slot->tid, ret, slot);
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
