/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/*
 * What a descriptor refers to: found, told from all others, described.
 */
#ifndef CTRACE_BPF_FILE_NAMES_BPF_H
#define CTRACE_BPF_FILE_NAMES_BPF_H

#include "bpf/task.bpf.h"
#include "bpf/user_memory.bpf.h"

#define AT_FDCWD (-100)
#define S_IFMT 00170000
#define S_IFSOCK 0140000
#define AF_UNIX 1
#define AF_INET 2
#define AF_INET6 10
#define AF_NETLINK 16
#define NSFS_MAGIC 0x6e736673	/* include/uapi/linux/magic.h */
#define MAX_STEPS 128		/* directories and mounts of a path */
#define SUN_PATH_OFFSET 2	/* of struct sockaddr_un */
#define MAX_SUN_PATH 127

/*
 * GET(pointer, a, b) is pointer->a->b: loaded directly from what was cast, else by probe reads. Unlike
 * READ() it serves pointers that the kernel did not hand out. `pointer` must be a variable: of CAST() in
 * its place the probe reads would take `config` for a structure of the kernel's.
 */
#define GET(pointer, ...) \
	(HAS_CASTS ? ___arrow(pointer, __VA_ARGS__) : BPF_CORE_READ(pointer, __VA_ARGS__))
#define CAST(type, pointer)                                                                       \
	((type *)(HAS_CASTS ? bpf_rdonly_cast((void *)(pointer), bpf_core_type_id_kernel(type)) \
				   : (void *)(pointer)))
/*
 * A number for a pointer that GET() gave, the same each time. Of pointers with a type the verifier lets
 * none but their difference be one.
 */
#define NUMBER(pointer) \
	(HAS_CASTS ? (u64)(pointer) - (u64)&config : (u64)(pointer))

struct found_file {
	u64 id;		/* 0: there is none */
	u64 files;	/* the table that it is in, a number */
	struct dentry *dentry;
	struct vfsmount *mnt;
	struct inode *inode;
	struct file *file;	/* null: a working directory */
	struct sock *sock;	/* null: no socket */
};

struct file_told {
	struct file_record file;
	struct found_file found;
	struct dentry *dentry, *root;	/* how far a path is walked, and to where */
	struct vfsmount *mnt, *root_mnt;
	u32 size, unused;	/* of the names */
	u8 names[FILE_NAMES + FILE_NAME_ROOM];
};

/* Where a name is put together: of what runs in tracepoints, where nothing else runs in between. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct file_told);
} file_scratch SEC(".maps");

/* The file at `number` of the task's descriptors. */
static __always_inline struct file *file_at(struct files_struct *files, u32 number)
{
	struct fdtable *table = GET(files, fdt);
	struct file *file = 0;
	struct file **at;

	if (number >= GET(table, max_fds))
		return 0;
	at = GET(table, fd) + number;
	if (HAS_CASTS && config.has_filefd)
		return ((struct epoll_filefd *)bpf_rdonly_cast(
				at, bpf_core_type_id_kernel(struct epoll_filefd)))->file;
	bpf_probe_read_kernel(&file, sizeof(file), at);
	return CAST(struct file, file);
}

static __always_inline u64 words_of(struct in6_addr *address, u64 low, u64 high)
{
	return GET(address, in6_u.u6_addr32[0]) * low + GET(address, in6_u.u6_addr32[1]) * high +
	       GET(address, in6_u.u6_addr32[2]) * (low + 2) +
	       GET(address, in6_u.u6_addr32[3]) * (high + 2);
}

