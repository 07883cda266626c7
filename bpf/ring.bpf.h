/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/*
 * The per-CPU rings, seen from the kernel side: a record is begun, filled and ended in place.
 */
#ifndef CTRACE_BPF_RING_BPF_H
#define CTRACE_BPF_RING_BPF_H

#include <stdbool.h>

#include <linux/bpf.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "bpf/event.h"
#include "bpf/kernel.h"
#include "bpf/order.bpf.h"
#include "bpf/plan.h"

const volatile struct capture_config config;

/*
 * What not every kernel has. The same source makes two objects: one in which the recorder says so when it
 * loads it, and one for kernels that have all of it (since 6.2). In that one there is no code for the
 * others, which takes the kernel a fifth of a load to walk around and to remove.
 */
#ifdef CTRACE_NEWER
#define HAS_TASK_BTF 1
#define HAS_TASK_REGS 1
#define HAS_CASTS 1
#else
#define HAS_TASK_BTF config.has_task_btf
#define HAS_TASK_REGS config.has_task_regs
#define HAS_CASTS config.has_casts
#endif

extern void *bpf_rdonly_cast(const void *object, u32 btf_id) __ksym __weak;

/*
 * READ(task, nsproxy, mnt_ns, ns.inum) is task->nsproxy->mnt_ns->ns.inum: loaded directly where the
 * kernel hands out tasks with their type (10 ns for a chain), else by probe reads (40 ns a step).
 */
#define READ(pointer, ...) \
	(HAS_TASK_BTF ? ___arrow(pointer, __VA_ARGS__) : BPF_CORE_READ(pointer, __VA_ARGS__))

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);		/* set at load: CPUs */
	__uint(key_size, sizeof(u32));
	__uint(value_size, sizeof(struct ring_head) + MAX_RECORD);	/* set at load */
} rings SEC(".maps");

/* By tally and CPU, as `tallies`: written when something is lost, and then alone. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);		/* set at load: MAX_TALLIES for each CPU */
	__type(key, u32);
	__type(value, struct drop_row);
} drops SEC(".maps");

u64 ringless = 0;	/* records on CPUs that came online later and have no ring */

struct writer {
	struct ring_head *ring;
	u8 *record;	/* where the record is written */
	u64 position;
	u32 size;	/* bytes of it so far */
	u32 blobs;
	u32 pressure;	/* what may not be read for it: enum pressure */
};

static __always_inline struct ring_head *ring_here(void)
{
	u32 cpu = bpf_get_smp_processor_id();

	return bpf_map_lookup_elem(&rings, &cpu);
}

static __always_inline struct drop_row *drop_row_of(u32 tally)
{
	u32 at = bpf_get_smp_processor_id() * MAX_TALLIES + tally;

	return tally < MAX_TALLIES ? bpf_map_lookup_elem(&drops, &at) : 0;
}

static __always_inline struct drop_tally *drops_of(u32 tally)
{
	struct drop_row *row = drop_row_of(tally);

	return row ? &row->lost : 0;
}

/*
 * A record that could not be made: takes a number, so that the gap is seen, and is counted where it
 * is missing. `tally`: whose it would have been, NO_TALLY when nobody's. Like all that is rare or
 * long it is a function that the verifier checks by itself (see blob.bpf.h).
 */
__noinline int count_drop(u32 class, u32 tally)
{
	struct ring_head *ring = ring_here();
	struct drop_tally *mine = drops_of(tally);
	u32 busy;

	if (!ring || class >= DROP_CLASSES)
		return 0;
	busy = READ_ONCE(ring->busy);
	WRITE_ONCE(ring->busy, 1);
	barrier();
	ring->seq++;
	ring->dropped[class]++;
	barrier();
	WRITE_ONCE(ring->busy, busy);
	if (mine)
		mine->dropped[class]++;
	return 0;
}

