// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
/* The floor: what any program at the exit of system calls costs, doing nothing. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

SEC("tp_btf/sys_exit")
int empty_exit(void *context)
{
	return 0;
}
