/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/*
 * What the processor decides: where a call's number, ABI and arguments are in the registers.
 */
#ifndef CTRACE_BPF_ARCH_BPF_H
#define CTRACE_BPF_ARCH_BPF_H

#include "bpf/task.bpf.h"

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

#endif