/*
 * Whether `tally` took more than its share of a ring that is nearly full: more than twice what is left
 * before `end`, since the recorder last took a sixteenth of the ring out (the dynamic thresholds of
 * Choudhury and Hahne, 1998). One container alone gets two thirds of what is kept back; several that
 * flood leave room for what a quiet one tells.
 */
static __always_inline bool took_its_share(struct ring_head *ring, u32 tally, u64 end)
{
	struct drop_row *mine = drop_row_of(tally), *last = drop_row_of(ring->taker - 1);
	u64 round = ring->cons_seen >> config.round_shift;
	u64 position = ring->prod;

	/* What was written since the last look is that one's: records end after their room is asked for. */
	if (last)
		last->taken += position - ring->taken_until;
	ring->taker = tally + 1;
	ring->taken_until = position;
	if (!mine)
		return false;
	if (mine->round != round) {
		mine->round = round;
		mine->taken = 0;
	}
	return mine->taken > 2 * (end - (position - ring->cons_seen));
}

/* How full this CPU's ring really is for a record of `tally`'s. */
__noinline int find_pressure(u32 class, u32 tally)
{
	struct ring_head *ring = ring_here();
	u64 used, end = config.marks[class == DROP_SYSCALL ? 2 : 3];
	u32 level;

	if (!ring)
		return PRESSURE_FULL;
	ring->cons_seen = READ_ONCE(ring->cons);
	used = ring->prod - ring->cons_seen;
	if (used <= config.marks[1]) {
		ring->taker = 0;
		return used <= config.marks[0] ? PRESSURE_NONE : PRESSURE_NO_PAYLOADS;
	}
	if (used > end)
		return PRESSURE_FULL;
	level = used <= config.marks[2] ? PRESSURE_NO_TEXTS : PRESSURE_NO_CALLS;
	return took_its_share(ring, tally, end) ? PRESSURE_FULL : level;
}

static __always_inline struct record *record_of(struct writer *w)
{
	return (struct record *)w->record;
}

/*
 * Begins a record: takes its sequence number and its time. Null when there is no room for one of this
 * class (enum pressure); it is then counted for `tally`. One comparison as long as the ring is less
 * than three quarters full.
 */
static __always_inline struct record *record_begin(struct writer *w, u32 tid, u8 type, u8 args,
						   enum drop_class class, u32 tally)
{
	struct ring_head *ring = ring_here();
	struct record *rec;
	u64 seq;

	if (!ring) {
		ringless++;
		return 0;
	}
	if (READ_ONCE(ring->busy)) {
		count_drop(DROP_REENTERED, tally);
		return 0;
	}
	w->position = ring->prod;
	w->pressure = PRESSURE_NONE;
	if (w->position - ring->cons_seen > config.marks[0]) {
		w->pressure = find_pressure(class, tally);
		if (w->pressure == PRESSURE_FULL) {
			count_drop(class, tally);
			return 0;
		}
	}
	WRITE_ONCE(ring->busy, 1);
	barrier();
	seq = ring->seq;
	ring->seq = seq + 1;
	w->ring = ring;
	w->record = (u8 *)(ring + 1) + (w->position & config.ring_mask);
	w->size = sizeof(*rec) + args * sizeof(u64);
	w->blobs = 0;
	rec = record_of(w);
	rec->nr = 0;
	rec->seq = seq;
	rec->time_ns = bpf_ktime_get_ns();
	rec->tid = tid;
	rec->type = type;
	rec->abi = ABI_NATIVE;
	rec->args = args;
	rec->result = 0;
	return rec;
}

static __always_inline u64 *record_args(struct record *rec)
{
	return (u64 *)(rec + 1);
}

static __always_inline void record_end(struct writer *w)
{
	struct record *rec = record_of(w);

	rec->size8 = w->size >> 3;
	rec->blobs = w->blobs;
	STORE_ORDERED(w->ring->prod, ring_next(w->position, w->size, config.ring_mask));
	WRITE_ONCE(w->ring->busy, 0);
}

#endif
