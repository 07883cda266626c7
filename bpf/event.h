/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/*
 * The wire between the kernel side (bpf/) and the recorder (record/): what lies in the rings and in
 * the shared tables. Compiled by both, with the layout asserted in both; it never reaches a file, so
 * it may change with every build.
 *
 * One ring a CPU. A record is a struct record, `args` 64-bit values, then blobs, all 8-byte aligned.
 * A record never wraps: it may run past the end of the ring into the slack, and the next one then
 * begins at offset 0 (see ring_next()).
 */
#ifndef CTRACE_BPF_EVENT_H
#define CTRACE_BPF_EVENT_H

#ifdef __cplusplus
#include <cstdint>
#define ASSERT_LAYOUT static_assert
namespace ctrace::wire {
using u8 = uint8_t;
using u16 = uint16_t;
using u32 = uint32_t;
using u64 = uint64_t;
using s32 = int32_t;
using s64 = int64_t;
#else
#define ASSERT_LAYOUT _Static_assert
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef int s32;
typedef long long s64;
#endif

enum {
	MAX_TEXT = 4096,	/* bytes of one string, with its NUL: PATH_MAX */
	TEXT_ROOM = MAX_TEXT + 1,	/* one more tells a string that is cut from one that just fits */
	MAX_ARGV = 8192,	/* bytes of argv */
	MAX_SOCKADDR = 128,	/* sizeof(struct sockaddr_storage) */
	MAX_BLOBS = 4,		/* of one record: mount(2) has most strings */
	MAX_RECORD = 32768,	/* no record is longer; also the slack behind a ring */
	COMM_SIZE = 16,		/* TASK_COMM_LEN */
	NODENAME_SIZE = 64,	/* __NEW_UTS_LEN, without the NUL */
	PLAN_SYSCALLS = 512,	/* numbers with a plan; x32's own start there */
	X32_OWN = 36,		/* how many those are */
	PLAN_X32 = 2 * PLAN_SYSCALLS,	/* their first row */
	PLAN_ROWS = 4 * PLAN_SYSCALLS,	/* a power of two */
	MAX_POINTEES = 256,	/* a power of two */
	MAX_BYTES = 4096,	/* of one blob that is no argv */
	EXEC_ENVP = 5,		/* the argument of sched_process_exec that its blob is for */
	EXEC_ARGS = 5,		/* execveat's */
	COMM_FILTERS = 16,
	MAX_FILTER_LENGTH = 4096,	/* BPF_MAXINSNS */
	FILTER_CHUNK = 2048,	/* instructions in one record */
	MAX_CHAIN = 16,		/* seccomp filters one on the other; of more nothing is known */
	MAX_FILTERS = 2048,	/* different filters and chains of one recording */
	MAX_PLAN_FILES = 3,	/* descriptors of one call, its result among them */
	FILE_NAMES = 4096,	/* bytes of a descriptor's path that are looked for: PATH_MAX */
	FILE_NAME_ROOM = 256,	/* of the last name in them, with its NUL */
	FILE_KEYS = 12,
};

/* task_record.filters: the hash of a chain (an odd number), or */
enum {
	FILTERS_NONE = 0,
	FILTERS_UNKNOWN = 2,	/* it has some */
	FILTERS_KEPT = 4,	/* those that were told before: the task exits */
};

/*
 * How often each call was made, kept by the kernel side so that nothing is missing when records are
 * lost or filtered out. A tally is one (container, phase, table); the recorder hands out their
 * indices (map `free_tallies`) and reads them.
 */
enum { TALLY_CALLS = 512, MAX_TALLIES = 256, NO_TALLY = 0xffff };

struct tally_key {
	u64 top_cgroup;	/* 0: no container */
	u8 phase;	/* PHASE_* */
	u8 abi;		/* ABI_* */
	u16 unused[3];
};
ASSERT_LAYOUT(sizeof(struct tally_key) == 16, "tally_key");

/* x32's own numbers are counted at the end, X32_OWN below what they are. */
struct tally {
	u32 calls[TALLY_CALLS];
	u32 failed[TALLY_CALLS];
};

enum record_type {
	/*
	 * A call ended: args by the plan, blobs. Where a seccomp filter may have refused it, all 6
	 * registers, the number as it was given, and the instruction pointer. With `durations` one
	 * value more behind these: when it began, 0: not known.
	 */
	REC_SYSCALL = 0,
	REC_TASK = 1,		/* struct task_record: who the task is, before its next record */
	REC_FORK = 2,		/* args: child tgid, tid, ns pid, ns tid */
	REC_EXEC = 3,		/* args: device, inode, tid before and, from bit 32, whether privileges
				 * were gained, then if they are known the EXEC_ARGS arguments of the
				 * call; blobs: filename, argv, perhaps envp */
	/*
	 * args: exit code, number of the call it was in, its first argument, group dead; after a SIGSYS
	 * also all 6 registers and the instruction pointer.
	 */
	REC_EXIT = 4,
	/* These two and REC_CGROUP_ATTACH: the record's task did it, if it is recorded; else it is 0. */
	REC_CGROUP_MKDIR = 5,	/* args: id, parent's id, top id; blob: path */
	REC_CGROUP_RMDIR = 6,	/* args: id, top id; blob: path */
	REC_CGROUP_LATE = 7,	/* args: id: a container may begin in a cgroup that is watched */
	REC_OOM = 8,		/* the task is to be killed for want of memory */
	REC_IO_SUBMIT = 9,	/* args: opcode, fd, user_data, flags; blobs: path (4), address (5) */
	REC_IO_COMPLETE = 10,	/* result; args: user_data, flags */
	REC_FILTER = 11,	/* args: hash, its instructions, the first one here; blob: instructions */
	REC_CAPABLE = 13,	/* nr: the call in which; args: capability, user namespace, audited or -1 */
	REC_FILE = 14,		/* struct file_record; blob: see there. Told before the first record that names it */
	REC_FILTER_CHAIN = 12,	/* args: hash, then MAX_CHAIN hashes of filters, newest first, or 0 */
	/* The task gets a signal. args: number, si_code, pid, uid and status, or address; handler */
	REC_SIGNAL = 20,
	/*
	 * A process sent one. args: number, si_code, tgid and tid of who gets it, of who sent it, comm of
	 * that one (2), whether all of a process gets it, result; the record's task is the recorded one.
	 */
	REC_SIGNAL_SENT = 21,
	/* A task was moved. args: id, top id, tgid, tid, whether all its process was; blob: path */
	REC_CGROUP_ATTACH = 22,
	/*
	 * A container without a cgroup of its own begins (spaces.bpf.h). args: the space that stands for
	 * its outermost cgroup, tgid of the namespace's first process, comm of who made that one (2), when
	 * that process was made
	 */
	REC_SPACE = 24,
	REC_SPACE_END = 25,	/* args: the space: its first process ended, which ends all others */
};

/* As ctrace::Abi; the machine's own table, and that of its kernel's 32-bit programs. */
enum { ABI_X86_64 = 0, ABI_I386 = 1, ABI_X32 = 2, ABI_ARM64 = 3, ABI_ARM = 4 };
#if defined(__TARGET_ARCH_arm64) || defined(__aarch64__)
enum { ABI_NATIVE = ABI_ARM64, ABI_COMPAT = ABI_ARM };
#else
enum { ABI_NATIVE = ABI_X86_64, ABI_COMPAT = ABI_I386 };
#endif

enum { PHASE_HOST = 0, PHASE_SETUP = 1, PHASE_OWN = 2, PHASE_ENTERED = 3, PHASE_ENTERING = 4 };

/* As ctrace::Text::State. */
enum { TEXT_WHOLE = 0, TEXT_CUT = 1, TEXT_UNREADABLE = 2, TEXT_NULL = 3, TEXT_NOT_READ = 4 };

enum { NR_OUT_OF_RANGE = 0xffff };	/* record.nr; the number is args[6] */

struct record {
	u16 size8;	/* of all of it, in units of 8 bytes */
	u16 nr;		/* REC_SYSCALL, REC_EXEC: number in its ABI's table (x32 without bit 30) */
	u32 seq;	/* per CPU; a record that finds no room takes one too: a gap is a loss */
	u64 time_ns;	/* CLOCK_MONOTONIC */
	u32 tid;	/* initial pid namespace */
	u8 type;
	u8 abi;
	u8 args;	/* how many u64 follow */
	u8 blobs;	/* how many blobs follow them */
	s64 result;
};
ASSERT_LAYOUT(sizeof(struct record) == 32, "record");

struct blob {
	u16 size;	/* bytes that follow; the next blob is at the next multiple of 8 */
	u8 arg;		/* which argument */
	u8 state;	/* TEXT_* */
	u32 unused;
};
ASSERT_LAYOUT(sizeof(struct blob) == 8, "blob");

struct task_record {
	u32 tgid, ppid;
	u32 ns_pid, ns_tid, ns_ppid;
	u32 uid, gid;
	u32 mnt_ns, pid_ns, net_ns, user_ns, uts_ns, ipc_ns, cgroup_ns;
	u32 pid_level;	/* depth of its pid namespace, 0: the initial one */
	u32 seccomp;	/* mode */
	u32 no_new_privs;
	u8 phase;	/* PHASE_* */
	u8 own_mnt;	/* its mount namespace is not that of who made it */
	u8 unused[2];
	u64 cgroup_id;
	u64 top_cgroup;	/* the container's outermost cgroup, 0: none */
	u64 start_ns;
	u64 filters;	/* hash of its chain of seccomp filters, or FILTERS_* */
	u64 exe;	/* identity of the program that it runs; 0: as told before */
	u64 cap_eff;	/* effective capabilities */
	u32 euid, egid, fsuid;
	u32 child_pid_ns;	/* in which its next child will be */
	char comm[COMM_SIZE];
	char nodename[NODENAME_SIZE];
};
ASSERT_LAYOUT(sizeof(struct task_record) == 216, "task_record");

/*
 * A descriptor's target, told once for each identity: a hash of what tells it from all others and of
 * what its name depends on, so that a socket that was connected or a file that was renamed is another
 * one. The blob holds names, each with its NUL, leaf first; or the one name of what lies in no
 * directory (a socket: its protocol) and behind it the bytes of a Unix socket's path.
 */
struct file_record {
	u64 id;
	u64 inode;
	u64 peer_inode;		/* of a Unix socket's other end, 0: none that has one */
	u32 dev, rdev;
	u32 mode;
	u32 magic;		/* of its file system */
	u32 flags;		/* FILE_* */
	u32 portid;		/* of a netlink socket */
	u16 family, protocol;
	u16 local_port, remote_port;
	u8 local[16], remote[16];	/* addresses; IPv4: the first four */
};
ASSERT_LAYOUT(sizeof(struct file_record) == 88, "file_record");
enum file_flag {
	FILE_DELETED = 1,
	FILE_CUT = 2,		/* names above the last one are missing */
	FILE_ALONE = 4,		/* in no directory: pipes, sockets, anonymous inodes, memfds */
	FILE_SOCKET = 8,
};

/* The blob of a call's record with the identities of its descriptors, as the plan lists them; 0: none. */
enum { BLOB_FILES = 0xff };

/* What the iterator of tasks gives for each that is in the middle of a call, and no ring holds. */
struct in_flight_record {
	u64 time_ns;	/* when it was looked at */
	u32 tid;
	s32 nr;		/* in its ABI's table */
	u8 abi;
	u8 wanted;	/* the task's calls are recorded */
	u8 unused[6];
	u64 args[6];
	u64 files[MAX_PLAN_FILES];	/* identities of descriptors, as in a call's record */
	struct task_record task;
};
ASSERT_LAYOUT(sizeof(struct in_flight_record) == 96 + sizeof(struct task_record), "in_flight");

/*
 * What is given up as a ring fills, least precious first: above 12/16 no payload is read, above 13/16
 * no string, above 14/16 no call is recorded; what is left is kept for the life of processes and
 * containers, without which nothing else makes sense. Above 13/16 nobody gets all of what is left:
 * took_its_share().
 */
enum pressure {
	PRESSURE_NONE = 0,
	PRESSURE_NO_PAYLOADS = 1,
	PRESSURE_NO_TEXTS = 2,
	PRESSURE_NO_CALLS = 3,
	PRESSURE_FULL = 4,	/* for this record */
	PRESSURE_LEVELS = 4,	/* marks between the levels */
};

/* Why a record is missing; as ctrace::DropClass. */
enum drop_class {
	DROP_SYSCALL = 0,	/* a call, or who makes it when that changed by a call */
	DROP_LIFECYCLE = 1,	/* fork, exec, exit, cgroups, the first word of a task */
	DROP_REENTERED = 2,	/* inside of another record */
	DROP_NOT_TAKEN_IN = 3,	/* a new cgroup that found the table full */
	DROP_CLASSES = 4,
};

/* What is missing of records that are there. */
enum shed_class { SHED_PAYLOAD = 0, SHED_TEXT = 1, SHED_CLASSES = 2 };

/* By tally and CPU, like struct tally: who lost what. */
struct drop_tally {
	u64 dropped[DROP_CLASSES];
	u64 shed[SHED_CLASSES];
};
ASSERT_LAYOUT(sizeof(struct drop_tally) == 48, "drop_tally");

struct drop_row {
	struct drop_tally lost;
	/* The kernel side's own: bytes taken of a nearly full ring, and in which round: took_its_share(). */
	u64 taken, round;
};
ASSERT_LAYOUT(sizeof(struct drop_row) == 64, "drop_row");

/*
 * The head of each CPU's ring, two pages: the kernel side writes the first, the recorder the second.
 * `busy` is set before a record's number and time are taken, and cleared after `prod` moved past it
 * or `dropped` counted it: while it is 0, seq = records in the ring and taken from it + dropped.
 */
struct ring_head {
	u64 prod;	/* bytes produced */
	u64 cons_seen;	/* the kernel side's copy of cons, refreshed when the ring looks full */
	u64 seq;	/* records produced, dropped ones included */
	u32 busy;
	u32 taker;	/* 1 + the tally that looked last at what is left of a nearly full ring... */
	u64 taken_until;	/* ...and `prod` then */
	u64 dropped[DROP_CLASSES];
	u64 shed[SHED_CLASSES];
	u64 unreadable_texts;
	u64 cut_texts;
	u64 pad0[512 - 13];
	u64 cons;	/* bytes consumed */
	u64 pad1[511];
};
ASSERT_LAYOUT(sizeof(struct ring_head) == 8192, "ring_head");

/* Where the record after one of `size` bytes at `position` begins, in a ring of mask + 1 bytes. */
static inline u64 ring_next(u64 position, u64 size, u64 mask)
{
	u64 next = position + size;

	return (next & mask) < (position & mask) ? next & ~mask : next;
}

/* Value of the map `cgroups`, by cgroup id or by what stands for one: SPACE_BIT | pid namespace. */
#define TOP_UNWANTED (~0ULL)
#define SPACE_BIT (1ULL << 63)
struct cgroup_entry {
	/* The container's outermost cgroup. 0: in none, but watched for one. TOP_UNWANTED: that of a
	 * container which is not recorded, where the host is. */
	u64 top;
	u32 started;	/* meaningful in the top's entry: the container's own execve was seen */
	u32 unused;
};

#ifdef __cplusplus
}  // namespace ctrace::wire
#endif
#endif
