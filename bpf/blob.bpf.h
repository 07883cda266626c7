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

#include "bpf/user_memory.bpf.h"

#define NO_PAYLOAD (1 << 24)	/* in `spec`: the ring is too full for contents of buffers */

#define EINTR 4
#define ERESTART_RESTARTBLOCK 516

const volatile struct pointee pointees[MAX_POINTEES];

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

/* `state`: of bytes that are not cut at `limit`. */
static __always_inline int bytes_blob(struct ring_head *ring, struct blob *b, u8 arg, u64 address,
				      u64 length, u32 limit, u8 state)
{
	u32 size = length;

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

/* Whether a call with this result read or wrote what it is to be read of. */
static __always_inline bool is_time(u8 when, s64 result)
{
	if (when == WHEN_SUCCESS)
		return result >= 0;
	if (when == WHEN_POSITIVE)
		return result > 0;
	if (when == WHEN_INTERRUPTED)
		return result == -EINTR || result == -ERESTART_RESTARTBLOCK;
	return true;
}

/* How many bytes a row says; `count`: plan.blob[].count. */
static __always_inline u64 bytes_of(const volatile struct pointee *row, const u64 *args, u8 count,
				    s64 result)
{
	u64 address, n = 1;
	u32 at = 0;

	if (row->op == OP_BYTES_AT) {
		address = args[count & 7];
		if (address)
			bpf_probe_read_user(&at, sizeof(at), (void *)address);
		return at;
	}
	if (count == COUNT_RESULT)
		n = result;
	else if (count != COUNT_ONE)
		n = (u32)args[count & 7];
	if (row->op == OP_BITS)
		return (((n + 7) >> 3) + row->size - 1) & ~((u64)row->size - 1);
	return n * row->size;
}

static __always_inline int text_blob(struct ring_head *ring, struct blob *b, u8 arg, u64 address,
				     u64 task)
{
	s32 size = read_text((u8 *)(b + 1), task, address);

	if (size >= 0)
		return blob_end(ring, b, arg, TEXT_WHOLE, size & (MAX_TEXT - 1));
	return string_end(ring, b, arg,
			  bpf_probe_read_user_str(b + 1, TEXT_ROOM, (void *)address));
}

/*
 * Writes the blob of one argument of the record that is being written. `spec`: the argument's number
 * and, in the bytes above it, its row of `pointees` and plan.blob[].count.
 */
__noinline int write_blob(u32 offset, u32 spec, s64 result)
{
	const volatile struct pointee *row = &pointees[spec >> 8 & (MAX_POINTEES - 1)];
	struct ring_head *ring = ring_here();
	u64 *args, address, length;
	u32 limit = row->limit;
	u8 arg = spec & 7;
	struct blob *b;

	if (!ring)
		return 0;
	args = record_args((struct record *)((u8 *)(ring + 1) + (ring->prod & config.ring_mask)));
	b = blob_at(ring, offset);
	address = args[arg];
	if (!address)
		return blob_end(ring, b, arg, TEXT_NULL, 0);
	if (!is_time(row->when, result))
		return blob_end(ring, b, arg, TEXT_NOT_READ, 0);
	if (row->op == OP_TEXT)
		return text_blob(ring, b, arg, address, 0);
	if (row->payload && (spec & NO_PAYLOAD))
		return blob_end(ring, b, arg, TEXT_NOT_READ, 0);
	length = bytes_of(row, args, spec >> 16 & 7, result);
	if (length <= limit && read_words((u8 *)(b + 1), length, address))
		return blob_end(ring, b, arg, TEXT_WHOLE, length & (MAX_BYTES - 1));
	if (length <= limit)
		return bytes_blob(ring, b, arg, address, length, MAX_BYTES, TEXT_WHOLE);
	return bytes_blob(ring, b, arg, address, limit, MAX_BYTES, TEXT_CUT);
}

/*
 * What the iovecs of `vector` bytes each, `bytes` in all, at `offset` of the record lead to, one after
 * the other behind them, at most `most` bytes. Returns how many those are. Without branches that
 * would give the verifier another range to follow in each round.
 */
__noinline int gather(u32 offset, u32 bytes, u32 vector, u64 most)
{
	struct ring_head *ring = ring_here();
	u8 *vectors, *to;
	u32 done = 0;

	if (!ring)
		return 0;
	vectors = (u8 *)blob_at(ring, offset);
	bytes &= 2 * 16 * MAX_VECTORS - 1;
	to = vectors + bytes;
	if (most > config.payload)
		most = config.payload;
	for (u32 i = 0; i < MAX_VECTORS; i++) {
		u8 *at = vectors + i * (vector == 8 ? 8 : 16);
		s64 more;
		u64 base, n;

		if (i * vector >= bytes || done >= most)
			break;
		base = vector == 8 ? *(u32 *)at : *(u64 *)at;
		n = vector == 8 ? *(u32 *)(at + 4) : *(u64 *)(at + 8);
		/* The smaller of n and of what is left. */
		more = n - (most - done);
		n = (most - done) + (more & (more >> 63));
		asm volatile("" : "+r"(n));
		n &= 2 * MAX_BYTES - 1;
		if (bpf_probe_read_user(to + (done & (MAX_BYTES - 1)), n, (void *)base))
			break;
		done = (done + n) & (2 * MAX_BYTES - 1);
	}
	return done;
}

/* As write_blob(): OP_VECTORS. */
__noinline int write_vectors(u32 offset, u32 spec, s64 result)
{
	const volatile struct pointee *row = &pointees[spec >> 8 & (MAX_POINTEES - 1)];
	struct ring_head *ring = ring_here();
	u32 count, vector = row->size == 8 ? 8 : 16;
	u8 arg = spec & 7, state = TEXT_WHOLE;
	u64 *args, address, most = MAX_BYTES;
	struct blob *b;
	u8 *vectors;

	if (!ring)
		return 0;
	args = record_args((struct record *)((u8 *)(ring + 1) + (ring->prod & config.ring_mask)));
	b = blob_at(ring, offset);
	address = args[arg];
	count = args[spec >> 16 & 7];
	if (!address)
		return blob_end(ring, b, arg, TEXT_NULL, 0);
	if (count > MAX_VECTORS) {
		count = MAX_VECTORS;
		state = TEXT_CUT;
	}
	vectors = (u8 *)(b + 1);
	count *= vector;
	asm volatile("" : "+r"(count));
	count &= 2 * 16 * MAX_VECTORS - 1;
	if (bpf_probe_read_user(vectors, count, (void *)address))
		return blob_end(ring, b, arg, TEXT_UNREADABLE, 0);
	if (row->payload == PAYLOAD_OUT)
		most = result > 0 ? result : 0;
	if (!(spec & NO_PAYLOAD))
		count += gather(offset + sizeof(*b), count, vector, most) & (2 * MAX_BYTES - 1);
	return blob_end(ring, b, arg, state, count);
}

/* Where the fields of a struct msghdr are, in longs of 4 or 8 bytes. */
static __always_inline u64 message_word(const u8 *bytes, u32 field, bool compat)
{
	return compat ? *(u32 *)(bytes + 4 * field) : *(u64 *)(bytes + 8 * field);
}
enum { MSG_NAME = 0, MSG_NAMELEN = 1, MSG_IOV = 2, MSG_IOVLEN = 3 };

/* As write_blob(): OP_MESSAGE. Of several messages the first. */
__noinline int write_message(u32 offset, u32 spec, s64 result)
{
	const volatile struct pointee *row = &pointees[spec >> 8 & (MAX_POINTEES - 1)];
	struct ring_head *ring = ring_here();
	u8 arg = spec & 7, state = TEXT_WHOLE;
	u32 room, name, vectors, size = row->size;
	bool compat = size <= MESSAGE_ROOM_COMPAT;
	struct message *message;
	u64 *args, address;
	struct blob *b;
	u8 *header;

	if (!ring)
		return 0;
	args = record_args((struct record *)((u8 *)(ring + 1) + (ring->prod & config.ring_mask)));
	b = blob_at(ring, offset);
	address = args[arg];
	if (!address)
		return blob_end(ring, b, arg, TEXT_NULL, 0);
	if (!is_time(row->when, result))
		return blob_end(ring, b, arg, TEXT_NOT_READ, 0);
	header = (u8 *)(b + 1);
	room = compat ? MESSAGE_ROOM_COMPAT : MESSAGE_ROOM;
	*(u64 *)(header + room - 8) = 0;
	/* Where the verifier looks, as in bytes_blob(). */
	asm volatile("" : "+r"(size));
	size &= 2 * MESSAGE_ROOM - 1;
	if (bpf_probe_read_user(header, size, (void *)address))
		return blob_end(ring, b, arg, TEXT_UNREADABLE, 0);
	message = (struct message *)(header + room);
	name = message_word(header, MSG_NAMELEN, compat);
	if (name > MAX_SOCKADDR)
		name = MAX_SOCKADDR;
	asm volatile("" : "+r"(name));
	name &= 2 * MAX_SOCKADDR - 1;
	address = message_word(header, MSG_NAME, compat);
	if (!address || bpf_probe_read_user(message + 1, name, (void *)address))
		name = 0;
	message->name = name;
	message->unused = 0;

	vectors = message_word(header, MSG_IOVLEN, compat);
	if (vectors > MAX_VECTORS) {
		vectors = MAX_VECTORS;
		state = TEXT_CUT;
	}
	vectors *= compat ? 8 : 16;
	asm volatile("" : "+r"(vectors));
	vectors &= 2 * 16 * MAX_VECTORS - 1;
	address = message_word(header, MSG_IOV, compat);
	room += sizeof(*message) + ((name + 7) & (2 * MAX_SOCKADDR - 8));
	if (bpf_probe_read_user(header + room, vectors, (void *)address))
		vectors = 0;
	message->vectors = vectors;
	if (row->payload && !(spec & NO_PAYLOAD)) {
		/* Of several messages each says how much it has. */
		bool several = size == MESSAGE_ROOM || size == MESSAGE_ROOM_COMPAT;
		u64 most = MAX_BYTES;

		if (row->payload == PAYLOAD_OUT)
			most = several ? *(u32 *)(header + (compat ? 28 : 56)) : result;
		vectors += gather(offset + sizeof(*b) + room, vectors, compat ? 8 : 16, most) &
			   (2 * MAX_BYTES - 1);
	}
	return blob_end(ring, b, arg, state, room + vectors);
}

/* The socket address of `length` bytes that a request points to, which is no argument. */
__noinline int write_address(u32 offset, u32 arg, u64 address, u32 length)
{
	struct ring_head *ring = ring_here();
	struct blob *b;

	if (!ring)
		return 0;
	b = blob_at(ring, offset);
	if (!address)
		return blob_end(ring, b, arg, TEXT_NULL, 0);
	return bytes_blob(ring, b, arg, address, length, MAX_SOCKADDR, TEXT_WHOLE);
}

/* argv of a running program, from where the kernel put it. */
__noinline int write_argv(u32 offset, u32 arg, u64 start, u64 end)
{
	struct ring_head *ring = ring_here();

	if (!ring)
		return 0;
	return bytes_blob(ring, blob_at(ring, offset), arg, start, end - start, MAX_ARGV,
			  TEXT_WHOLE);
}

/*
 * One string of an array of user pointers, `done` bytes behind the blob at `offset`. Returns its bytes with
 * the NUL; else how the array ends.
 */
enum { STRINGS_END = -1, STRINGS_UNREADABLE = -2, STRINGS_CUT = -3 };
__noinline int write_string(u32 offset, u32 done, u64 address, u32 width)
{
	struct ring_head *ring = ring_here();
	u64 pointer = 0;
	u8 *bytes;
	long got;

	if (!ring)
		return STRINGS_CUT;
	if (bpf_probe_read_user(&pointer, width == 4 ? 4 : 8, (void *)address))
		return STRINGS_UNREADABLE;
	if (!pointer)
		return STRINGS_END;
	if (done >= MAX_ARGV - 1024)
		return STRINGS_CUT;
	/* Bounded once more where the verifier looks. */
	asm volatile("" : "+r"(done));
	bytes = (u8 *)(blob_at(ring, offset) + 1) + (done & (MAX_ARGV - 1));
	bytes[0] = 0;
	got = bpf_probe_read_user_str(bytes, 1024, (void *)pointer);
	if (got < 0 || got == 1024)	/* unreadable, or cut by the helper */
		return STRINGS_CUT;
	return got ? got : 1;	/* the empty string is 0 or 1 bytes long, by kernel */
}

/* argv of an execve that failed: the strings of an array of user pointers, each with its NUL. */
__noinline int write_strings(u32 offset, u32 arg, u64 address, u32 pointer_size)
{
	struct ring_head *ring = ring_here();
	u32 size = 0, width = pointer_size == 4 ? 4 : 8;
	int got = STRINGS_CUT;
	struct blob *b;

	if (!ring)
		return 0;
	b = blob_at(ring, offset);
	if (!address)
		return blob_end(ring, b, arg, TEXT_NULL, 0);
	for (int i = 0; i < MAX_STRINGS; i++) {
		got = write_string(offset, size, address + i * width, width);
		if (got < 0)
			break;
		size += got;
	}
	if (got == STRINGS_END)
		return blob_end(ring, b, arg, TEXT_WHOLE, size);
	if (got == STRINGS_UNREADABLE && !size)
		return blob_end(ring, b, arg, TEXT_UNREADABLE, 0);
	return blob_end(ring, b, arg, TEXT_CUT, size);
}

/* As write_blob() does OP_TEXT: the string that the record's value `arg` points to. */
static __always_inline void put_text(struct writer *w, u8 arg, u64 task)
{
	struct blob *b = blob_at(w->ring, w->size);
	u64 address = record_args(record_of(w))[arg];

	w->size += address ? text_blob(w->ring, b, arg, address, task)
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
