/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/*
 * What descriptors are: the kernel's own word at the end of each call that has one.
 *
 * A record carries an identity, 64 bits hashed of what tells a file or a socket from all others and of
 * what its name depends on. What it is called is told once (REC_FILE), before the first record that
 * has it. So a descriptor costs some loads, and two comparisons with tables.
 *
 * Of one that the call closed the kernel knows no more when it ends. So it is remembered under which
 * number a task's table had it last, wherever a descriptor comes up; and where whole tables are new
 * (fork, exec, close_range, the first word of a task) all is looked at. What is not known for
 * sure is not told: never by another's name.
 */
#ifndef CTRACE_BPF_FILES_BPF_H
#define CTRACE_BPF_FILES_BPF_H

#include "bpf/file_names.bpf.h"

#define SCAN_FILES 64		/* descriptors of a table that is new: NR_OPEN_DEFAULT */
#define TOLD_FILES 32768	/* a power of two */
#define REMEMBERED 65536	/* the same */
#define FILE_TABLES 8192	/* the same */

u64 files_epoch = 1;		/* raised when the recorder has forgotten what it was told */

/* Identities that were told, in pairs; each with the epoch mixed in. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, TOLD_FILES / 2);
	__type(key, u32);
	__type(value, u64[2]);
} told_files SEC(".maps");

/* What a number of a table was when it was last seen. */
struct descriptor {
	u64 key;	/* table and number, hashed; 0: free */
	u64 id;
	u64 since;	/* that of the table then */
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, REMEMBERED);
	__type(key, u32);
	__type(value, struct descriptor);
} descriptors SEC(".maps");

/* Which struct files_struct it is whose numbers are remembered. */
struct file_table {
	u64 files;
	u64 since;	/* when it was met; what was remembered before is not its own */
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, FILE_TABLES);
	__type(key, u32);
	__type(value, struct file_table);
} file_tables SEC(".maps");

static __always_inline struct file_table *file_table_of(u64 files)
{
	u32 index = files * config.file_keys[0] >> 51;

	return bpf_map_lookup_elem(&file_tables, &index);
}

static __always_inline u64 descriptor_key(u64 files, u32 fd)
{
	return files * config.file_keys[1] + (fd + 1) * config.file_keys[2];
}

static __always_inline struct descriptor *descriptor_of(u64 key)
{
	u32 index = key >> 48;

	return bpf_map_lookup_elem(&descriptors, &index);
}

static __always_inline void remember_descriptor(u64 files, u32 fd, u64 id, bool anew)
{
	u64 key = descriptor_key(files, fd);
	struct descriptor *known = descriptor_of(key);
	struct file_table *table;

	if (!known || (!anew && known->key == key && known->id == id))
		return;
	table = file_table_of(files);
	if (!table || table->files != files)
		return;
	known->key = 0;
	known->id = id;
	known->since = table->since;
	known->key = key;
}

/* Takes what number `fd` was out of the memory; 0: nothing is known of it. */
static __always_inline u64 take_descriptor(u64 files, u32 fd, bool keep)
{
	u64 key = descriptor_key(files, fd), id;
	struct descriptor *known = descriptor_of(key);
	struct file_table *table = file_table_of(files);

	if (!known || !table || known->key != key)
		return 0;
	id = known->id;
	if (!keep)
		known->key = 0;
	return table->files == files && known->since == table->since ? id : 0;
}

/* A table of descriptors that begins, or of which any may be others than before. */
static __always_inline void forget_table(u64 files)
{
	struct file_table *table = file_table_of(files);

	if (table && table->files == files)
		table->files = 0;
}

static __always_inline u64 *told_pair(u64 id)
{
	u32 index = id >> 1 & (TOLD_FILES / 2 - 1);

	return bpf_map_lookup_elem(&told_files, &index);
}

static __always_inline u64 told_mark(u64 id)
{
	return id ^ READ_ONCE(files_epoch) << 48;
}

/* The task whose call ends; `address`: slot->task, where that can be used. */
static __always_inline struct task_struct *task_at(u64 address)
{
	return HAS_CASTS ? bpf_rdonly_cast((void *)address,
						  bpf_core_type_id_kernel(struct task_struct))
				: current_task();
}

/* Finds a descriptor for tell_file(), which then knows just numbers. */
__noinline int look_at_file(u64 fd, u64 task_address)
{
	u32 first = 0;
	struct file_told *told = bpf_map_lookup_elem(&file_scratch, &first);

	if (told)
		told->found = find_file(task_at(task_address), fd);
	return 0;
}

