/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/*
 * Strings and structures of the process, read without a helper where that can be done: what the helper
 * takes to let itself be called, to open a user's page and to catch a fault is as much as all the
 * rest of a call that is recorded.
 *
 * The kernel maps all memory once more for itself, at `direct_map`; where a user's page lies there is
 * found as the processor finds it, through the tables that the process's top table leads to (AMD64
 * Architecture Programmer's Manual, volume 2, 5.3). Every load here is one that ends well wherever it
 * leads, as 0 where there is nothing (but not on memory that is broken: the helper survives that). What is
 * in doubt is left to the helper: a page that is not there, is not the user's, has a protection key, is no
 * ordinary memory or is mapped by a gigabyte; what begins with zeroes here (some memory is taken out of that
 * map, memfd_secret()), is longer than 128 bytes or may end in another page.
 *
 * And all of it when something was taken out of the process's tables meanwhile. Who does that changes the
 * tables, then raises the process's `tlb_gen`, then makes the processors forget, and only then lets go of
 * pages and tables (arch/x86/include/asm/mmu.h): while that number is the same, nothing that was walked or
 * read has become anybody else's.
 *
 * Where `direct_map` is, not every kernel says: record/direct_map.h tries with a word of its own.
 */
#ifndef CTRACE_BPF_USER_MEMORY_BPF_H
#define CTRACE_BPF_USER_MEMORY_BPF_H

#include "bpf/ring.bpf.h"

/*
 * Written by try_direct_map alone. No global variable, which the recorder could write for as long as it
 * lives: whoever got hold of it then would read in the kernel's memory whatever they like.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct direct_map);
} direct_map SEC(".maps");

#if defined(CTRACE_NEWER) && defined(__TARGET_ARCH_x86)

#define PAGE_PRESENT 0x1ull	/* include/asm/pgtable_types.h: bits of an entry */
#define PAGE_USER 0x4ull
#define PAGE_LARGE 0x80ull	/* of an upper table */
#define PAGE_SPECIAL 0x200ull	/* Linux' own: no ordinary memory */
#define PAGE_KEY 0x7800000000000000ull	/* which the process may have locked */
#define PAGE_THERE (PAGE_PRESENT | PAGE_USER)
#define PAGE_ODD (PAGE_SPECIAL | PAGE_KEY)
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

/*
 * Where in the direct map at `base` the user's `address` is, by the process's top table; 0: not to be read
 * here.
 */
static __always_inline u64 find_mapped(u64 table, u64 base, u32 levels5, u64 address)
{
	u64 entry;

	if (!table || address >> USER_BITS)
		return 0;
	if (levels5) {
		entry = word_at(table);
		if ((entry & PAGE_THERE) != PAGE_THERE)
			return 0;
		table = base + (entry & PAGE_FRAME);
	}
	entry = word_at(table + ((address >> 39 & 511) << 3));
	if ((entry & PAGE_THERE) != PAGE_THERE)
		return 0;
	entry = word_at(base + (entry & PAGE_FRAME) + ((address >> 30 & 511) << 3));
	if ((entry & (PAGE_THERE | PAGE_LARGE)) != PAGE_THERE)
		return 0;
	entry = word_at(base + (entry & PAGE_FRAME) + ((address >> 21 & 511) << 3));
	if ((entry & (PAGE_THERE | PAGE_SPECIAL)) != PAGE_THERE)
		return 0;
	if (entry & PAGE_LARGE)
		return entry & PAGE_KEY ? 0 : base + (entry & PAGE_FRAME_LARGE) + (address & 0x1fffff);
	entry = word_at(base + (entry & PAGE_FRAME) + ((address >> 12 & 511) << 3));
	if ((entry & (PAGE_THERE | PAGE_ODD)) != PAGE_THERE)
		return 0;
	return base + (entry & PAGE_FRAME) + (address & 0xfff);
}

struct user_place {
	u64 gen_at, gen;	/* the process's tlb_gen: where it is, and what it was */
	u64 at;			/* in the direct map; 0: not to be read here */
};

/* Where `address` of `task`, the current one, is; `most`: that much is read of its page. */
static __always_inline struct user_place find_place(u64 task, u64 address, u32 most)
{
	struct user_place place = {};
	struct direct_map *map;
	u32 first = 0;
	u64 mm;

	map = bpf_map_lookup_elem(&direct_map, &first);
	if (!map || !map->base || (address & 0xfff) + most > 4096)
		return place;
	mm = word_at(task + bpf_core_field_offset(struct task_struct, mm));
	if (!mm)
		return place;
	place.gen_at = mm + bpf_core_field_offset(struct mm_struct, context.tlb_gen.counter);
	place.gen = word_at(place.gen_at);
	barrier();
	place.at = find_mapped(word_at(mm + bpf_core_field_offset(struct mm_struct, pgd)), map->base,
			       map->five_levels, address);
	return place;
}

/* Whether what was read there is the process's. */
static __always_inline bool held_still(const struct user_place *place)
{
	barrier();
	return word_at(place->gen_at) == place->gen;
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

/* Copies the string at `address` of `task`, the current one (0: to be asked for). Returns as copy_text(). */
static __always_inline s32 read_text(u8 *to, u64 task, u64 address)
{
	struct user_place place =
		find_place(task ? task : bpf_get_current_task(), address, 8 * USER_WORDS);
	s32 size;

	if (!place.at)
		return -1;
	size = copy_text(to, place.at);
	return held_still(&place) ? size : -1;
}

/*
 * Copies `size` bytes of the current task, and up to seven behind them. Returns whether that was done; if
 * not, the helper is to read them.
 */
static __always_inline bool read_words(u8 *to, u64 size, u64 address)
{
	struct user_place place;
	u32 count = (size + 7) >> 3;
	bool copied;

	if (!size || size > 8 * USER_WORDS)
		return false;
	place = find_place(bpf_get_current_task(), address, 8 * count);
	if (!place.at)
		return false;
	copied = copy_words(to, place.at, count);
	return held_still(&place) && copied;
}

/*
 * The same loads for what is the kernel's own: copies `length` bytes that the pointer at `pointer_at` leads
 * to. Returns as read_words().
 */
static __always_inline bool read_kernel_text(u8 *to, u32 length, u64 pointer_at)
{
	if (!length || length > 8 * USER_WORDS)
		return false;
	return copy_words(to, word_at(pointer_at), (length + 7) >> 3);
}

/* Whether query's address holds query's word if the direct map is where it says; it is used from then on. */
SEC("syscall")
int try_direct_map(struct direct_map_query *query)
{
	u64 task = bpf_get_current_task(), mm, at;
	struct direct_map map = query->map;
	u32 first = 0;

	query->task = task;
	/* Words are words as long as the registers lie as they always did. */
	if (bpf_core_field_offset(struct pt_regs, r15) ||
	    bpf_core_field_offset(struct pt_regs, orig_ax) != 8 * (USER_WORDS - 1))
		return 0;
	mm = word_at(task + bpf_core_field_offset(struct task_struct, mm));
	at = find_mapped(word_at(mm + bpf_core_field_offset(struct mm_struct, pgd)), map.base,
			 map.five_levels, query->address);
	return at && word_at(at) == query->word &&
	       !bpf_map_update_elem(&direct_map, &first, &map, BPF_ANY);
}

#else

static __always_inline s32 read_text(u8 *to, u64 task, u64 address)
{
	return -1;
}

static __always_inline bool read_words(u8 *to, u64 size, u64 address)
{
	return false;
}

static __always_inline bool read_kernel_text(u8 *to, u32 length, u64 pointer_at)
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
