/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/*
 * Strings and structures of the process, read without a helper where that can be done: what the helper
 * takes to let itself be called, to open a user's page and to catch a fault is as much as all the
 * rest of a call that is recorded.
 *
 * The kernel maps all memory once more for itself, at `direct_map`; where a user's page lies there is
 * found as the processor finds it, through the tables that the process's top table leads to (AMD64
 * Architecture Programmer's Manual, volume 2, 5.3). Every load here is one that ends well wherever it
 * leads, as 0 where there is nothing. What is in doubt is left to the helper: a page that is not there, is
 * not the user's, is no ordinary memory or is mapped by a gigabyte; what begins with zeroes here (some memory
 * is taken out of that map, memfd_secret()), is longer than 128 bytes or may end in another page; and all
 * of it when the tables lead elsewhere afterwards: then the page may have been another one meanwhile.
 *
 * Where `direct_map` is, no kernel says: find_direct_map() in record/ tries with a word of its own.
 */
#ifndef CTRACE_BPF_USER_MEMORY_BPF_H
#define CTRACE_BPF_USER_MEMORY_BPF_H

#include "bpf/ring.bpf.h"

u64 direct_map = 0;	/* 0: not known, or not to be had on this processor */
u32 five_levels = 0;	/* whether a top table leads to four more tables instead of three */

#if defined(CTRACE_NEWER) && defined(__TARGET_ARCH_x86)

#define PAGE_PRESENT 0x1ull	/* include/asm/pgtable_types.h: bits of an entry */
#define PAGE_USER 0x4ull
#define PAGE_LARGE 0x80ull	/* of an upper table */
#define PAGE_SPECIAL 0x200ull	/* Linux' own: no ordinary memory */
#define PAGE_THERE (PAGE_PRESENT | PAGE_USER)
#define PAGE_FRAME 0x000ffffffffff000ull
#define PAGE_FRAME_LARGE 0x000fffffffe00000ull
#define USER_BITS 47	/* of an address; with five tables there are more, which nobody gets unasked */

#define EACH_BYTE 0x0101010101010101ull

/* Where the words from `address` on are read. Any structure of words would do. */
static __always_inline struct pt_regs *words_at(u64 address)
{
	return bpf_rdonly_cast((void *)address, bpf_core_type_id_kernel(struct pt_regs));
}

static __always_inline u64 word_at(u64 address)
{
	return words_at(address)->r15;
}

/* The top table of `task`. */
static __always_inline u64 top_table(u64 task)
{
	u64 mm = word_at(task + bpf_core_field_offset(struct task_struct, mm));

	return mm ? word_at(mm + bpf_core_field_offset(struct mm_struct, pgd)) : 0;
}

struct mapped {
	u64 entry_at;	/* 0: not to be read here */
	u64 entry;
	u64 address;	/* in the direct map */
};

/* What maps the user's `address`. */
static __always_inline struct mapped find_mapped(u64 table, u64 base, u32 levels5, u64 address)
{
	struct mapped none = {}, found;
	u64 entry;

	if (!table || address >> USER_BITS)
		return none;
	if (levels5) {
		entry = word_at(table);
		if ((entry & PAGE_THERE) != PAGE_THERE)
			return none;
		table = base + (entry & PAGE_FRAME);
	}
	entry = word_at(table + ((address >> 39 & 511) << 3));
	if ((entry & PAGE_THERE) != PAGE_THERE)
		return none;
	entry = word_at(base + (entry & PAGE_FRAME) + ((address >> 30 & 511) << 3));
	if ((entry & (PAGE_THERE | PAGE_LARGE)) != PAGE_THERE)
		return none;
	found.entry_at = base + (entry & PAGE_FRAME) + ((address >> 21 & 511) << 3);
	found.entry = word_at(found.entry_at);
	if ((found.entry & (PAGE_THERE | PAGE_SPECIAL)) != PAGE_THERE)
		return none;
	if (found.entry & PAGE_LARGE) {
		found.address = base + (found.entry & PAGE_FRAME_LARGE) + (address & 0x1fffff);
		return found;
	}
	found.entry_at = base + (found.entry & PAGE_FRAME) + ((address >> 12 & 511) << 3);
	found.entry = word_at(found.entry_at);
	if ((found.entry & (PAGE_THERE | PAGE_SPECIAL)) != PAGE_THERE)
		return none;
	found.address = base + (found.entry & PAGE_FRAME) + (address & 0xfff);
	return found;
}

