/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/*
 * The seccomp filters that tasks are under: sent once each, for the recorder to run on the calls that
 * may have been refused. No program at the entry of calls is needed for it.
 *
 * A filter is known by what it says, hashed with a secret of this recording, so that nobody can make
 * two of one hash. Its address would not do: it is used again for another filter after a free.
 */
#ifndef CTRACE_BPF_FILTERS_BPF_H
#define CTRACE_BPF_FILTERS_BPF_H

#include "bpf/blob.bpf.h"

#define HASH_PIECE 64	/* instructions that are read at a time; few rounds for the verifier in all */
#define SECCOMP_MODE_FILTER 2
#define SECCOMP_MODE_DEAD 3	/* kernel/seccomp.c, since 5.16: killed by its filter */

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MAX_FILTERS);
	__type(key, u64);		/* hash of a program, or of a chain of them */
	__type(value, u8);
} filters_told SEC(".maps");

/*
 * Where pieces of a filter are hashed: the stack is used up by who asks. Another program that runs in
 * between spoils a hash, and the filter is sent once more under that one.
 */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u64[HASH_PIECE]);
} filter_scratch SEC(".maps");

u64 no_words[HASH_PIECE] = {};

static __always_inline u64 mix(u64 hash, u64 word)
{
	hash = (hash ^ word) * (config.filter_secret[1] | 1);
	return hash ^ hash >> 32;
}

/* Goes on with up to HASH_PIECE of the instructions that are left; 0: they could not be read. */
__noinline u64 hash_piece(u64 hash, u64 address, u32 instructions)
{
	u32 zero = 0, size;
	u64 *words = bpf_map_lookup_elem(&filter_scratch, &zero);

	if (!words)
		return 0;
	if (instructions > HASH_PIECE)
		instructions = HASH_PIECE;
	size = instructions * 8;
	asm volatile("" : "+r"(size));
	/* All of it is hashed, with zeroes behind the end: no way out of the loop to follow. */
	if (instructions < HASH_PIECE)
		bpf_probe_read_kernel(words, HASH_PIECE * 8, no_words);
	if (size > HASH_PIECE * 8 || bpf_probe_read_kernel(words, size, (void *)address))
		return 0;
	for (u32 i = 0; i < HASH_PIECE; i++)
		hash = mix(hash, words[i]);
	return hash | 1;
}

/* 0: it could not be read. */
__noinline u64 hash_program(u64 address, u32 instructions)
{
	u64 hash = mix(config.filter_secret[0], instructions);

	for (u32 first = 0; first < MAX_FILTER_LENGTH; first += HASH_PIECE) {
		if (first >= instructions || !hash)
			break;
		hash = hash_piece(hash, address + first * 8, instructions - first);
	}
	return hash;
}

/* 0 when all of it was sent. */
__noinline int send_program(u64 hash, u64 address, u32 instructions)
{
	for (u32 first = 0; first < MAX_FILTER_LENGTH; first += FILTER_CHUNK) {
		u32 count = instructions - first;
		struct record *rec;
		struct writer w;
		struct blob *b;
		u32 size;

		if (first >= instructions)
			break;
		/* Never from the share that is kept: a container makes as many as it likes. */
		rec = record_begin(&w, 0, REC_FILTER, 3, DROP_SYSCALL, NO_TALLY);
		if (!rec)
			return -1;
		record_args(rec)[0] = hash;
		record_args(rec)[1] = instructions;
		record_args(rec)[2] = first;
		size = (count < FILTER_CHUNK ? count : FILTER_CHUNK) * 8;
		b = blob_at(w.ring, w.size);
		asm volatile("" : "+r"(size));
		if (size > FILTER_CHUNK * 8)
			size = FILTER_CHUNK * 8;
		/* What cannot be read is short, and never whole for the recorder. */
		if (bpf_probe_read_kernel(b + 1, size, (void *)(address + first * 8)))
			size = 0;
		w.size += blob_end(w.ring, b, 0, TEXT_WHOLE, size);
		w.blobs = 1;
		record_end(&w);
	}
	return 0;
}