/* What a socket's name depends on. */
static __always_inline u64 socket_identity(struct sock *sock)
{
	const volatile u64 *keys = config.file_keys;
	u16 family = GET(sock, __sk_common.skc_family);
	u64 hash = NUMBER(sock) * keys[6];

	if (family == AF_INET || family == AF_INET6)
		hash += GET(sock, __sk_common.skc_portpair) * keys[7];
	if (family == AF_INET) {
		hash += GET(sock, __sk_common.skc_addrpair) * keys[8];
	} else if (family == AF_INET6) {
		hash += words_of(&sock->__sk_common.skc_v6_daddr, keys[8], keys[9]);
		hash += words_of(&sock->__sk_common.skc_v6_rcv_saddr, keys[10], keys[11]);
	} else if (family == AF_UNIX) {
		struct unix_sock *own = CAST(struct unix_sock, sock);
		struct sock *peer = GET(own, peer);

		hash += NUMBER(GET(own, addr)) * keys[8] + NUMBER(peer) * keys[9];
		if (peer)
			hash += NUMBER(GET(peer, sk_socket)) * keys[10];
	} else if (family == AF_NETLINK) {
		struct netlink_sock *own = CAST(struct netlink_sock, sock);

		hash += GET(own, portid) * keys[8];
	}
	return hash;
}

/*
 * A sum of products by random numbers: no chain of multiplications that wait for one another, and
 * nobody can make two files of one hash who does not know them.
 */
static __always_inline u64 identity_of(struct found_file *found, struct task_struct *task)
{
	const volatile u64 *keys = config.file_keys;
	struct dentry *dentry = found->dentry;
	struct inode *inode = found->inode;
	u64 hash = NUMBER(dentry) * keys[0];

	hash += NUMBER(found->mnt) * keys[1];
	hash += NUMBER(GET(dentry, d_parent)) * keys[2];
	hash += GET(dentry, d_name.hash_len) * keys[3];
	hash += GET(inode, i_ino) * keys[4];
	hash += NUMBER(GET(task, fs, root.dentry)) * keys[5];
	/* Unhashed: deleted. */
	if (GET(dentry, d_hash.pprev))
		hash ^= keys[6];
	/* Anonymous inodes are all one, and their names have no hash. */
	if (found->file) {
		struct file *file = found->file;

		hash += NUMBER(GET(file, f_op)) * keys[7];
	}
	if (found->sock)
		hash += socket_identity(found->sock);
	hash = (hash ^ hash >> 32) & ~UNTOLD;
	return hash ? hash : 2;
}

/* The program that `task` runs. Apart from find_file(), of which the verifier follows each way. */
static __always_inline struct found_file find_program(struct task_struct *task)
{
	struct found_file found = {};
	struct mm_struct *mm = GET(task, mm);
	struct file *file = mm ? GET(mm, exe_file) : 0;

	if (!file)
		return found;
	found.file = file;
	found.dentry = GET(file, f_path.dentry);
	found.mnt = GET(file, f_path.mnt);
	found.inode = GET(file, f_inode);
	if (found.dentry && found.mnt && found.inode)
		found.id = identity_of(&found, task);
	return found;
}

/* Descriptor `fd` of `task`, or with FD_DIR its working directory. */
static __always_inline struct found_file find_file(struct task_struct *task, u64 fd)
{
	struct found_file found = {};
	struct files_struct *files = GET(task, files);
	struct socket *socket;
	struct dentry *dentry;
	struct inode *inode;
	struct file *file;

	if (!files || ((s32)fd < 0 && !((fd & FD_DIR) && (s32)fd == AT_FDCWD)))
		return found;
	found.files = NUMBER(files);
	if ((s32)fd < 0) {
		struct fs_struct *fs = GET(task, fs);

		if (!fs)
			return found;
		dentry = GET(fs, pwd.dentry);
		inode = GET(dentry, d_inode);
		found.mnt = GET(fs, pwd.mnt);
	} else {
		file = file_at(files, fd);
		if (!file)
			return found;
		found.file = file;
		dentry = GET(file, f_path.dentry);
		inode = GET(file, f_inode);
		found.mnt = GET(file, f_path.mnt);
		if ((GET(inode, i_mode) & S_IFMT) == S_IFSOCK) {
			/* Null where a Unix socket's path was opened by O_PATH. */
			socket = CAST(struct socket, GET(file, private_data));
			if (socket)
				found.sock = GET(socket, sk);
		}
	}
	found.dentry = dentry;
	found.inode = inode;
	if (dentry && found.mnt && inode)
		found.id = identity_of(&found, task);
	return found;
}

