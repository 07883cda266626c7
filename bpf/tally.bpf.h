/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/*
 * Counters of calls that nothing can lose: see struct tally.
 */
#ifndef CTRACE_BPF_TALLY_BPF_H
#define CTRACE_BPF_TALLY_BPF_H

#include "bpf/event.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MAX_TALLIES);
	__type(key, struct tally_key);
	__type(value, u32);
} tally_index SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, MAX_TALLIES);
	__uint(key_size, 0);
	__uint(value_size, sizeof(u32));
} free_tallies SEC(".maps");

/* By tally and CPU: a per-CPU map would cost a call of a helper, this costs none. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);		/* set at load: MAX_TALLIES for each CPU */
	__type(key, u32);
	__type(value, struct tally);
} tallies SEC(".maps");

u64 untallied = 0;	/* calls that found no tally: the table was full, or the number beyond it */
u64 full_tallies = 0;	/* times that no tally was left to give */

/*
 * The index of a tally, made when there is none; NO_TALLY when the table is full. Not static, so that
 * the verifier checks it once (see blob.bpf.h).
 */
__noinline int find_tally(u64 top_cgroup, u8 phase, u8 abi)
{
	struct tally_key key = {.top_cgroup = top_cgroup, .abi = abi,
				.phase = phase == PHASE_ENTERING ? PHASE_SETUP : phase};
	u32 *found = bpf_map_lookup_elem(&tally_index, &key), fresh;

	if (found)
		return *found;
	if (bpf_map_pop_elem(&free_tallies, &fresh)) {
		full_tallies++;
		return NO_TALLY;
	}
	/* Another CPU may have been faster: its entry is as good, and the index somebody else's. */
	if (bpf_map_update_elem(&tally_index, &key, &fresh, BPF_NOEXIST))
		bpf_map_push_elem(&free_tallies, &fresh, BPF_ANY);
	found = bpf_map_lookup_elem(&tally_index, &key);
	return found ? *found : NO_TALLY;
}

static __always_inline void count_call(u32 index, u32 nr, bool failed)
{
	u32 at = bpf_get_smp_processor_id() * MAX_TALLIES + index;
	struct tally *tally = 0;

	if (index < MAX_TALLIES)
		tally = bpf_map_lookup_elem(&tallies, &at);

	if (!tally || nr >= TALLY_CALLS) {
		untallied++;
		return;
	}
	/* Bounded once more where the verifier looks. */
	asm volatile("" : "+r"(nr));
	nr &= TALLY_CALLS - 1;
	tally->calls[nr]++;
	if (failed)
		tally->failed[nr]++;
}

#endif
