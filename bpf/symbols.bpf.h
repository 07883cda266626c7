/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/*
 * Where a function of the kernel lies, for who wants to know of a few: to print all of them, as
 * /proc/kallsyms does, takes the kernel 40 to 60 ms. A program that is called once for each.
 */
#ifndef CTRACE_BPF_SYMBOLS_BPF_H
#define CTRACE_BPF_SYMBOLS_BPF_H

#include <bpf/bpf_tracing.h>

#include "bpf/plan.h"

SEC("syscall")
int find_symbol(struct symbol_query *query)
{
	struct symbol_query copy = *query;	/* helpers take no context */

	if (bpf_kallsyms_lookup_name(copy.name, sizeof(copy.name), 0, &copy.address) ||
	    BPF_SNPRINTF(copy.text, sizeof(copy.text), "%pS", copy.address) <= 0)
		return -1;
	*query = copy;
	return 0;
}

#endif
