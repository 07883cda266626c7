// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
/* The floors: what programs at the exit of system calls cost that do nothing, or next to it. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

SEC("tp_btf/sys_exit")
int empty_exit(void *context)
{
	return 0;
}

const volatile unsigned long long first_bytes;	/* of what every process has, in user space */

/* Reads 8 bytes of whoever made the call: no argument that points to something costs less. */
SEC("tp_btf/sys_exit")
int reading_exit(void *context)
{
	unsigned long long bytes;

	bpf_probe_read_user(&bytes, sizeof(bytes), (void *)first_bytes);
	return 0;
}
