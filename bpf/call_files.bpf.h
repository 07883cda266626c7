/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/*
 * What a plan says of a call, and its descriptors.
 */
#ifndef CTRACE_BPF_CALL_FILES_BPF_H
#define CTRACE_BPF_CALL_FILES_BPF_H

#include "bpf/arch.bpf.h"
#include "bpf/at_exit.bpf.h"
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

/*
 * What the functions of one end of a call hand to one another: the stack has no room. No other program
 * uses it.
 */
struct call_scratch {
	u64 args[8];			/* the registers, then the result */
	u64 ids[MAX_PLAN_FILES];	/* of its descriptors */
	u64 began_ns;			/* see durations.bpf.h */
	u64 odd;			/* see calls.bpf.h */
	u8 registers[384];		/* struct pt_regs: 168 bytes, on arm64 352 */
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct call_scratch);
} call_scratch SEC(".maps");

static __always_inline struct call_scratch *scratch_here(void)
{
	u32 first = 0;

	return bpf_map_lookup_elem(&call_scratch, &first);
}

/*
 * The registers of the call that ends, in a function that the verifier checks by itself: none can be
 * passed a pointer to them.
 */
static __always_inline struct pt_regs *registers_at_exit(struct task_slot *slot,
							 struct call_scratch *scratch)
{
	if (HAS_CASTS)
		return bpf_rdonly_cast((void *)(slot->stack + stack_base),
				       bpf_core_type_id_kernel(struct pt_regs));
	if (HAS_TASK_REGS)
		return (struct pt_regs *)bpf_task_pt_regs(bpf_get_current_task_btf());
	bpf_probe_read_kernel(scratch->registers, bpf_core_type_size(struct pt_regs),
			      task_registers(current_task()));
	return (struct pt_regs *)scratch->registers;
}

/* F_DUPFD and F_DUPFD_CLOEXEC of fcntl. */
#define MAKES_DUPLICATE(command) ((u32)(command) == 0 || (u32)(command) == 1030)

/* The identity of one descriptor of the call that ends, which the plan describes by `file`. */
static __always_inline u64 name_file(u8 file, const u64 *args, s64 ret, u64 task)
{
	u32 op = file >> FILE_OP_SHIFT;
	u64 value = args[file & FILE_REGISTER], fd = (u32)value;

	if (op == FILE_DIR) {
		fd |= FD_DIR;
	} else if (op == FILE_DUPLICATE) {
		if (!MAKES_DUPLICATE(args[1]))
			return 0;
		fd = (u32)ret;
	} else if (op != FILE_OPEN && ret >= 0) {
		if (op == FILE_CLOSED || op == FILE_REPLACED)
			return name_gone(value, task, op == FILE_REPLACED);
		if (op == FILE_POSITION)
			return position_of(value, task);
		return op == FILE_PAIR ? name_pair(value, task) : forget_files(task);
	} else if (op == FILE_PAIR || op == FILE_ANY || op == FILE_POSITION) {
		return 0;
	}
	return name_descriptor(fd, task);
}

/*
 * The identities of a call's descriptors, before its record is begun: what is told comes first. Returns
 * the first one; all are in the scratch.
 */
__noinline u64 name_files(u32 tid, u32 index, s64 ret)
{
	const volatile struct plan *plan = &plans[index & (PLAN_ROWS - 1)];
	bool compat = index >= PLAN_SYSCALLS && index < PLAN_X32;
	struct call_scratch *scratch = scratch_here();
	struct task_slot *slot = slot_of(tid);

	if (!slot || !scratch)
		return 0;
	put_registers(scratch->args, registers_at_exit(slot, scratch),
		      compat ? ABI_COMPAT : ABI_NATIVE);
	scratch->args[FILE_RESULT] = ret;
	for (u32 i = 0; i < MAX_PLAN_FILES; i++) {
		if (i >= (plan->files & ~FILE_UNNAMED))
			break;
		scratch->ids[i] = name_file(plan->file[i], scratch->args, ret, slot->task);
	}
	return scratch->ids[0];
}

/* `first`: the first one's identity; the others are in the scratch. */
static __always_inline void put_files(struct writer *w, u64 first, u32 files)
{
	struct blob *b = blob_at(w->ring, w->size);
	u64 *ids = (u64 *)(b + 1);
	struct call_scratch *scratch;

	files = files < MAX_PLAN_FILES ? files : MAX_PLAN_FILES;
	ids[0] = first;
	if (files > 1 && (scratch = scratch_here())) {
		ids[1] = scratch->ids[1];
		ids[2] = scratch->ids[2];
	}
	w->size += blob_end(w->ring, b, BLOB_FILES, TEXT_WHOLE, files * sizeof(u64));
	w->blobs++;
}

#endif
