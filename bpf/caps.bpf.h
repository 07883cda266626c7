/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/*
 * Capabilities that were used: checks that succeeded, told once for each program that a process runs,
 * call, capability and user namespace. By the kernel's tracepoint (since 6.14), which fires with
 * preemption off, so that a record can be written; a probe of the function could be preempted in the
 * middle of one.
 *
 * Not every check is a need: some the kernel makes by the way (may this mapping take memory that is
 * kept back?), and goes on without. It marks most of those as not to be audited, which the tracepoint
 * does not tell; but they are made through few functions, of which one is then on the stack.
 */
#ifndef CTRACE_BPF_CAPS_BPF_H
#define CTRACE_BPF_CAPS_BPF_H

#include "bpf/calls.bpf.h"
#include "bpf/preempt.bpf.h"

enum { CAP_SEEN_ENTRIES = 16384, CAP_FRAMES = 8, QUIET_CALLERS = 5,
       SILENT_CALLERS = 2 };

struct cap_use {
	u64 mm;		/* of the program that runs: another one after each execve */
	u32 tgid;
	u32 user_ns;
	u16 nr;
	u8 abi;
	u8 cap;
	u32 audited;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, CAP_SEEN_ENTRIES);
	__type(key, struct cap_use);
	__type(value, u8);
} caps_told SEC(".maps");

/*
 * Where the functions lie whose checks are not audited; those of the first ones are told to nobody. Not
 * const: the recorder finds them while the programs are loaded.
 */
volatile struct {
	u64 begin, end;
} quiet_callers[QUIET_CALLERS] = {};
volatile u32 quiet_callers_known = 0;

/* Which of them made the current check: its number, or QUIET_CALLERS for none. */
static __always_inline u32 quiet_caller(void *ctx)
{
	u64 frames[CAP_FRAMES] = {};

	bpf_get_stack(ctx, frames, sizeof(frames), 0);
	for (u32 i = 0; i < CAP_FRAMES; i++) {
		for (u32 k = 0; k < QUIET_CALLERS; k++) {
			if (frames[i] >= quiet_callers[k].begin && frames[i] < quiet_callers[k].end)
				return k;
		}
	}
	return QUIET_CALLERS;
}

/* As ring_owner() in io_uring.bpf.h, without its workers: a need of theirs has no call. */
static __always_inline struct task_slot *cap_user(struct task_struct *task)
{
	struct task_slot *slot = look_up(task);

	if (!slot || !(slot->flags & SLOT_MEMBER) || !(slot->flags & SLOT_TRACED))
		return 0;
	return (slot->flags & SLOT_TOLD) || tell_briefly(DROP_LIFECYCLE) ? slot : 0;
}

SEC("tp_btf/cap_capable")
int UNDISTURBED_PROG(on_cap_capable, const struct cred *cred, struct user_namespace *target,
	     const struct user_namespace *from, int cap, int ret)
{
	struct cap_use use = {.cap = cap, .audited = quiet_callers_known};
	struct task_struct *trusted, *task;
	struct task_slot *slot;
	struct record *rec;
	struct call call;
	struct writer w;
	u64 *args;
	u8 told = 1;
	u32 quiet;

	if (ret)
		return 0;
	/* The kernels that have the tracepoint have the helper. */
	trusted = bpf_get_current_task_btf();
	task = CHEAP(trusted);
	slot = cap_user(task);
	/*
	 * Rights that are not the task's own: another's (ptrace), or those that a file system puts on
	 * for a while (overlayfs has its mounter's).
	 */
	if (!slot || READ(task, cred) != cred || READ(task, real_cred) != cred)
		return 0;
	call = call_inside(task, task_registers(trusted));
	use.mm = (u64)READ(task, mm);
	use.tgid = READ(task, tgid);
	use.user_ns = BPF_CORE_READ(target, ns.inum);
	use.nr = call.nr;
	use.abi = call.abi;
	if (bpf_map_lookup_elem(&caps_told, &use))
		return 0;
	if (quiet_callers_known) {
		quiet = quiet_caller(ctx);
		if (quiet < SILENT_CALLERS)
			return 0;
		use.audited = quiet == QUIET_CALLERS;
		if (bpf_map_lookup_elem(&caps_told, &use))
			return 0;
	}
	rec = record_begin(&w, slot->tid, REC_CAPABLE, 3, DROP_SYSCALL, slot->tally);
	if (!rec)
		return 0;
	rec->nr = use.nr;
	rec->abi = use.abi;
	args = record_args(rec);
	args[0] = use.cap;
	args[1] = use.user_ns;
	args[2] = quiet_callers_known ? use.audited : -1;
	record_end(&w);
	bpf_map_update_elem(&caps_told, &use, &told, BPF_ANY);
	return 0;
}

#endif
