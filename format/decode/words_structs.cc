// Words for the members of structures. Values are those of the kernel's uapi headers; composite
// flags stand before their parts.
#include "format/decode/words.h"

namespace ctrace::words {
namespace {

// clang-format off
constexpr Word kSaFlagsWords[] = {
    {0x4000000, "SA_RESTORER"}, {0x8000000, "SA_ONSTACK"}, {0x10000000, "SA_RESTART"},
    {0x20000000, "SA_INTERRUPT"}, {0x40000000, "SA_NODEFER"}, {0x80000000, "SA_RESETHAND"},
    {0x4, "SA_SIGINFO"}, {0x1, "SA_NOCLDSTOP"}, {0x2, "SA_NOCLDWAIT"}, {0x400, "SA_UNSUPPORTED"},
    {0x800, "SA_EXPOSE_TAGBITS"},
};

constexpr Word kResolveWords[] = {
    {0x1, "RESOLVE_NO_XDEV"}, {0x2, "RESOLVE_NO_MAGICLINKS"}, {0x4, "RESOLVE_NO_SYMLINKS"},
    {0x8, "RESOLVE_BENEATH"}, {0x10, "RESOLVE_IN_ROOT"}, {0x20, "RESOLVE_CACHED"},
};

constexpr Word kPollWords[] = {
    {0x1, "POLLIN"}, {0x2, "POLLPRI"}, {0x4, "POLLOUT"}, {0x8, "POLLERR"}, {0x10, "POLLHUP"},
    {0x20, "POLLNVAL"}, {0x40, "POLLRDNORM"}, {0x80, "POLLRDBAND"}, {0x100, "POLLWRNORM"},
    {0x200, "POLLWRBAND"}, {0x400, "POLLMSG"}, {0x2000, "POLLRDHUP"}, {0x1000, "POLLREMOVE"},
};

constexpr Word kEpollWords[] = {
    {0x1, "EPOLLIN"}, {0x2, "EPOLLPRI"}, {0x4, "EPOLLOUT"}, {0x8, "EPOLLERR"}, {0x10, "EPOLLHUP"},
    {0x20, "EPOLLNVAL"}, {0x40, "EPOLLRDNORM"}, {0x80, "EPOLLRDBAND"}, {0x100, "EPOLLWRNORM"},
    {0x200, "EPOLLWRBAND"}, {0x400, "EPOLLMSG"}, {0x2000, "EPOLLRDHUP"},
    {0x8000000, "EPOLL_URING_WAKE"}, {0x10000000, "EPOLLEXCLUSIVE"}, {0x20000000, "EPOLLWAKEUP"},
    {0x40000000, "EPOLLONESHOT"}, {0x80000000, "EPOLLET"},
};

constexpr Word kLockTypeWords[] = {
    {0, "F_RDLCK"}, {1, "F_WRLCK"}, {2, "F_UNLCK"}, {4, "F_EXLCK"}, {8, "F_SHLCK"},
};

constexpr Word kSignalCodeWords[] = {
    {0, "SI_USER"}, {0x80, "SI_KERNEL"}, {0xffffffff, "SI_QUEUE"}, {0xfffffffe, "SI_TIMER"},
    {0xfffffffd, "SI_MESGQ"}, {0xfffffffc, "SI_ASYNCIO"}, {0xfffffffb, "SI_SIGIO"},
    {0xfffffffa, "SI_TKILL"}, {0xfffffff9, "SI_DETHREAD"}, {0xffffffc4, "SI_ASYNCNL"},
};

constexpr Word kChildCodeWords[] = {
    {1, "CLD_EXITED"}, {2, "CLD_KILLED"}, {3, "CLD_DUMPED"}, {4, "CLD_TRAPPED"},
    {5, "CLD_STOPPED"}, {6, "CLD_CONTINUED"},
};

constexpr Word kAltstackWords[] = {
    {0x1, "SS_ONSTACK"}, {0x2, "SS_DISABLE"}, {0x80000000, "SS_AUTODISARM"},
};

constexpr Word kSigevWords[] = {
    {0, "SIGEV_SIGNAL"}, {1, "SIGEV_NONE"}, {2, "SIGEV_THREAD"}, {4, "SIGEV_THREAD_ID"},
};

constexpr Word kFilesystemWords[] = {
    {0xadf5, "ADFS_SUPER_MAGIC"}, {0xadff, "AFFS_SUPER_MAGIC"}, {0x187, "AUTOFS_SUPER_MAGIC"},
    {0xc36400, "CEPH_SUPER_MAGIC"}, {0x64626720, "DEBUGFS_MAGIC"},
    {0x73636673, "SECURITYFS_MAGIC"}, {0xf97cff8c, "SELINUX_MAGIC"}, {0x858458f6, "RAMFS_MAGIC"},
    {0x1021994, "TMPFS_MAGIC"}, {0x958458f6, "HUGETLBFS_MAGIC"}, {0x73717368, "SQUASHFS_MAGIC"},
    {0xe0f5e1e2, "EROFS_SUPER_MAGIC_V1"}, {0xef53, "EXT2_SUPER_MAGIC"},
    {0x9123683e, "BTRFS_SUPER_MAGIC"}, {0xf2f52010, "F2FS_SUPER_MAGIC"},
    {0x9660, "ISOFS_SUPER_MAGIC"}, {0x58465342, "XFS_SUPER_MAGIC"},
    {0x6165676c, "PSTOREFS_MAGIC"}, {0xde5e81e4, "EFIVARFS_MAGIC"},
    {0x794c7630, "OVERLAYFS_SUPER_MAGIC"}, {0x65735546, "FUSE_SUPER_MAGIC"},
    {0x4d44, "MSDOS_SUPER_MAGIC"}, {0x2011bab0, "EXFAT_SUPER_MAGIC"}, {0x6969, "NFS_SUPER_MAGIC"},
    {0xff534d42, "CIFS_SUPER_MAGIC"}, {0xfe534d42, "SMB2_SUPER_MAGIC"},
    {0x27e0eb, "CGROUP_SUPER_MAGIC"}, {0x63677270, "CGROUP2_SUPER_MAGIC"},
    {0x74726163, "TRACEFS_MAGIC"}, {0x1021997, "V9FS_MAGIC"}, {0x42494e4d, "BINFMTFS_MAGIC"},
    {0x1cd1, "DEVPTS_SUPER_MAGIC"}, {0x50495045, "PIPEFS_MAGIC"}, {0x9fa0, "PROC_SUPER_MAGIC"},
    {0x534f434b, "SOCKFS_MAGIC"}, {0x62656572, "SYSFS_MAGIC"}, {0x9041934, "ANON_INODE_FS_MAGIC"},
    {0x6e736673, "NSFS_MAGIC"}, {0xcafe4a11, "BPF_FS_MAGIC"}, {0x2fc12fc1, "ZFS_SUPER_MAGIC"},
};

constexpr Word kStatfsFlagsWords[] = {
    {0x20, "ST_VALID"}, {0x1, "ST_RDONLY"}, {0x2, "ST_NOSUID"}, {0x4, "ST_NODEV"},
    {0x8, "ST_NOEXEC"}, {0x10, "ST_SYNCHRONOUS"}, {0x40, "ST_MANDLOCK"}, {0x400, "ST_NOATIME"},
    {0x800, "ST_NODIRATIME"}, {0x1000, "ST_RELATIME"}, {0x2000, "ST_NOSYMFOLLOW"},
};

constexpr Word kStatxAttributesWords[] = {
    {0x4, "STATX_ATTR_COMPRESSED"}, {0x10, "STATX_ATTR_IMMUTABLE"}, {0x20, "STATX_ATTR_APPEND"},
    {0x40, "STATX_ATTR_NODUMP"}, {0x800, "STATX_ATTR_ENCRYPTED"},
    {0x1000, "STATX_ATTR_AUTOMOUNT"}, {0x2000, "STATX_ATTR_MOUNT_ROOT"},
    {0x100000, "STATX_ATTR_VERITY"}, {0x200000, "STATX_ATTR_DAX"},
    {0x400000, "STATX_ATTR_WRITE_ATOMIC"},
};

constexpr Word kSchedFlagsWords[] = {
    {0x1, "SCHED_FLAG_RESET_ON_FORK"}, {0x2, "SCHED_FLAG_RECLAIM"},
    {0x4, "SCHED_FLAG_DL_OVERRUN"}, {0x8, "SCHED_FLAG_KEEP_POLICY"},
    {0x10, "SCHED_FLAG_KEEP_PARAMS"}, {0x20, "SCHED_FLAG_UTIL_CLAMP_MIN"},
    {0x40, "SCHED_FLAG_UTIL_CLAMP_MAX"},
};

constexpr Word kPropagationWords[] = {
    {0x20000, "MS_UNBINDABLE"}, {0x40000, "MS_PRIVATE"}, {0x80000, "MS_SLAVE"},
    {0x100000, "MS_SHARED"},
};

constexpr Word kLandlockFsWords[] = {
    {0x1, "LANDLOCK_ACCESS_FS_EXECUTE"}, {0x2, "LANDLOCK_ACCESS_FS_WRITE_FILE"},
    {0x4, "LANDLOCK_ACCESS_FS_READ_FILE"}, {0x8, "LANDLOCK_ACCESS_FS_READ_DIR"},
    {0x10, "LANDLOCK_ACCESS_FS_REMOVE_DIR"}, {0x20, "LANDLOCK_ACCESS_FS_REMOVE_FILE"},
    {0x40, "LANDLOCK_ACCESS_FS_MAKE_CHAR"}, {0x80, "LANDLOCK_ACCESS_FS_MAKE_DIR"},
    {0x100, "LANDLOCK_ACCESS_FS_MAKE_REG"}, {0x200, "LANDLOCK_ACCESS_FS_MAKE_SOCK"},
    {0x400, "LANDLOCK_ACCESS_FS_MAKE_FIFO"}, {0x800, "LANDLOCK_ACCESS_FS_MAKE_BLOCK"},
    {0x1000, "LANDLOCK_ACCESS_FS_MAKE_SYM"}, {0x2000, "LANDLOCK_ACCESS_FS_REFER"},
    {0x4000, "LANDLOCK_ACCESS_FS_TRUNCATE"}, {0x8000, "LANDLOCK_ACCESS_FS_IOCTL_DEV"},
};

constexpr Word kLandlockNetWords[] = {
    {0x1, "LANDLOCK_ACCESS_NET_BIND_TCP"}, {0x2, "LANDLOCK_ACCESS_NET_CONNECT_TCP"},
};

constexpr Word kLandlockScopeWords[] = {
    {0x1, "LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET"}, {0x2, "LANDLOCK_SCOPE_SIGNAL"},
};

constexpr Word kRingSetupWords[] = {
    {0x1, "IORING_SETUP_IOPOLL"}, {0x2, "IORING_SETUP_SQPOLL"}, {0x4, "IORING_SETUP_SQ_AFF"},
    {0x8, "IORING_SETUP_CQSIZE"}, {0x10, "IORING_SETUP_CLAMP"}, {0x20, "IORING_SETUP_ATTACH_WQ"},
    {0x40, "IORING_SETUP_R_DISABLED"}, {0x80, "IORING_SETUP_SUBMIT_ALL"},
    {0x100, "IORING_SETUP_COOP_TASKRUN"}, {0x200, "IORING_SETUP_TASKRUN_FLAG"},
    {0x400, "IORING_SETUP_SQE128"}, {0x800, "IORING_SETUP_CQE32"},
    {0x1000, "IORING_SETUP_SINGLE_ISSUER"}, {0x2000, "IORING_SETUP_DEFER_TASKRUN"},
    {0x4000, "IORING_SETUP_NO_MMAP"}, {0x8000, "IORING_SETUP_REGISTERED_FD_ONLY"},
    {0x10000, "IORING_SETUP_NO_SQARRAY"}, {0x20000, "IORING_SETUP_HYBRID_IOPOLL"},
    {0x40000, "IORING_SETUP_CQE_MIXED"},
};

constexpr Word kRingFeaturesWords[] = {
    {0x1, "IORING_FEAT_SINGLE_MMAP"}, {0x2, "IORING_FEAT_NODROP"},
    {0x4, "IORING_FEAT_SUBMIT_STABLE"}, {0x8, "IORING_FEAT_RW_CUR_POS"},
    {0x10, "IORING_FEAT_CUR_PERSONALITY"}, {0x20, "IORING_FEAT_FAST_POLL"},
    {0x40, "IORING_FEAT_POLL_32BITS"}, {0x80, "IORING_FEAT_SQPOLL_NONFIXED"},
    {0x100, "IORING_FEAT_EXT_ARG"}, {0x200, "IORING_FEAT_NATIVE_WORKERS"},
    {0x400, "IORING_FEAT_RSRC_TAGS"}, {0x800, "IORING_FEAT_CQE_SKIP"},
    {0x1000, "IORING_FEAT_LINKED_FILE"}, {0x2000, "IORING_FEAT_REG_REG_RING"},
    {0x4000, "IORING_FEAT_RECVSEND_BUNDLE"}, {0x8000, "IORING_FEAT_MIN_TIMEOUT"},
    {0x10000, "IORING_FEAT_RW_ATTR"}, {0x20000, "IORING_FEAT_NO_IOWAIT"},
};

constexpr Word kCapVersionWords[] = {
    {0x19980330, "_LINUX_CAPABILITY_VERSION_1"}, {0x20071026, "_LINUX_CAPABILITY_VERSION_2"},
    {0x20080522, "_LINUX_CAPABILITY_VERSION_3"},
};

constexpr Word kMapTypeWords[] = {
    {0, "BPF_MAP_TYPE_UNSPEC"}, {1, "BPF_MAP_TYPE_HASH"}, {2, "BPF_MAP_TYPE_ARRAY"},
    {3, "BPF_MAP_TYPE_PROG_ARRAY"}, {4, "BPF_MAP_TYPE_PERF_EVENT_ARRAY"},
    {5, "BPF_MAP_TYPE_PERCPU_HASH"}, {6, "BPF_MAP_TYPE_PERCPU_ARRAY"},
    {7, "BPF_MAP_TYPE_STACK_TRACE"}, {8, "BPF_MAP_TYPE_CGROUP_ARRAY"},
    {9, "BPF_MAP_TYPE_LRU_HASH"}, {10, "BPF_MAP_TYPE_LRU_PERCPU_HASH"},
    {11, "BPF_MAP_TYPE_LPM_TRIE"}, {12, "BPF_MAP_TYPE_ARRAY_OF_MAPS"},
    {13, "BPF_MAP_TYPE_HASH_OF_MAPS"}, {14, "BPF_MAP_TYPE_DEVMAP"}, {15, "BPF_MAP_TYPE_SOCKMAP"},
    {16, "BPF_MAP_TYPE_CPUMAP"}, {17, "BPF_MAP_TYPE_XSKMAP"}, {18, "BPF_MAP_TYPE_SOCKHASH"},
    {19, "BPF_MAP_TYPE_CGROUP_STORAGE"}, {20, "BPF_MAP_TYPE_REUSEPORT_SOCKARRAY"},
    {21, "BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE"}, {22, "BPF_MAP_TYPE_QUEUE"},
    {23, "BPF_MAP_TYPE_STACK"}, {24, "BPF_MAP_TYPE_SK_STORAGE"}, {25, "BPF_MAP_TYPE_DEVMAP_HASH"},
    {26, "BPF_MAP_TYPE_STRUCT_OPS"}, {27, "BPF_MAP_TYPE_RINGBUF"},
    {28, "BPF_MAP_TYPE_INODE_STORAGE"}, {29, "BPF_MAP_TYPE_TASK_STORAGE"},
    {30, "BPF_MAP_TYPE_BLOOM_FILTER"}, {31, "BPF_MAP_TYPE_USER_RINGBUF"},
    {32, "BPF_MAP_TYPE_CGRP_STORAGE"}, {33, "BPF_MAP_TYPE_ARENA"},
};

constexpr Word kProgTypeWords[] = {
    {0, "BPF_PROG_TYPE_UNSPEC"}, {1, "BPF_PROG_TYPE_SOCKET_FILTER"}, {2, "BPF_PROG_TYPE_KPROBE"},
    {3, "BPF_PROG_TYPE_SCHED_CLS"}, {4, "BPF_PROG_TYPE_SCHED_ACT"},
    {5, "BPF_PROG_TYPE_TRACEPOINT"}, {6, "BPF_PROG_TYPE_XDP"}, {7, "BPF_PROG_TYPE_PERF_EVENT"},
    {8, "BPF_PROG_TYPE_CGROUP_SKB"}, {9, "BPF_PROG_TYPE_CGROUP_SOCK"},
    {10, "BPF_PROG_TYPE_LWT_IN"}, {11, "BPF_PROG_TYPE_LWT_OUT"}, {12, "BPF_PROG_TYPE_LWT_XMIT"},
    {13, "BPF_PROG_TYPE_SOCK_OPS"}, {14, "BPF_PROG_TYPE_SK_SKB"},
    {15, "BPF_PROG_TYPE_CGROUP_DEVICE"}, {16, "BPF_PROG_TYPE_SK_MSG"},
    {17, "BPF_PROG_TYPE_RAW_TRACEPOINT"}, {18, "BPF_PROG_TYPE_CGROUP_SOCK_ADDR"},
    {19, "BPF_PROG_TYPE_LWT_SEG6LOCAL"}, {20, "BPF_PROG_TYPE_LIRC_MODE2"},
    {21, "BPF_PROG_TYPE_SK_REUSEPORT"}, {22, "BPF_PROG_TYPE_FLOW_DISSECTOR"},
    {23, "BPF_PROG_TYPE_CGROUP_SYSCTL"}, {24, "BPF_PROG_TYPE_RAW_TRACEPOINT_WRITABLE"},
    {25, "BPF_PROG_TYPE_CGROUP_SOCKOPT"}, {26, "BPF_PROG_TYPE_TRACING"},
    {27, "BPF_PROG_TYPE_STRUCT_OPS"}, {28, "BPF_PROG_TYPE_EXT"}, {29, "BPF_PROG_TYPE_LSM"},
    {30, "BPF_PROG_TYPE_SK_LOOKUP"}, {31, "BPF_PROG_TYPE_SYSCALL"},
    {32, "BPF_PROG_TYPE_NETFILTER"},
};

constexpr Word kAttachTypeWords[] = {
    {0, "BPF_CGROUP_INET_INGRESS"}, {1, "BPF_CGROUP_INET_EGRESS"},
    {2, "BPF_CGROUP_INET_SOCK_CREATE"}, {3, "BPF_CGROUP_SOCK_OPS"},
    {4, "BPF_SK_SKB_STREAM_PARSER"}, {5, "BPF_SK_SKB_STREAM_VERDICT"}, {6, "BPF_CGROUP_DEVICE"},
    {7, "BPF_SK_MSG_VERDICT"}, {8, "BPF_CGROUP_INET4_BIND"}, {9, "BPF_CGROUP_INET6_BIND"},
    {10, "BPF_CGROUP_INET4_CONNECT"}, {11, "BPF_CGROUP_INET6_CONNECT"},
    {12, "BPF_CGROUP_INET4_POST_BIND"}, {13, "BPF_CGROUP_INET6_POST_BIND"},
    {14, "BPF_CGROUP_UDP4_SENDMSG"}, {15, "BPF_CGROUP_UDP6_SENDMSG"}, {16, "BPF_LIRC_MODE2"},
    {17, "BPF_FLOW_DISSECTOR"}, {18, "BPF_CGROUP_SYSCTL"}, {19, "BPF_CGROUP_UDP4_RECVMSG"},
    {20, "BPF_CGROUP_UDP6_RECVMSG"}, {21, "BPF_CGROUP_GETSOCKOPT"}, {22, "BPF_CGROUP_SETSOCKOPT"},
    {23, "BPF_TRACE_RAW_TP"}, {24, "BPF_TRACE_FENTRY"}, {25, "BPF_TRACE_FEXIT"},
    {26, "BPF_MODIFY_RETURN"}, {27, "BPF_LSM_MAC"}, {28, "BPF_TRACE_ITER"},
    {29, "BPF_CGROUP_INET4_GETPEERNAME"}, {30, "BPF_CGROUP_INET6_GETPEERNAME"},
    {31, "BPF_CGROUP_INET4_GETSOCKNAME"}, {32, "BPF_CGROUP_INET6_GETSOCKNAME"},
    {33, "BPF_XDP_DEVMAP"}, {34, "BPF_CGROUP_INET_SOCK_RELEASE"}, {35, "BPF_XDP_CPUMAP"},
    {36, "BPF_SK_LOOKUP"}, {37, "BPF_XDP"}, {38, "BPF_SK_SKB_VERDICT"},
    {39, "BPF_SK_REUSEPORT_SELECT"}, {40, "BPF_SK_REUSEPORT_SELECT_OR_MIGRATE"},
    {41, "BPF_PERF_EVENT"}, {42, "BPF_TRACE_KPROBE_MULTI"}, {43, "BPF_LSM_CGROUP"},
    {44, "BPF_STRUCT_OPS"}, {45, "BPF_NETFILTER"}, {46, "BPF_TCX_INGRESS"},
    {47, "BPF_TCX_EGRESS"}, {48, "BPF_TRACE_UPROBE_MULTI"}, {49, "BPF_CGROUP_UNIX_CONNECT"},
    {50, "BPF_CGROUP_UNIX_SENDMSG"}, {51, "BPF_CGROUP_UNIX_RECVMSG"},
    {52, "BPF_CGROUP_UNIX_GETPEERNAME"}, {53, "BPF_CGROUP_UNIX_GETSOCKNAME"},
    {54, "BPF_NETKIT_PRIMARY"}, {55, "BPF_NETKIT_PEER"}, {56, "BPF_TRACE_KPROBE_SESSION"},
    {57, "BPF_TRACE_UPROBE_SESSION"},
};

constexpr Word kPerfTypeWords[] = {
    {0, "PERF_TYPE_HARDWARE"}, {1, "PERF_TYPE_SOFTWARE"}, {2, "PERF_TYPE_TRACEPOINT"},
    {3, "PERF_TYPE_HW_CACHE"}, {4, "PERF_TYPE_RAW"}, {5, "PERF_TYPE_BREAKPOINT"},
};

constexpr Word kSetfdWords[] = {
    {0x1, "FD_CLOEXEC"},
};

constexpr Word kSealsWords[] = {
    {0x1, "F_SEAL_SEAL"}, {0x2, "F_SEAL_SHRINK"}, {0x4, "F_SEAL_GROW"}, {0x8, "F_SEAL_WRITE"},
    {0x10, "F_SEAL_FUTURE_WRITE"}, {0x20, "F_SEAL_EXEC"},
};

constexpr Word kSemFlagsWords[] = {
    {0x800, "IPC_NOWAIT"}, {0x1000, "SEM_UNDO"},
};

constexpr Word kMqFlagsWords[] = {
    {0x800, "O_NONBLOCK"},
};

constexpr Word kTimexModesWords[] = {
    {0xa001, "ADJ_OFFSET_SS_READ"}, {0x8001, "ADJ_OFFSET_SINGLESHOT"}, {0x1, "ADJ_OFFSET"},
    {0x2, "ADJ_FREQUENCY"}, {0x4, "ADJ_MAXERROR"}, {0x8, "ADJ_ESTERROR"}, {0x10, "ADJ_STATUS"},
    {0x20, "ADJ_TIMECONST"}, {0x80, "ADJ_TAI"}, {0x100, "ADJ_SETOFFSET"}, {0x1000, "ADJ_MICRO"},
    {0x2000, "ADJ_NANO"}, {0x4000, "ADJ_TICK"},
};

constexpr Word kTimexStatusWords[] = {
    {0x1, "STA_PLL"}, {0x2, "STA_PPSFREQ"}, {0x4, "STA_PPSTIME"}, {0x8, "STA_FLL"},
    {0x10, "STA_INS"}, {0x20, "STA_DEL"}, {0x40, "STA_UNSYNC"}, {0x80, "STA_FREQHOLD"},
    {0x100, "STA_PPSSIGNAL"}, {0x200, "STA_PPSJITTER"}, {0x400, "STA_PPSWANDER"},
    {0x800, "STA_PPSERROR"}, {0x1000, "STA_CLOCKERR"}, {0x2000, "STA_NANO"}, {0x4000, "STA_MODE"},
    {0x8000, "STA_CLK"},
};

constexpr Decoder kDecoders[] = {
    {Kind::sem_flags, 0, {}, kSemFlagsWords},
    {Kind::mq_flags, 0, {}, kMqFlagsWords},
    {Kind::timex_modes, 0, {}, kTimexModesWords},
    {Kind::timex_status, 0, {}, kTimexStatusWords},
    {Kind::sa_flags, 0, {}, kSaFlagsWords},
    {Kind::resolve_flags, 0, {}, kResolveWords},
    {Kind::poll_events, 0, {}, kPollWords},
    {Kind::epoll_events, 0, {}, kEpollWords},
    {Kind::lock_type, kWhole, kLockTypeWords, {}, {.others_are_numbers = true}},
    {Kind::signal_code, kWhole, kSignalCodeWords, {}, {.others_are_numbers = true}},
    {Kind::child_code, kWhole, kChildCodeWords, {}, {.others_are_numbers = true}},
    {Kind::altstack_flags, 0, {}, kAltstackWords},
    {Kind::sigev_notify, kWhole, kSigevWords, {}, {.others_are_numbers = true}},
    {Kind::statfs_type, 0xffffffff, kFilesystemWords, {}},
    {Kind::statfs_flags, 0, {}, kStatfsFlagsWords},
    {Kind::statx_attributes, 0, {}, kStatxAttributesWords},
    {Kind::sched_flags, 0, {}, kSchedFlagsWords},
    {Kind::mount_propagation, 0, {}, kPropagationWords},
    {Kind::landlock_fs, 0, {}, kLandlockFsWords},
    {Kind::landlock_net, 0, {}, kLandlockNetWords},
    {Kind::landlock_scope, 0, {}, kLandlockScopeWords},
    {Kind::io_uring_setup_flags, 0, {}, kRingSetupWords},
    {Kind::io_uring_features, 0, {}, kRingFeaturesWords},
    {Kind::cap_version, kWhole, kCapVersionWords, {}},
    {Kind::bpf_map_type, kWhole, kMapTypeWords, {}},
    {Kind::bpf_prog_type, kWhole, kProgTypeWords, {}},
    {Kind::bpf_attach_type, kWhole, kAttachTypeWords, {}},
    {Kind::fcntl_setfd, 0, {}, kSetfdWords},
    {Kind::fcntl_seals, 0, {}, kSealsWords},
    {Kind::perf_type, kWhole, kPerfTypeWords, {}, {.others_are_numbers = true}},
};
// clang-format on

}  // namespace

std::span<const Decoder> struct_decoders() { return kDecoders; }

}  // namespace ctrace::words
