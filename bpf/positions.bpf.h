/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/*
 * Where files are read and written next: asked only where events are wanted that tell so.
 */
#ifndef CTRACE_BPF_POSITIONS_BPF_H
#define CTRACE_BPF_POSITIONS_BPF_H

#include "bpf/files.bpf.h"

/* Of descriptor `fd` of the task whose call ends. Not static: the verifier checks it once. */
__noinline u64 position_of(u64 fd, u64 task_address)
{
	struct files_struct *files = GET(task_at(task_address), files);
	struct file *file;

	if (!files || (s32)fd < 0)
		return 0;
	file = file_at(files, fd);
	return file ? GET(file, f_pos) : 0;
}

#endif