/* And the program that runs. In one function the two would need more stack. */
__noinline int look_at_program(u64 task_address)
{
	u32 first = 0;
	struct file_told *told = bpf_map_lookup_elem(&file_scratch, &first);

	if (told)
		told->found = find_program(task_at(task_address));
	return 0;
}

/*
 * Tells what descriptor `fd` (with FD_DIR, or FD_EXE) is. It is looked up anew: what is told belongs to the
 * identity that is told with it. Returns that.
 */
__noinline u64 tell_file(u64 fd, u64 task_address)
{
	u32 first = 0;
	struct file_told *told = bpf_map_lookup_elem(&file_scratch, &first);
	struct record *rec;
	struct writer w;
	u64 *pair, id;

	if (fd == FD_EXE)
		look_at_program(task_address);
	else
		look_at_file(fd, task_address);
	if (!told || !told->found.id)
		return 0;
	id = told->found.id;
	describe_file(told, task_at(task_address));
	rec = record_begin(&w, bpf_get_current_pid_tgid(), REC_FILE, sizeof(struct file_record) / 8,
			   DROP_SYSCALL, NO_TALLY);
	if (!rec)
		return id;
	put_file(&w, told);
	record_end(&w);
	pair = told_pair(id);
	if (pair) {
		pair[1] = pair[0];
		WRITE_ONCE(pair[0], told_mark(id));
	}
	return id;
}

/*
 * The identity of the current task's descriptor `fd` (with FD_DIR, FD_NEW), with UNTOLD when nothing was told
 * of it yet; 0: it is none. Not static: the verifier checks it once (see blob.bpf.h).
 */
__noinline u64 identify_descriptor(u64 fd, u64 task_address)
{
	struct found_file found = find_file(task_at(task_address), fd);
	u64 *pair, mark;

	if (!found.id) {
		if (config.names_gone && found.files)
			take_descriptor(found.files, fd, false);
		return 0;
	}
	pair = told_pair(found.id);
	mark = told_mark(found.id);
	if (config.names_gone && (s32)fd >= 0)
		remember_descriptor(found.files, fd, found.id, fd & FD_NEW);
	return pair && pair[0] != mark && pair[1] != mark ? found.id | UNTOLD : found.id;
}

/*
 * As identify_descriptor(), and tells what was not told. One after the other: all the functions of the
 * end of a call that are inside of one another have 512 bytes of stack.
 */
static __always_inline u64 name_descriptor(u64 fd, u64 task_address)
{
	u64 id = identify_descriptor(fd, task_address);

	return id & UNTOLD ? tell_file(fd, task_address) : id;
}

/* As identify_descriptor(), of the program that the current task runs. */
__noinline u64 identify_program(u64 task_address)
{
	struct found_file found = find_program(task_at(task_address));
	u64 *pair, mark;

	if (!found.id)
		return 0;
	pair = told_pair(found.id);
	mark = told_mark(found.id);
	return pair && pair[0] != mark && pair[1] != mark ? found.id | UNTOLD : found.id;
}

/* What descriptor `fd` was that the current task's call closed. */
__noinline u64 name_gone(u32 fd, u64 task_address, u32 keep)
{
	struct found_file found = find_file(task_at(task_address), fd);
	u64 id = take_descriptor(found.files, fd, keep);

	/* Another thread has got the number meanwhile: which one is remembered? */
	return keep || id != found.id ? id : 0;
}

/* All descriptors of a table that is met for the first time. */
__noinline int scan_files(u64 task_address)
{
	u64 files = NUMBER(GET(task_at(task_address), files));
	struct file_table *table = file_table_of(files);

	if (!files || !table || table->files == files)
		return 0;
	table->since = bpf_ktime_get_ns();
	table->files = files;
	for (u32 fd = 0; fd < SCAN_FILES; fd++)
		name_descriptor(fd | FD_NEW, task_address);
	return 0;
}

__noinline int forget_files(u64 task_address)
{
	forget_table(NUMBER(GET(task_at(task_address), files)));
	return scan_files(task_address);
}

/* The two descriptors that a call wrote to `address`. */
__noinline int name_pair(u64 address, u64 task_address)
{
	u32 pair[2];

	if (bpf_probe_read_user(pair, sizeof(pair), (void *)address))
		return 0;
	name_descriptor(pair[0], task_address);
	name_descriptor(pair[1], task_address);
	return 0;
}

#endif
