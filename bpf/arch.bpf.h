/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/*
 * What the processor decides: where a call's number, table and arguments are in the registers.
 * Nothing else in bpf/ knows the processor, but struct pt_regs in kernel.h, the tables in event.h
 * and order.bpf.h.
 */
#ifndef CTRACE_BPF_ARCH_BPF_H
#define CTRACE_BPF_ARCH_BPF_H

#include "bpf/task.bpf.h"

#define ENOSYS 38
#define MAX_ERRNO 4095
#define MAX_NR 1000		/* numbers from here on are no system calls anywhere */

#if defined(__TARGET_ARCH_arm64)

#define NR_EXIT 93
#define NR_EXIT_GROUP 94
#define NR_RT_SIGRETURN 139
#define NR_EXIT_COMPAT 1
#define NR_EXIT_GROUP_COMPAT 248
#define NR_RT_SIGRETURN_COMPAT 173
#define NR_EXECVE 221
#define NR_EXECVEAT 281
#define NR_EXECVE_COMPAT 11
#define NR_EXECVEAT_COMPAT 387
#define THREAD_SIZE 16384	/* pages of 4 or 16 KiB, without KASAN */
#define PSR_MODE32_BIT 0x10	/* arch/arm64/include/uapi/asm/ptrace.h */

/* How pt_regs calls the number of the call and its first argument; x0 holds the result by its end. */
#define REGISTER_NR syscallno
#define REGISTER_FIRST orig_x0
#define REGISTER_FIRST_COMPAT orig_x0
#define REGISTER_RESULT regs[0]
#define REGISTER_POINTER pc
/* The result of a call that seccomp refused with SIGSYS: syscall_rollback() */
#define ROLLED_BACK(regs, read_register) ((s64)read_register(regs, orig_x0))
/* Whether it is a call of a 32-bit table; read_register is READ_REGISTER or READ_OWN_REGISTER. */
#define IS_COMPAT(task, regs, read_register) (read_register(regs, pstate) & PSR_MODE32_BIT)
#define X32_BIT 0

static __always_inline void put_registers(u64 *args, struct pt_regs *regs, u8 abi)
{
	u64 mask = abi == ABI_COMPAT ? 0xffffffff : ~0ull;

	args[0] = regs->orig_x0 & mask;
	args[1] = regs->regs[1] & mask;
	args[2] = regs->regs[2] & mask;
	args[3] = regs->regs[3] & mask;
	args[4] = regs->regs[4] & mask;
	args[5] = regs->regs[5] & mask;
}

#else

#define NR_EXIT 60
#define NR_EXIT_GROUP 231
#define NR_RT_SIGRETURN 15
#define NR_EXIT_COMPAT 1
#define NR_EXIT_GROUP_COMPAT 252
#define NR_RT_SIGRETURN_COMPAT 173
#define NR_EXECVE 59
#define NR_EXECVEAT 322
#define NR_EXECVE_X32 520
#define NR_EXECVEAT_X32 545
#define NR_EXECVE_COMPAT 11
#define NR_EXECVEAT_COMPAT 358
#define THREAD_SIZE 16384	/* without KASAN */
#define TS_COMPAT 2		/* arch/x86/include/asm/thread_info.h */

#define REGISTER_NR orig_ax
#define REGISTER_FIRST di
#define REGISTER_FIRST_COMPAT bx
#define REGISTER_RESULT ax
#define REGISTER_POINTER ip
#define ROLLED_BACK(regs, read_register) ((s64)read_register(regs, orig_ax))
#define IS_COMPAT(task, regs, read_register) (READ(task, thread_info.status) & TS_COMPAT)
#define X32_BIT 0x40000000	/* __X32_SYSCALL_BIT */

