/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/*
 * What arguments point to: strings, addresses, argv, behind a record's values.
 *
 * The functions that are not static are checked by the verifier once, by themselves, and not again
 * on each of the many ways that lead to them: that makes the load of the exit program take
 * milliseconds instead of most of a second. They find the record that is being written anew, since
 * only numbers may be passed to them, and return how many bytes they added.
 */
#ifndef CTRACE_BPF_BLOB_BPF_H
#define CTRACE_BPF_BLOB_BPF_H

#include "bpf/ring.bpf.h"

/* argv of a failed execve is cut after so many. */
#define MAX_STRINGS 32
/* Half of a record's greatest length is for values and blobs before the last one. */
#define BLOB_OFFSET_MASK (MAX_RECORD / 2 - 8)

/* The blob at `offset` of the record that is being written. */
static __always_inline struct blob *blob_at(struct ring_head *ring, u32 offset)
{
	u8 *record = (u8 *)(ring + 1) + (ring->prod & config.ring_mask);

	return (struct blob *)(record + (offset & BLOB_OFFSET_MASK));
}

static __always_inline int blob_end(struct ring_head *ring, struct blob *b, u8 arg, u8 state,
				    u32 size)
{
	b->size = size;
	b->arg = arg;
	b->state = state;
	b->unused = 0;
	if (state == TEXT_UNREADABLE)
		ring->unreadable_texts++;
	else if (state == TEXT_CUT)
		ring->cut_texts++;
	return sizeof(*b) + ((size + 7) & ~7u);
}

/* What a string helper with TEXT_ROOM bytes returned: a length with the NUL, or an error. */
static __always_inline int string_end(struct ring_head *ring, struct blob *b, u8 arg, long size)
{
	if (size < 0)
		return blob_end(ring, b, arg, TEXT_UNREADABLE, 0);
	/* Some kernels say 0 for the empty string, others 1 for its NUL. */
	if (size == 0)
		size = 1;
	if (size == TEXT_ROOM)
		return blob_end(ring, b, arg, TEXT_CUT, MAX_TEXT - 1);
	return blob_end(ring, b, arg, TEXT_WHOLE, (size - 1) & (MAX_TEXT - 1));
}

static __always_inline int bytes_blob(struct ring_head *ring, struct blob *b, u8 arg, u64 address,
				      u64 length, u32 limit)
{
	u32 size = length;
	u8 state = TEXT_WHOLE;

	if (length > limit) {
		size = limit;
		state = TEXT_CUT;
	}
	/* Once more where the verifier looks: it forgets the first comparison. */
	asm volatile("" : "+r"(size));
	if (size > limit)
		size = limit;
	if (bpf_probe_read_user(b + 1, size, (void *)address))
		return blob_end(ring, b, arg, TEXT_UNREADABLE, 0);
	return blob_end(ring, b, arg, state, size);
}

/*
 * Writes the blob of one argument. `arg_op`: the argument's number, and its enum blob_op in the
 * next byte. `next` is the argument behind it, a length or where one is.
 */
__noinline int write_blob(u32 offset, u32 arg_op, u64 address, u64 next, s64 result)
{
	struct ring_head *ring = ring_here();
	u8 arg = arg_op, op = arg_op >> 8;
	struct blob *b;
	u32 length = 0;

	if (!ring)
		return 0;
	b = blob_at(ring, offset);
	if (!address)
		return blob_end(ring, b, arg, TEXT_NULL, 0);
	if (op == OP_TEXT)
		return string_end(ring, b, arg,
				  bpf_probe_read_user_str(b + 1, TEXT_ROOM, (void *)address));
	if (op == OP_SOCKADDR_IN)
		return bytes_blob(ring, b, arg, address, (u32)next, MAX_SOCKADDR);
	if (result < 0)
		return blob_end(ring, b, arg, TEXT_NOT_READ, 0);
	if (op == OP_TEXT_OUT)
		return bytes_blob(ring, b, arg, address, result, MAX_TEXT);
	if (next)
		bpf_probe_read_user(&length, sizeof(length), (void *)next);
	return bytes_blob(ring, b, arg, address, length, MAX_SOCKADDR);
}

/* argv of a running program, from where the kernel put it. */
__noinline int write_argv(u32 offset, u32 arg, u64 start, u64 end)
{
	struct ring_head *ring = ring_here();

	if (!ring)
		return 0;
	return bytes_blob(ring, blob_at(ring, offset), arg, start, end - start, MAX_ARGV);
}

/* argv of an execve that failed: the strings of an array of user pointers, each with its NUL. */
__noinline int write_strings(u32 offset, u32 arg, u64 address, u32 pointer_size)
{
	struct ring_head *ring = ring_here();
	u32 size = 0, width = pointer_size == 4 ? 4 : 8;
	u8 state = TEXT_CUT;
	struct blob *b;
	u8 *bytes;

	if (!ring)
		return 0;
	b = blob_at(ring, offset);
	if (!address)
		return blob_end(ring, b, arg, TEXT_NULL, 0);
	bytes = (u8 *)(b + 1);
	for (int i = 0; i < MAX_STRINGS; i++) {
		u64 pointer = 0;
		u32 n;
		long got;

		if (bpf_probe_read_user(&pointer, width, (void *)(address + i * width))) {
			state = i ? TEXT_CUT : TEXT_UNREADABLE;
			break;
		}
		if (!pointer) {
			state = TEXT_WHOLE;
			break;
		}
		if (size >= MAX_ARGV - 1024)
			break;
		bytes[size & (MAX_ARGV - 1)] = 0;
		got = bpf_probe_read_user_str(bytes + (size & (MAX_ARGV - 1)), 1024, (void *)pointer);
		if (got < 0 || got == 1024)	/* unreadable, or cut by the helper */
			break;
		/* The empty string is 0 or 1 bytes long, by kernel; without a branch, which the verifier
		 * would follow both ways in each round. */
		n = got;
		size += n + (((n - 1) >> 31) & 1);
	}
	return blob_end(ring, b, arg, state, size);
}

/* As write_blob() does OP_TEXT: the string that the record's value `arg` points to. */
static __always_inline void put_text(struct writer *w, u8 arg)
{
	struct blob *b = blob_at(w->ring, w->size);
	u64 address = record_args(record_of(w))[arg];

	w->size += address ? string_end(w->ring, b, arg,
					bpf_probe_read_user_str(b + 1, TEXT_ROOM, (void *)address))
			   : blob_end(w->ring, b, arg, TEXT_NULL, 0);
	w->blobs++;
}

static __always_inline void put_kernel_text(struct writer *w, u8 arg, const char *address)
{
	struct blob *b = blob_at(w->ring, w->size);

	w->size += string_end(w->ring, b, arg,
			      bpf_probe_read_kernel_str(b + 1, TEXT_ROOM, address));
	w->blobs++;
}

static __always_inline void put_argv(struct writer *w, u8 arg, u64 start, u64 end)
{
	w->size += write_argv(w->size, arg, start, end);
	w->blobs++;
}

#endif