/* ---- what follows is done once a file */

/* `mnt`: a number, as all pointers that were kept in memory. */
static __always_inline struct mount *mount_of(u64 mnt)
{
	return CAST(struct mount, mnt - bpf_core_field_offset(struct mount, mnt));
}

/* Appends the name of `dentry`, a number too; false: there is no room. */
static __always_inline bool add_name(struct file_told *told, u64 dentry)
{
	struct dentry *named = CAST(struct dentry, dentry);
	u32 size = told->size & (FILE_NAMES - 1), length = GET(named, d_name.len);

	if (size >= FILE_NAMES - FILE_NAME_ROOM)
		return false;
	length &= FILE_NAME_ROOM - 1;
	if (!read_kernel_text(told->names + size, length,
			      dentry + bpf_core_field_offset(struct dentry, d_name.name)))
		bpf_probe_read_kernel(told->names + size, length, GET(named, d_name.name));
	told->names[size + length] = 0;
	told->size = size + length + 1;
	return true;
}

/*
 * One step from a file up to its task's root: a directory, or from a mount to where it is mounted.
 * Says how it ends. Not static, and all that it knows is in memory: so the verifier checks it once, and
 * not in each round.
 */
enum { WALK_ON = 0, WALK_WHOLE = 1, WALK_CUT = 2 };
__noinline int walk_up(void)
{
	u32 first = 0;
	struct file_told *told = bpf_map_lookup_elem(&file_scratch, &first);
	struct dentry *parent, *typed;
	struct vfsmount *typed_mnt;
	u64 dentry, mnt;

	if (!told)
		return WALK_CUT;
	dentry = (u64)told->dentry;
	mnt = (u64)told->mnt;
	if (dentry == (u64)told->root && mnt == (u64)told->root_mnt)
		return WALK_WHOLE;
	typed = CAST(struct dentry, dentry);
	typed_mnt = CAST(struct vfsmount, mnt);
	if (dentry == (u64)GET(typed_mnt, mnt_root)) {
		struct mount *mount = mount_of(mnt);
		struct mount *above = GET(mount, mnt_parent);

		if (above == mount)
			return WALK_WHOLE;
		told->dentry = GET(mount, mnt_mountpoint);
		told->mnt = (struct vfsmount *)((u8 *)above + bpf_core_field_offset(struct mount, mnt));
		return WALK_ON;
	}
	parent = GET(typed, d_parent);
	if ((u64)parent == dentry)
		return WALK_WHOLE;
	if (!add_name(told, dentry))
		return WALK_CUT;
	told->dentry = parent;
	return WALK_ON;
}

/* The names of a file up to the task's root, across mounts. False: not up to there. */
static __always_inline bool add_path(struct file_told *told, struct task_struct *task)
{
	struct fs_struct *fs = GET(task, fs);

	told->dentry = told->found.dentry;
	told->mnt = told->found.mnt;
	told->root = GET(fs, root.dentry);
	told->root_mnt = GET(fs, root.mnt);
	for (int i = 0; i < MAX_STEPS; i++) {
		int end = walk_up();

		if (end != WALK_ON)
			return end == WALK_WHOLE;
	}
	return false;
}

static __always_inline void describe_inet6(struct file_record *file, struct sock *sock)
{
	bpf_probe_read_kernel(file->local, sizeof(file->local), &sock->__sk_common.skc_v6_rcv_saddr);
	bpf_probe_read_kernel(file->remote, sizeof(file->remote), &sock->__sk_common.skc_v6_daddr);
}