static __always_inline void put_registers(u64 *args, struct pt_regs *regs, u8 abi)
{
	if (abi == ABI_COMPAT) {
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

#endif

/* The registers with which a task entered the kernel. */
static __always_inline struct pt_regs *task_registers(struct task_struct *task)
{
	if (HAS_TASK_REGS)
		return CHEAP((struct pt_regs *)bpf_task_pt_regs(task));
	return (struct pt_regs *)((u8 *)READ(task, stack) + THREAD_SIZE -
				  bpf_core_type_size(struct pt_regs));
}

/* As READ(): for what task_registers() gave, and for what a program was given. */
#define READ_REGISTER(regs, name) \
	(HAS_TASK_REGS ? (regs)->name : BPF_CORE_READ(regs, name))
#define READ_OWN_REGISTER(regs, name) ((regs)->name)

struct call {
	s32 nr;		/* -1: out of range */
	s32 raw_nr;
	u8 abi;
};

static __always_inline struct call make_call(s32 raw_nr, bool compat)
{
	struct call call = {.nr = raw_nr, .raw_nr = raw_nr,
			    .abi = compat ? ABI_COMPAT : ABI_NATIVE};

	if (!compat && raw_nr >= 0 && (raw_nr & X32_BIT)) {
		call.abi = ABI_X32;
		call.nr &= ~X32_BIT;
	}
	return call;
}

/* The call that ends with `ret`. */
static __always_inline struct call call_of(struct task_struct *task, struct pt_regs *regs, long ret)
{
	struct call call = make_call((s32)regs->REGISTER_NR,
				     IS_COMPAT(task, regs, READ_OWN_REGISTER));

	/* rt_sigreturn replaced all registers, the number too (arm64 forgets just that). */
	if (call.nr == -1 && ret != -ENOSYS)
		call.nr = call.abi == ABI_COMPAT ? NR_RT_SIGRETURN_COMPAT : NR_RT_SIGRETURN;
	if (call.nr < 0 || call.nr >= MAX_NR)
		call.nr = -1;
	return call;
}

/* The call that `task` is in, whose registers are from task_registers(). */
static __always_inline struct call call_inside(struct task_struct *task, struct pt_regs *regs)
{
	return make_call((s32)READ_REGISTER(regs, REGISTER_NR),
			 IS_COMPAT(task, regs, READ_REGISTER) != 0);
}

/*
 * The table of an execve that succeeded. On arm64 the registers are the new program's but for the
 * number, which is execve or execveat in just one of the tables; x86 has the new program's number too.
 */
static __always_inline u8 abi_of_exec(struct call call)
{
#if defined(__TARGET_ARCH_arm64)
	return call.nr == 221 || call.nr == 281 ? ABI_NATIVE : ABI_COMPAT;
#else
	return call.abi;
#endif
}

/* The arguments of the call that `task` is in, as put_registers() has them. */
static __always_inline void put_registers_inside(u64 *args, struct pt_regs *regs, u8 abi)
{
#if defined(__TARGET_ARCH_arm64)
	u64 mask = abi == ABI_COMPAT ? 0xffffffff : ~0ull;

	args[0] = READ_REGISTER(regs, orig_x0) & mask;
	args[1] = READ_REGISTER(regs, regs[1]) & mask;
	args[2] = READ_REGISTER(regs, regs[2]) & mask;
	args[3] = READ_REGISTER(regs, regs[3]) & mask;
	args[4] = READ_REGISTER(regs, regs[4]) & mask;
	args[5] = READ_REGISTER(regs, regs[5]) & mask;
#else
	if (abi == ABI_COMPAT) {
		args[0] = (u32)READ_REGISTER(regs, bx);
		args[1] = (u32)READ_REGISTER(regs, cx);
		args[2] = (u32)READ_REGISTER(regs, dx);
		args[3] = (u32)READ_REGISTER(regs, si);
		args[4] = (u32)READ_REGISTER(regs, di);
		args[5] = (u32)READ_REGISTER(regs, bp);
		return;
	}
	args[0] = READ_REGISTER(regs, di);
	args[1] = READ_REGISTER(regs, si);
	args[2] = READ_REGISTER(regs, dx);
	args[3] = READ_REGISTER(regs, r10);
	args[4] = READ_REGISTER(regs, r8);
	args[5] = READ_REGISTER(regs, r9);
#endif
}

/* The call that `task`, whose registers are `regs`, is in the middle of; its arguments too. */
static __always_inline struct call call_in_flight(struct task_struct *task, struct pt_regs *regs,
						  u64 *args)
{
	struct call call = call_inside(task, regs);

	put_registers_inside(args, regs, call.abi);
	return call;
}

static __always_inline bool is_exec_call(struct call call)
{
	if (call.abi == ABI_COMPAT)
		return call.nr == NR_EXECVE_COMPAT || call.nr == NR_EXECVEAT_COMPAT;
#if !defined(__TARGET_ARCH_arm64)
	if (call.abi == ABI_X32)
		return call.nr == NR_EXECVE_X32 || call.nr == NR_EXECVEAT_X32;
#endif
	return call.nr == NR_EXECVE || call.nr == NR_EXECVEAT;
}

/* On x86 every success ends as an execve: set_personality_64bit() sees to that. */
static __always_inline bool is_counted_as_execve(u32 abi, u32 nr)
{
#if defined(__TARGET_ARCH_arm64)
	return false;
#else
	return abi == ABI_NATIVE && nr == NR_EXECVEAT;
#endif
}

static __always_inline bool is_exit_call(struct call call)
{
	return call.abi == ABI_COMPAT
		       ? call.nr == NR_EXIT_COMPAT || call.nr == NR_EXIT_GROUP_COMPAT
		       : call.nr == NR_EXIT || call.nr == NR_EXIT_GROUP;
}

/* All that a seccomp filter was asked about: six registers and the instruction pointer. */
static __always_inline void put_last_call(u64 *args, struct pt_regs *regs, u8 abi)
{
	u64 mask = abi == ABI_COMPAT ? 0xffffffff : ~0ull;
#if defined(__TARGET_ARCH_arm64)
	args[0] = mask & READ_REGISTER(regs, orig_x0);
	args[1] = mask & READ_REGISTER(regs, regs[1]);
	args[2] = mask & READ_REGISTER(regs, regs[2]);
	args[3] = mask & READ_REGISTER(regs, regs[3]);
	args[4] = mask & READ_REGISTER(regs, regs[4]);
	args[5] = mask & READ_REGISTER(regs, regs[5]);
#else
	bool compat = abi == ABI_COMPAT;

	args[0] = mask & (compat ? READ_REGISTER(regs, bx) : READ_REGISTER(regs, di));
	args[1] = mask & (compat ? READ_REGISTER(regs, cx) : READ_REGISTER(regs, si));
	args[2] = mask & READ_REGISTER(regs, dx);
	args[3] = mask & (compat ? READ_REGISTER(regs, si) : READ_REGISTER(regs, r10));
	args[4] = mask & (compat ? READ_REGISTER(regs, di) : READ_REGISTER(regs, r8));
	args[5] = mask & (compat ? READ_REGISTER(regs, bp) : READ_REGISTER(regs, r9));
#endif
	args[6] = READ_REGISTER(regs, REGISTER_POINTER);
}

#endif
