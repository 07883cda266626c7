/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/*
 * Work that is done through an io_uring, which no system call shows: each operation as it is submitted
 * and as it ends. Raw tracepoints, since their arguments differ from kernel to kernel; the recorder
 * finds out which they are (record/io_uring.h) and attaches both by name, or none.
 */
#ifndef CTRACE_BPF_IO_URING_BPF_H
#define CTRACE_BPF_IO_URING_BPF_H

#include "bpf/calls.bpf.h"

/* enum io_uring_op of include/uapi/linux/io_uring.h, as far as it is told apart here. */
enum {
	OP_NOP = 0, OP_TIMEOUT = 11, OP_TIMEOUT_REMOVE = 12, OP_ASYNC_CANCEL = 14, OP_LINK_TIMEOUT = 15,
	OP_CONNECT = 16, OP_OPENAT = 18, OP_CLOSE = 19, OP_FILES_UPDATE = 20, OP_STATX = 21,
	OP_MADVISE = 25, OP_OPENAT2 = 28, OP_EPOLL_CTL = 29, OP_PROVIDE_BUFFERS = 31,
	OP_REMOVE_BUFFERS = 32, OP_RENAMEAT = 35, OP_UNLINKAT = 36, OP_MKDIRAT = 37, OP_SYMLINKAT = 38,
	OP_LINKAT = 39, OP_SETXATTR = 42, OP_GETXATTR = 44, OP_SOCKET = 45, OP_WAITID = 50,
	OP_FUTEX_WAIT = 51, OP_FUTEX_WAKE = 52, OP_FUTEX_WAITV = 53,
};

/* Those that take no descriptor, or not where the others have theirs. */
#define BIT(n) (1ull << (n))
#define OPS_WITHOUT_FILE                                                                        \
	(BIT(OP_NOP) | BIT(OP_TIMEOUT) | BIT(OP_TIMEOUT_REMOVE) | BIT(OP_ASYNC_CANCEL) |        \
	 BIT(OP_LINK_TIMEOUT) | BIT(OP_OPENAT) | BIT(OP_CLOSE) | BIT(OP_FILES_UPDATE) |         \
	 BIT(OP_STATX) | BIT(OP_MADVISE) | BIT(OP_OPENAT2) | BIT(OP_EPOLL_CTL) |                \
	 BIT(OP_PROVIDE_BUFFERS) | BIT(OP_REMOVE_BUFFERS) | BIT(OP_RENAMEAT) |                  \
	 BIT(OP_UNLINKAT) | BIT(OP_MKDIRAT) | BIT(OP_SYMLINKAT) | BIT(OP_LINKAT) |              \
	 BIT(OP_SETXATTR) | BIT(OP_GETXATTR) | BIT(OP_SOCKET) | BIT(OP_WAITID) |                \
	 BIT(OP_FUTEX_WAIT) | BIT(OP_FUTEX_WAKE) | BIT(OP_FUTEX_WAITV))

/* Whose work it is: a worker of the ring's is part of the process, in a command's tree too. */
static __always_inline struct task_slot *ring_owner(void)
{
	struct task_struct *task = current_task();
	struct task_slot *slot = look_up(task);

	if (slot && !(slot->flags & SLOT_MEMBER) && (READ(task, flags) & PF_IO_WORKER)) {
		slot = slot_of(READ(task, tgid));
		if (slot && slot->tid != READ(task, tgid))
			return 0;
	}
	if (!slot || !(slot->flags & SLOT_MEMBER) || !(slot->flags & SLOT_TRACED))
		return 0;
	if (!(slot->flags & SLOT_TOLD) && slot->tid == READ(task, pid))
		tell_briefly(DROP_LIFECYCLE);
	return slot;
}

/* Reads a field of what a tracepoint gave as a number. */
#define REQ_READ(to, field) bpf_probe_read_kernel(&(to), sizeof(to), &(field))

struct submitted {
	u64 opcode, user_data;
	s32 fd;
	u8 flags;	/* IOSQE_*: the lowest eight of the request's own flags */
};

/* The descriptor that an operation begins at, and its path. */
#define TAKE_PATH(type, dir_field, name_field)                                                  \
	do {                                                                                    \
		struct type *work = (struct type *)req;                                         \
		REQ_READ(s->fd, work->dir_field);                                               \
		if (bpf_core_field_exists(work->name_field))                                    \
			REQ_READ(name, work->name_field);                                       \
	} while (0)

