/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/*
 * Just those fields of the kernel's structures that are read. The loader moves each access to where
 * the running kernel keeps the field (CO-RE), so order and size here mean nothing.
 */
#ifndef CTRACE_BPF_KERNEL_H
#define CTRACE_BPF_KERNEL_H

#include "bpf/event.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct proc_ns_operations;

struct ns_common {
	const struct proc_ns_operations *ops;
	u32 inum;
};

struct task_struct;

struct pid_namespace {
	struct ns_common ns;
	u32 level;
	struct task_struct *child_reaper;
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
	struct pid_namespace *pid_ns_for_children;
	struct net *net_ns;
	struct cgroup_namespace *cgroup_ns;
};

typedef struct {
	u32 val;
} kuid_t;

typedef struct {
	u32 val;
} kgid_t;

/* 64 bits in every version, before 6.3 as two halves. */
typedef struct {
	u64 val;
} kernel_cap_t;

struct cred {
	kuid_t uid, euid, fsuid;
	kgid_t gid, egid;
	kernel_cap_t cap_effective;
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

struct file;

typedef struct {
	s64 counter;
} atomic64_t;

/* Of x86. */
typedef struct {
	atomic64_t tlb_gen;
} mm_context_t;

struct mm_struct {
	void *pgd;
	mm_context_t context;
	struct file *exe_file;
	unsigned long arg_start, arg_end;
	unsigned long env_start, env_end;
};

struct super_block {
	u32 s_dev;
	unsigned long s_magic;
};

struct inode {
	u16 i_mode;
	unsigned long i_ino;
	u32 i_rdev;
	struct super_block *i_sb;
	void *i_private;
};

struct qstr {
	union {
		struct {
			u32 hash, len;
		};
		u64 hash_len;
	};
	const unsigned char *name;
};

struct hlist_bl_node {
	struct hlist_bl_node **pprev;
};

struct dentry {
	struct hlist_bl_node d_hash;
	struct dentry *d_parent;
	struct qstr d_name;
	struct inode *d_inode;
	void *d_fsdata;
};

struct vfsmount {
	struct dentry *mnt_root;
};

struct mount {
	struct mount *mnt_parent;
	struct dentry *mnt_mountpoint;
	struct vfsmount mnt;
};

struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
};

struct file_operations;

struct file {
	struct path f_path;
	const struct file_operations *f_op;
	struct inode *f_inode;
	void *private_data;
	long long f_pos;
};

struct fdtable {
	unsigned int max_fds;
	struct file **fd;
};

struct files_struct {
	struct fdtable *fdt;
};

struct fs_struct {
	struct path root, pwd;
};

/* Any of the kernel's that begins with a pointer to a file. */
struct epoll_filefd {
	struct file *file;
};

struct proc_ns_operations {
	const char *name;
};

struct in6_addr {
	union {
		u32 u6_addr32[4];
	} in6_u;
};

struct sock_common {
	u64 skc_addrpair;
	u32 skc_daddr, skc_rcv_saddr;
	u32 skc_portpair;
	u16 skc_dport, skc_num;
	u16 skc_family;
	struct in6_addr skc_v6_daddr, skc_v6_rcv_saddr;
};

struct socket;

struct sock {
	struct sock_common __sk_common;
	u16 sk_protocol;
	struct socket *sk_socket;
};

struct socket {
	struct sock *sk;
};

struct socket_alloc {
	struct inode vfs_inode;
};

struct sockaddr_un {
	u16 sun_family;
};

struct unix_address {
	int len;
	struct sockaddr_un name[1];
};

struct unix_sock {
	struct unix_address *addr;
	struct sock *peer;
};

struct netlink_sock {
	u32 portid;
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
	struct fs_struct *fs;
	struct files_struct *files;
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
	unsigned long r15, r14, r13, r12, bp, bx, r11, r10, r9, r8, ax, cx, dx, si, di, orig_ax, ip;
#endif
};

#pragma clang attribute pop

/* What a program at raw_syscalls:sys_exit is given: its fields are where tracefs says. */
struct sys_exit_event {
	u64 common;
	long nr, ret;
};

#endif