/* Sends one filter if the recorder does not know it yet. Returns its hash; 0: it cannot be told. */
__noinline u64 tell_filter(u64 address)
{
	struct seccomp_filter *filter = (void *)address;
	struct sock_fprog_kern *program = BPF_CORE_READ(filter, prog, orig_prog);
	u64 code, hash;
	u32 length;
	u8 told = 1;

	if (!program)	/* before 5.11 without CONFIG_CHECKPOINT_RESTORE */
		return 0;
	code = (u64)BPF_CORE_READ(program, filter);
	length = BPF_CORE_READ(program, len);
	hash = hash_program(code, length);
	if (!hash || bpf_map_lookup_elem(&filters_told, &hash))
		return hash;
	/* A full table: no more are sent, and their tasks' denials stay unknown. */
	if (bpf_map_update_elem(&filters_told, &hash, &told, BPF_ANY))
		return 0;
	if (!send_program(hash, code, length))
		return hash;
	bpf_map_delete_elem(&filters_told, &hash);
	return 0;
}

/* Sends of which filters a chain is made, all of which are sent; 0 when it did. */
__noinline int send_chain(u64 chain)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct seccomp_filter *filter = BPF_CORE_READ(task, seccomp.filter);
	struct record *rec;
	struct writer w;

	rec = record_begin(&w, 0, REC_FILTER_CHAIN, 1 + MAX_CHAIN, DROP_SYSCALL, NO_TALLY);
	if (!rec)
		return -1;
	record_args(rec)[0] = chain;
	for (int i = 0; i < MAX_CHAIN; i++) {
		/* No filter has the hash 0, and none before it. */
		record_args(rec)[1 + i] = tell_filter((u64)filter);
		filter = BPF_CORE_READ(filter, prev);
	}
	record_end(&w);
	return 0;
}

/*
 * Sends what the recorder does not know yet of the current task's filters. Returns their chain's hash;
 * FILTERS_NONE, or FILTERS_UNKNOWN when it cannot be told.
 */
__noinline u64 tell_filters(void)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct seccomp_filter *filter = BPF_CORE_READ(task, seccomp.filter);
	u64 chain = config.filter_secret[1];
	u8 told = 1;

	/* Since 6.11 a task that exits has let go of its filters already. */
	if (!filter)
		return BPF_CORE_READ(task, seccomp.mode) ? FILTERS_KEPT : FILTERS_NONE;
	for (int i = 0; i < MAX_CHAIN; i++) {
		u64 hash;

		if (!filter)
			break;
		hash = tell_filter((u64)filter);
		if (!hash)
			return FILTERS_UNKNOWN;
		chain = mix(chain, hash);
		filter = BPF_CORE_READ(filter, prev);
	}
	if (filter)
		return FILTERS_UNKNOWN;
	chain |= 1;
	if (bpf_map_lookup_elem(&filters_told, &chain))
		return chain;
	if (bpf_map_update_elem(&filters_told, &chain, &told, BPF_ANY))
		return FILTERS_UNKNOWN;
	if (!send_chain(chain))
		return chain;
	bpf_map_delete_elem(&filters_told, &chain);
	return FILTERS_UNKNOWN;
}

static __always_inline u64 newest_filter(struct task_struct *task)
{
	return (u64)READ(task, seccomp.filter);
}

/*
 * Part of the newest filter's address: whether a task has got another one since it was told (by its
 * own call or by another thread's, SECCOMP_FILTER_FLAG_TSYNC). The old one still lives then, so their
 * addresses differ.
 */
static __always_inline u32 filter_mark(struct task_struct *task)
{
	/* The verifier lets a pointer be cut, and no more be done to it. */
	u32 mark;

	asm volatile("%0 = %1" : "=w"(mark) : "w"((u32)newest_filter(task)));
	return mark;
}

#endif
