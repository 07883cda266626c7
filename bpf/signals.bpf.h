/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/*
 * Signals: as a task gets one, and as a process sends one. Both tracepoints fire with the receiver's
 * lock held, so without being preempted.
 */
#ifndef CTRACE_BPF_SIGNALS_BPF_H
#define CTRACE_BPF_SIGNALS_BPF_H

#include "bpf/calls.bpf.h"
#include "bpf/preempt.bpf.h"

#define SI_USER 0
#define SI_QUEUE -1
#define SI_TKILL -6

/*
 * The beginning of siginfo_t (include/uapi/asm-generic/siginfo.h), which the kernel's own structure
 * begins with: the words behind it are a union by who sent the signal.
 */
struct signal_info {
	s32 number, error, code, unused;
	u64 words[2];
};

SEC("tp_btf/signal_deliver")
int UNDISTURBED_PROG(on_signal_deliver, int number, void *info, void *action)
{
	struct task_slot *slot = recorded_current();
	struct signal_info copy = {};
	struct record *rec;
	struct writer w;
	u64 handler = 0;
	u64 *args;

	if (!slot || bpf_probe_read_kernel(&copy, sizeof(copy), info))
		return 0;
	/* The first field of struct k_sigaction. */
	bpf_probe_read_kernel(&handler, sizeof(handler), action);
	rec = record_begin(&w, slot->tid, REC_SIGNAL, 5, DROP_SYSCALL, slot->tally);
	if (!rec)
		return 0;
	args = record_args(rec);
	args[0] = (u32)number;
	args[1] = (s64)copy.code;
	args[2] = copy.words[0];
	args[3] = copy.words[1];
	args[4] = handler;
	record_end(&w);
	return 0;
}

/*
 * Tells who `task` is, which is not the current one. Its filters are not looked at, so that is no word
 * that holds: it is told again before its own next record.
 */
static __always_inline bool tell_other(struct task_struct *task, struct task_slot *slot)
{
	struct task_record *body;
	struct record *rec;
	struct writer w;

	if (HAS_CASTS) {
		slot->task = (u64)task;
		return send_task(slot->tid, DROP_SYSCALL, FILTERS_KEPT, 0);
	}
	rec = record_begin(&w, slot->tid, REC_TASK, sizeof(struct task_record) / 8, DROP_SYSCALL,
			   slot->tally);
	if (!rec)
		return false;
	body = (struct task_record *)record_args(rec);
	describe(body, task, slot);
	record_end(&w);
	return true;
}

/* Whose event a signal is that a process sends: the sender's if that is recorded, else who gets it. */
static __always_inline struct task_slot *signal_owner(struct task_struct *target)
{
	struct task_slot *slot = recorded_current();

	if (slot)
		return slot;
	slot = slot_of(READ(target, pid));
	if (!slot)
		return 0;
	if (slot->tid != READ(target, pid) || slot->epoch != READ_ONCE(epoch))
		classify_task(target, slot, READ(target, pid));
	if (!(slot->flags & SLOT_MEMBER) || !(slot->flags & SLOT_TRACED))
		return 0;
	if (!(slot->flags & SLOT_TOLD) && !tell_other(target, slot))
		return 0;
	return slot;
}

SEC("tp_btf/signal_generate")
int UNDISTURBED_PROG(on_signal_generate, int number, void *info, struct task_struct *trusted, int group,
		     int result)
{
	struct task_struct *target = CHEAP(trusted), *sender;
	struct signal_info copy = {};
	struct task_slot *slot;
	struct record *rec;
	struct writer w;
	u64 *args;

	/* What cannot be read is one of two marks: 0, a process's own, and 1, the kernel's. */
	if (bpf_probe_read_kernel(&copy, sizeof(copy), info)) {
		if (info)
			return 0;
		copy.code = SI_USER;
	}
	/* What the kernel or a timer sends comes from whoever happens to run. */
	if (copy.code != SI_USER && copy.code != SI_QUEUE && copy.code != SI_TKILL)
		return 0;
	slot = signal_owner(target);
	if (!slot)
		return 0;
	sender = current_task();
	rec = record_begin(&w, slot->tid, REC_SIGNAL_SENT, 10, DROP_SYSCALL, slot->tally);
	if (!rec)
		return 0;
	args = record_args(rec);
	args[0] = (u32)number;
	args[1] = (s64)copy.code;
	args[2] = READ(target, tgid);
	args[3] = READ(target, pid);
	args[4] = READ(sender, tgid);
	args[5] = READ(sender, pid);
	bpf_probe_read_kernel(&args[6], COMM_SIZE, &sender->comm);
	args[8] = (u32)group;
	args[9] = (u32)result;
	record_end(&w);
	return 0;
}

#endif