static __always_inline void describe_unix(struct file_told *told, struct unix_sock *sock)
{
	struct unix_address *address = BPF_CORE_READ(sock, addr);
	struct sock *peer = BPF_CORE_READ(sock, peer);
	struct socket *other = peer ? BPF_CORE_READ(peer, sk_socket) : 0;
	u32 size = told->size & (FILE_NAMES - 1), length;

	if (other)
		told->file.peer_inode = BPF_CORE_READ((struct socket_alloc *)other, vfs_inode.i_ino);
	if (!address)
		return;
	length = (BPF_CORE_READ(address, len) - SUN_PATH_OFFSET) & MAX_SUN_PATH;
	bpf_probe_read_kernel(told->names + size, length, (u8 *)&address->name + SUN_PATH_OFFSET);
	told->size = size + length;
}

static __always_inline void describe_socket(struct file_told *told, struct sock *sock)
{
	struct file_record *file = &told->file;

	file->flags |= FILE_SOCKET;
	file->family = BPF_CORE_READ(sock, __sk_common.skc_family);
	file->protocol = BPF_CORE_READ(sock, sk_protocol);
	if (file->family == AF_UNIX) {
		describe_unix(told, (struct unix_sock *)sock);
	} else if (file->family == AF_NETLINK) {
		file->portid = BPF_CORE_READ((struct netlink_sock *)sock, portid);
	} else if (file->family == AF_INET || file->family == AF_INET6) {
		file->local_port = BPF_CORE_READ(sock, __sk_common.skc_num);
		file->remote_port = __builtin_bswap16(BPF_CORE_READ(sock, __sk_common.skc_dport));
		if (file->family == AF_INET6)
			return describe_inet6(file, sock);
		*(u32 *)file->local = BPF_CORE_READ(sock, __sk_common.skc_rcv_saddr);
		*(u32 *)file->remote = BPF_CORE_READ(sock, __sk_common.skc_daddr);
	}
}

static __always_inline void describe_namespace(struct file_told *told, struct inode *inode)
{
	struct ns_common *ns = BPF_CORE_READ(inode, i_private);
	long size = bpf_probe_read_kernel_str(told->names, FILE_NAME_ROOM, BPF_CORE_READ(ns, ops, name));

	told->size = size > 0 ? size & (FILE_NAME_ROOM - 1) : 0;
}

static __always_inline void describe_file(struct file_told *told, struct task_struct *task)
{
	u64 kept = (u64)told->found.dentry;
	struct dentry *dentry = CAST(struct dentry, kept);
	struct vfsmount *mnt = CAST(struct vfsmount, told->found.mnt);
	struct inode *inode = CAST(struct inode, told->found.inode);
	bool root = (u64)GET(dentry, d_parent) == kept;

	__builtin_memset(&told->file, 0, sizeof(told->file));
	told->size = 0;
	told->file.id = told->found.id;
	told->file.inode = GET(inode, i_ino);
	told->file.dev = GET(inode, i_sb, s_dev);
	told->file.rdev = GET(inode, i_rdev);
	told->file.mode = GET(inode, i_mode);
	told->file.magic = GET(inode, i_sb, s_magic);
	if (!root && !GET(dentry, d_hash.pprev))
		told->file.flags |= FILE_DELETED;
	if (root && kept != (u64)GET(mnt, mnt_root)) {
		told->file.flags |= FILE_ALONE;
		add_name(told, kept);
		if (told->file.magic == NSFS_MAGIC)
			describe_namespace(told, inode);
	} else if (!add_path(told, task)) {
		told->file.flags |= FILE_CUT;
	}
	if (told->found.sock)
		describe_socket(told, told->found.sock);
}

/* Copies what was put together into the record that is being written. */
static __always_inline void put_file(struct writer *w, struct file_told *told)
{
	struct blob *b = blob_at(w->ring, w->size);
	u32 size = told->size & (FILE_NAMES - 1);

	__builtin_memcpy(record_args(record_of(w)), &told->file, sizeof(told->file));
	bpf_probe_read_kernel(b + 1, size, told->names);
	w->size += blob_end(w->ring, b, 0, TEXT_WHOLE, size);
	w->blobs++;
}

#endif
