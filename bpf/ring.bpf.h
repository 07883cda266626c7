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

const volatile struct capture_config config;

/*
 * READ(task, nsproxy, mnt_ns, ns.inum) is task->nsproxy->mnt_ns->ns.inum: loaded directly where the
 * kernel hands out tasks with their type (10 ns for a chain), else by probe reads (40 ns a step).
 */
#define READ(pointer, ...) \
	(config.has_task_btf ? ___arrow(pointer, __VA_ARGS__) : BPF_CORE_READ(pointer, __VA_ARGS__))

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);		/* set at load: CPUs */
	__uint(key_size, sizeof(u32));
	__uint(value_size, sizeof(struct ring_head) + MAX_RECORD);	/* set at load */
} rings SEC(".maps");

#define barrier() asm volatile("" ::: "memory")
#define READ_ONCE(x) (*(volatile typeof(x) *)&(x))
#define WRITE_ONCE(x, v) (*(volatile typeof(x) *)&(x) = (v))

struct writer {
	struct ring_head *ring;
	u8 *record;	/* where the record is written */
	u64 position;
	u32 size;	/* bytes of it so far */
	u32 blobs;
};

static __always_inline struct record *record_of(struct writer *w)
{
	return (struct record *)w->record;
}

/*
 * Begins a record: takes its sequence number and its time. Null when the ring is full. The last
 * sixteenth is kept for the life of processes and containers, without which nothing else makes sense.
 */
static __always_inline struct record *record_begin(struct writer *w, u32 tid, u8 type, u8 args,
						   enum drop_class class)
{
	u32 cpu = bpf_get_smp_processor_id();
	struct ring_head *ring = bpf_map_lookup_elem(&rings, &cpu);
	u64 seq, used, room = config.ring_mask + 1;
	struct record *rec;

	if (!ring)
		return 0;
	seq = ring->seq;
	ring->seq = seq + 1;
	if (READ_ONCE(ring->busy)) {
		ring->dropped[DROP_REENTERED]++;
		return 0;
	}
	if (class == DROP_SYSCALL)
		room -= (config.ring_mask + 1) >> 4;
	w->position = ring->prod;
	used = w->position - ring->cons_seen + MAX_RECORD;
	if (used > room) {
		ring->cons_seen = READ_ONCE(ring->cons);
		used = w->position - ring->cons_seen + MAX_RECORD;
		if (used > room) {
			ring->dropped[class]++;
			return 0;
		}
	}
	WRITE_ONCE(ring->busy, 1);
	barrier();
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

/* Something that should have become a record did not: a loss like that of a full ring. */
static __always_inline void count_drop(enum drop_class class)
{
	u32 cpu = bpf_get_smp_processor_id();
	struct ring_head *ring = bpf_map_lookup_elem(&rings, &cpu);

	if (!ring)
		return;
	ring->seq++;
	ring->dropped[class]++;
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
	barrier();
	WRITE_ONCE(w->ring->prod, ring_next(w->position, w->size, config.ring_mask));
	barrier();
	WRITE_ONCE(w->ring->busy, 0);
}

#endif