/* The registers that stand for the words one after the other in struct pt_regs. */
#define EACH_WORD(what)                                                                            \
	what(0, r15) what(1, r14) what(2, r13) what(3, r12) what(4, bp) what(5, bx) what(6, r11)    \
	what(7, r10) what(8, r9) what(9, r8) what(10, ax) what(11, cx) what(12, dx) what(13, si)    \
	what(14, di) what(15, orig_ax)
#define USER_WORDS 16

/* Copies the string at `from`. Returns its bytes without the NUL; -1 where the helper is to read it. */
static __always_inline s32 copy_text(u8 *to, u64 from)
{
	struct pt_regs *words = words_at(from);
	u64 word = words->r15, end;
	u32 done;

	if (!(word & 0xff))
		return -1;
#define COPY_WORD(number, name)                                                                     \
	word = words->name;                                                                         \
	end = (word - EACH_BYTE) & ~word & EACH_BYTE << 7;                                          \
	done = 8 * number;                                                                          \
	if (end)                                                                                    \
		goto ended;                                                                         \
	*(u64 *)(to + done) = word;
	EACH_WORD(COPY_WORD)
#undef COPY_WORD
	return -1;
ended:
	end = ((end & -end) >> 7) - 1;	/* a mask of the bytes before the NUL */
	*(u64 *)(to + done) = word & end;
	return done + ((end & EACH_BYTE) * EACH_BYTE >> 56);
}

/* Copies `count` words. Returns whether they do not begin with zeroes. */
static __always_inline bool copy_words(u8 *to, u64 from, u32 count)
{
	struct pt_regs *words = words_at(from);

#define COPY_WORD(number, name)                                                                     \
	if (number >= count)                                                                        \
		goto ended;                                                                         \
	*(u64 *)(to + 8 * number) = words->name;
	EACH_WORD(COPY_WORD)
#undef COPY_WORD
ended:
	return *(u64 *)to;
}

/* Whether what was read of `mapped` was of its page all the time. */
static __always_inline bool is_still_mapped(const struct mapped *mapped, u64 table, u64 base,
					    u64 address)
{
	struct mapped now;

	barrier();
	now = find_mapped(table, base, five_levels, address);
	return now.entry_at == mapped->entry_at && now.entry == mapped->entry;
}

/* Copies the string at `address` of `task`, the current one. Returns as copy_text(). */
static __always_inline s32 read_text(u8 *to, u64 task, u64 address)
{
	u64 base = READ_ONCE(direct_map), table;
	struct mapped mapped;
	s32 size;

	if (!base || (address & 0xfff) > 4096 - 8 * USER_WORDS)
		return -1;
	table = top_table(task);
	mapped = find_mapped(table, base, five_levels, address);
	if (!mapped.entry_at)
		return -1;
	size = copy_text(to, mapped.address);
	return is_still_mapped(&mapped, table, base, address) ? size : -1;
}

/*
 * Copies `size` bytes, and up to seven behind them. Returns whether that was done; if not, the helper is to
 * read them.
 */
static __always_inline bool read_words(u8 *to, u64 size, u64 task, u64 address)
{
	u64 base = READ_ONCE(direct_map), table, count = (size + 7) >> 3;
	struct mapped mapped;
	bool copied;

	if (!base || !count || count > USER_WORDS || (address & 0xfff) + 8 * count > 4096)
		return false;
	table = top_table(task);
	mapped = find_mapped(table, base, five_levels, address);
	if (!mapped.entry_at)
		return false;
	copied = copy_words(to, mapped.address, count);
	return is_still_mapped(&mapped, table, base, address) && copied;
}

/* Whether query's address holds query's word if the direct map is where it says. */
SEC("syscall")
int try_direct_map(struct direct_map_query *query)
{
	u64 task = bpf_get_current_task();
	struct mapped mapped = find_mapped(top_table(task), query->base, query->five_levels,
					   query->address);

	query->task = task;
	return mapped.entry_at && word_at(mapped.address) == query->word;
}

#else

static __always_inline s32 read_text(u8 *to, u64 task, u64 address)
{
	return -1;
}

static __always_inline bool read_words(u8 *to, u64 size, u64 task, u64 address)
{
	return false;
}

SEC("syscall")
int try_direct_map(struct direct_map_query *query)
{
	return 0;
}

#endif
#endif
