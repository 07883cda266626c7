/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/*
 * What the recorder tells the kernel side before it is loaded (which calls are recorded and what of them:
 * plans and the configuration), and what it asks it at the start. As event.h for the rest.
 */
#ifndef CTRACE_BPF_PLAN_H
#define CTRACE_BPF_PLAN_H

#include "bpf/event.h"

#ifdef __cplusplus
namespace ctrace::wire {
#endif

/* How what an argument points to is read: struct pointee.op. */
enum blob_op {
	OP_TEXT = 0,	/* a string */
	OP_STRINGS = 1,	/* an array of pointers to strings; size: of a pointer */
	OP_BYTES = 2,	/* count times size bytes */
	OP_BYTES_AT = 3,	/* the u32 that the counting argument points to says how many */
	OP_BITS = 4,	/* count bits, in whole words of size bytes */
	OP_MESSAGE = 5,	/* a struct msghdr, in size bytes, and what it leads to: struct message */
	OP_VECTORS = 6,	/* count iovecs, of size bytes each, and then what they lead to */
};

/*
 * What is read of a struct msghdr (or mmsghdr): the structure, in so many bytes, then this, then the
 * name, then the iovecs.
 */
struct message {
	u16 name;	/* bytes */
	u16 vectors;
	u32 unused;
};
ASSERT_LAYOUT(sizeof(struct message) == 8, "message");
enum { MESSAGE_ROOM = 64, MESSAGE_ROOM_COMPAT = 32, MAX_VECTORS = 16 };

/* When there is something to read: struct pointee.when. */
enum blob_when {
	WHEN_ALWAYS = 0,
	WHEN_SUCCESS = 1,
	WHEN_POSITIVE = 2,	/* the result is more than 0 */
	WHEN_INTERRUPTED = 3,	/* a signal ended the call */
};

/* Whether contents of buffers are among it: struct pointee.payload. */
enum {
	PAYLOAD_NONE = 0,
	PAYLOAD_IN = 1,
	PAYLOAD_OUT = 2,	/* as many bytes as the result says */
};

/* Beside the numbers of arguments: plan.blob[].count, .decider. */
enum { COUNT_ONE = 6, COUNT_RESULT = 7, NO_DECIDER = 7 };

/* What arguments of one kind point to, in calls of one table. */
struct pointee {
	u8 op;		/* OP_* */
	u8 when;	/* WHEN_* */
	u16 size;	/* of one element */
	u16 limit;	/* bytes of all: of more, so many are read */
	u8 payload;	/* PAYLOAD_* */
	u8 unused;
	u64 decider_mask;	/* (the deciding argument & decider_mask) must be a number below 64 */
	u64 decided_by;	/* whose bit is set here; else the argument is no such pointer */
};
ASSERT_LAYOUT(sizeof(struct pointee) == 24, "pointee");

enum plan_flag {
	PLAN_WANTED = 1,	/* the event filter lets it through */
	PLAN_IDENTITY = 2,	/* success changes who the task is: ids, namespaces */
	PLAN_HOSTNAME = 4,	/* success changes what other tasks are told to be */
	PLAN_FORK = 8,		/* the child returns from it too, with result 0 */
	PLAN_EXEC = 16,		/* a success is told by REC_EXEC: its arguments are gone */
	PLAN_SECCOMP = 32,	/* success may give the task another seccomp filter */
};

/* How a descriptor of a call is looked up: in plan.file, above the register that has it. */
enum file_op {
	FILE_OPEN = 0,		/* it is there when the call ends */
	FILE_DIR = 1,		/* the same, or AT_FDCWD */
	FILE_CLOSED = 2,	/* what it was before, when the call succeeded */
	FILE_REPLACED = 3,	/* the same, and it is something else now: dup2 */
	FILE_DUPLICATE = 4,	/* the result of fcntl, when that made a descriptor */
	FILE_PAIR = 5,		/* two, where the register points to: not named, but remembered */
	FILE_ANY = 6,		/* any of the task's may have gone: close_range, unshare */
	FILE_POSITION = 7,	/* not what it is, but where it is read next: for other events */
};
enum {
	FILE_RESULT = 6,	/* in place of a register */
	FILE_REGISTER = 7,	/* mask */
	FILE_OP_SHIFT = 3,
	FILE_UNNAMED = 0x80,	/* bit of plan.files: no event is wanted, but what changes must be known */
};

/* What to do at the exit of one system call; one row for each number and table. */
struct plan {
	u8 args;
	u8 flags;
	u8 blobs;
	u8 files;	/* how many of file[], and FILE_UNNAMED */
	struct {
		u8 arg;
		u8 pointee;	/* row of `pointees` */
		u8 count;	/* number of the argument that says how many, or COUNT_* */
		u8 decider;	/* number of the argument that decides, or NO_DECIDER */
	} blob[MAX_BLOBS];
	u8 file[MAX_PLAN_FILES];	/* register, and FILE_* above it */
	u8 single_text;	/* the one blob is an OP_TEXT */
};
ASSERT_LAYOUT(sizeof(struct plan) == 24, "plan");

/* Whose events are wanted: struct capture_config.captures. */
enum {
	CAPTURE_CONTAINERS = 1,
	CAPTURE_TREE = 2,	/* the process tree of a command, in containers or not */
	CAPTURE_HOST = 4,	/* everybody who is in no container */
};

/* What find_symbol is asked, and where its answer is. */
struct symbol_query {
	char name[64];
	u64 address;
	char text[128];	/* the symbol as the kernel prints it: name+0x0/size */
};

/* Where the kernel maps all memory for itself (bpf/user_memory.bpf.h). */
struct direct_map {
	u64 base;		/* 0: not known, or not to be had on this processor */
	u32 five_levels;	/* whether a top table leads to four more tables instead of three */
	u32 unused;
};

/* What try_direct_map is asked. */
struct direct_map_query {
	u64 address, word;	/* of the caller: what it holds there */
	struct direct_map map;
	u64 task;	/* its answer: where the caller's struct task_struct is */
};

/* How this kernel's tracepoints tell of an io_uring: their arguments behind the context. */
enum io_submit {
	IO_SUBMIT_NONE = 0,
	IO_SUBMIT_OPCODE = 1,		/* 5.10: ring, opcode, user_data */
	IO_SUBMIT_CONTEXT_REQUEST = 2,	/* 5.15: ring, request, opcode, user_data, flags */
	IO_SUBMIT_REQUEST = 3,		/* since 6.0: request */
};
enum io_complete {
	IO_COMPLETE_NONE = 0,
	IO_COMPLETE_USER_DATA = 1,	/* 5.10: ring, user_data, result */
	IO_COMPLETE_REQUEST = 2,	/* since 5.19: ring, request, user_data, result, flags */
	IO_COMPLETE_CQE = 3,		/* since 6.15: ring, request, completion entry */
};

/* What the command line decides once, in .rodata, so that dead branches vanish. */
struct capture_config {
	u64 ring_mask;		/* bytes of a ring, a power of two, - 1 */
	u64 marks[PRESSURE_LEVELS];	/* more bytes than these are in use: the next level */
	u64 filter_secret[2];	/* random, so that nobody makes two filters of one hash */
	u64 file_keys[FILE_KEYS];	/* random and odd, for identities of files */
	u32 round_shift;	/* log2 of a sixteenth of a ring */
	u32 slot_mask;		/* entries of `slots` - 1 */
	u32 recorder_tgid;	/* never traced itself */
	/* By which hierarchy containers are told apart: 0 and 0 for cgroup v2, else one of v1. */
	u32 hierarchy_id;
	u32 css_offset;		/* where struct css_set keeps what a task has in it */
	u8 has_task_btf;	/* bpf_get_current_task_btf(), since 5.11 */
	u8 has_task_regs;	/* bpf_task_pt_regs(), since 5.15 */
	u8 has_casts;		/* bpf_rdonly_cast(), since 6.2 */
	u8 captures;		/* CAPTURE_* */
	u8 preempted;		/* programs at tracepoints may be preempted: bpf/preempt.bpf.h */
	u8 comm_includes, comm_excludes;	/* how many rows of the tables below */
	u8 io_submit, io_complete;	/* IO_SUBMIT_*, IO_COMPLETE_* */
	u8 names_gone;		/* calls that close descriptors are recorded: what these are is remembered */
	u8 has_filefd;		/* struct epoll_filefd is among the kernel's types */
	u8 environment;		/* envp of programs too */
	u8 durations;		/* when calls begin is recorded too: 1 or 0 */
	u16 payload;		/* bytes of what buffers hold */
	char comm_include[COMM_FILTERS][COMM_SIZE];
	char comm_exclude[COMM_FILTERS][COMM_SIZE];
};

#ifdef __cplusplus
}  // namespace ctrace::wire
#endif
#endif
