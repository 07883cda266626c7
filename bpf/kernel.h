/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/*
 * Just those fields of the kernel's structures that are read. The loader moves each access to where
 * the running kernel keeps the field (CO-RE), so order and size here mean nothing.
 */
#ifndef CTRACE_BPF_KERNEL_H
#define CTRACE_BPF_KERNEL_H

#include "bpf/event.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct ns_common {
	u32 inum;
};

struct pid_namespace {
	struct ns_common ns;
	u32 level;
};

struct upid {
	int nr;
	struct pid_namespace *ns;
};

struct pid {
	u32 level;
	struct upid numbers[1];
};

struct mnt_namespace {
	struct ns_common ns;
};

struct net {
	struct ns_common ns;
};

struct user_namespace {
	struct ns_common ns;
};

struct ipc_namespace {
	struct ns_common ns;
};

struct cgroup_namespace {
	struct ns_common ns;
};

struct new_utsname {
	char nodename[65];
};

struct uts_namespace {
	struct new_utsname name;
	struct ns_common ns;
};

struct nsproxy {
	struct uts_namespace *uts_ns;
	struct ipc_namespace *ipc_ns;
	struct mnt_namespace *mnt_ns;
	struct net *net_ns;
	struct cgroup_namespace *cgroup_ns;
};

typedef struct {
	u32 val;
} kuid_t;

typedef struct {
	u32 val;
} kgid_t;

struct cred {
	kuid_t uid;
	kgid_t gid;
	struct user_namespace *user_ns;
};

struct kernfs_node {
	u64 id;
};

struct cgroup_subsys_state {
	struct cgroup *cgroup;
	struct cgroup_subsys_state *parent;
};

struct cgroup_root {
	u32 hierarchy_id;
};

struct cgroup {
	struct cgroup_subsys_state self;
	struct kernfs_node *kn;
	struct cgroup_root *root;
};

struct css_set {
	struct cgroup *dfl_cgrp;
};

struct mm_struct {
	unsigned long arg_start, arg_end;
	unsigned long env_start, env_end;
};

struct super_block {
	u32 s_dev;
};

struct inode {
	unsigned long i_ino;
	struct super_block *i_sb;
};

struct file {
	struct inode *f_inode;
};

struct linux_binprm {
	struct file *file;
	const char *filename;
	unsigned int secureexec : 1;
};

typedef struct {
	int counter;
} atomic_t;

struct signal_struct {
	atomic_t live;
};

struct sock_fprog_kern {
	u16 len;
	struct sock_filter *filter;
};

struct bpf_prog {
	struct sock_fprog_kern *orig_prog;
};

struct seccomp_filter {
	struct seccomp_filter *prev;
	struct bpf_prog *prog;
};

struct seccomp {
	int mode;
	struct seccomp_filter *filter;
};

struct thread_info {
	u32 status;	/* x86 */
};

struct task_struct {
	struct thread_info thread_info;
	unsigned int __state;
	unsigned int flags;
	unsigned long jobctl;
	void *stack;
	u32 pid;
	u32 tgid;
	u64 start_time;
	int exit_code;
	unsigned long atomic_flags;
	struct task_struct *real_parent;
	struct task_struct *group_leader;
	struct pid *thread_pid;
	const struct cred *cred, *real_cred;
	char comm[COMM_SIZE];
	struct css_set *cgroups;
	struct nsproxy *nsproxy;
	struct signal_struct *signal;
	struct mm_struct *mm;
	struct seccomp seccomp;
};

/* Until 5.14. */
struct task_struct___old {
	long state;
};

struct filename {
	const char *name;
};

struct io_cqe {
	u64 user_data;
	int fd;
};

struct io_uring_cqe {
	u64 user_data;
	s32 res;
	u32 flags;
};

struct io_kiocb {
	u8 opcode;
	u8 flags;	/* wider; the low byte is what is wanted */
	struct io_cqe cqe;
};

/* What an operation keeps at the beginning of its request. */
struct io_open {
	int dfd;
	struct filename *filename;
};

struct io_statx {
	int dfd;
	struct filename *filename;
};

struct io_unlink {
	int dfd;
	struct filename *filename;
};

struct io_mkdir {
	int dfd;
	struct filename *filename;
};

struct io_rename {
	int old_dfd;
	struct filename *oldpath;
};

struct sockaddr;

struct io_connect {
	struct sockaddr *addr;
	int addr_len;
};

struct seq_file;

struct bpf_iter_meta {
	struct seq_file *seq;
};

struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
};

struct pt_regs {
#if defined(__TARGET_ARCH_arm64)
	u64 regs[31];
	u64 pc, pstate, orig_x0;
	s32 syscallno;
#else
	unsigned long bp, r10, r8, r9, bx, ax, cx, dx, si, di, orig_ax, ip;
#endif
};

#pragma clang attribute pop

/* What a program at raw_syscalls:sys_exit is given: its fields are where tracefs says. */
struct sys_exit_event {
	u64 common;
	long nr, ret;
};

#endif
