// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
/*
 * The capture: one always-on program at the exit of system calls, and the few events that tell who
 * the tasks are. Tracepoints with BTF (tp_btf) only: they load where kprobes and fentry do not.
 *
 * Who is traced is decided once a task and kept in its slot; the exit program compares three
 * numbers and leaves. A slot is a cache by tid, `members` keeps what must not be forgotten when two
 * tids share a slot. Containers are told by their cgroup: each cgroup that is made from now on is
 * captured from its birth, and the recorder decides within milliseconds whether it is one.
 */
#include "bpf/calls.bpf.h"
#include "bpf/caps.bpf.h"
#include "bpf/cgroups.bpf.h"
#include "bpf/io_uring.bpf.h"
#include "bpf/life.bpf.h"
#include "bpf/signals.bpf.h"
#include "bpf/snapshot.bpf.h"
#include "bpf/symbols.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";