static __always_inline struct filename *path_of(u64 req, struct submitted *s)
{
	struct filename *name = 0;

	switch (s->opcode) {
	case OP_OPENAT:
	case OP_OPENAT2:
		TAKE_PATH(io_open, dfd, filename);
		break;
	case OP_STATX:
		TAKE_PATH(io_statx, dfd, filename);
		break;
	case OP_UNLINKAT:
		TAKE_PATH(io_unlink, dfd, filename);
		break;
	case OP_MKDIRAT:
		TAKE_PATH(io_mkdir, dfd, filename);
		break;
	case OP_RENAMEAT:
		TAKE_PATH(io_rename, old_dfd, oldpath);
		break;
	}
	return name;
}

static __always_inline void put_path(struct writer *w, struct filename *name)
{
	const char *text = 0;

	if (!name || !bpf_core_field_exists(name->name))
		return;
	REQ_READ(text, name->name);
	if (!text)
		return;
	if (w->pressure < PRESSURE_NO_TEXTS) {
		put_kernel_text(w, 4, text);
		return;
	}
	w->size += blob_end(w->ring, blob_at(w->ring, w->size), 4, TEXT_NOT_READ, 0);
	w->blobs++;
}

static __always_inline void put_address(struct writer *w, u64 req)
{
	struct io_connect *work = (struct io_connect *)req;
	u64 address = 0;
	s32 length = 0;

	if (!bpf_core_field_exists(work->addr))
		return;
	REQ_READ(address, work->addr);
	REQ_READ(length, work->addr_len);
	w->size += write_address(w->size, 5, address, (u32)length);
	w->blobs++;
}

SEC("raw_tp")
int on_io_uring_submit(struct bpf_raw_tracepoint_args *ctx)
{
	struct task_slot *slot = ring_owner();
	struct submitted s = {.fd = -1};
	struct filename *name = 0;
	struct record *rec;
	struct writer w;
	u64 req = 0;
	u64 *args;

	if (!slot)
		return 0;
	if (config.io_submit == IO_SUBMIT_OPCODE) {
		s.opcode = (u8)ctx->args[1];
		s.user_data = ctx->args[2];
	} else if (config.io_submit == IO_SUBMIT_CONTEXT_REQUEST) {
		req = ctx->args[1];
		s.opcode = (u8)ctx->args[2];
		s.user_data = ctx->args[3];
		s.flags = ctx->args[4];
		name = path_of(req, &s);
	} else {
		struct io_kiocb *request = (struct io_kiocb *)ctx->args[0];
		u8 opcode = 0;

		req = ctx->args[0];
		REQ_READ(opcode, request->opcode);
		s.opcode = opcode;
		REQ_READ(s.user_data, request->cqe.user_data);
		REQ_READ(s.flags, request->flags);
		if (opcode < 64 && !(OPS_WITHOUT_FILE >> opcode & 1))
			REQ_READ(s.fd, request->cqe.fd);
		name = path_of(req, &s);
	}
	rec = record_begin(&w, slot->tid, REC_IO_SUBMIT, 4, DROP_SYSCALL, slot->tally);
	if (!rec)
		return 0;
	args = record_args(rec);
	args[0] = s.opcode;
	args[1] = s.fd;
	args[2] = s.user_data;
	args[3] = s.flags;
	if (name)
		put_path(&w, name);
	if (req && s.opcode == OP_CONNECT)
		put_address(&w, req);
	record_end(&w);
	return 0;
}

SEC("raw_tp")
int on_io_uring_complete(struct bpf_raw_tracepoint_args *ctx)
{
	struct task_slot *slot = ring_owner();
	struct record *rec;
	struct writer w;
	u64 user_data = 0;
	s64 result = 0;
	u32 flags = 0;
	u64 *args;

	if (!slot)
		return 0;
	if (config.io_complete == IO_COMPLETE_CQE) {
		struct io_uring_cqe *cqe = (struct io_uring_cqe *)ctx->args[2];
		s32 res = 0;

		REQ_READ(user_data, cqe->user_data);
		REQ_READ(res, cqe->res);
		REQ_READ(flags, cqe->flags);
		result = res;
	} else if (config.io_complete == IO_COMPLETE_REQUEST) {
		user_data = ctx->args[2];
		result = (s32)ctx->args[3];
		flags = ctx->args[4];
	} else {
		user_data = ctx->args[1];
		result = (s32)ctx->args[2];
	}
	rec = record_begin(&w, slot->tid, REC_IO_COMPLETE, 2, DROP_SYSCALL, slot->tally);
	if (!rec)
		return 0;
	rec->result = result;
	args = record_args(rec);
	args[0] = user_data;
	args[1] = flags;
	record_end(&w);
	return 0;
}

#endif
