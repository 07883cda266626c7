// Words for the arguments of file and mount calls. Values are those of the kernel's uapi headers;
// composite flags stand before their parts.
#include "format/decode/words.h"

namespace ctrace::words {
namespace {

// clang-format off
constexpr Word kOpenFlagsChoices[] = {
    {0, "O_RDONLY"}, {1, "O_WRONLY"}, {2, "O_RDWR"}, {3, "O_ACCMODE"},
};

constexpr Word kOpenFlagsFlags[] = {
    {0x101000, "O_SYNC"}, {0x100000, "__O_SYNC"}, {0x410000, "O_TMPFILE"},
    {0x400000, "__O_TMPFILE"}, {0x40, "O_CREAT"}, {0x80, "O_EXCL"}, {0x100, "O_NOCTTY"},
    {0x200, "O_TRUNC"}, {0x400, "O_APPEND"}, {0x800, "O_NONBLOCK"}, {0x1000, "O_DSYNC"},
    {0x2000, "O_ASYNC"}, {0x4000, "O_DIRECT"}, {0x8000, "O_LARGEFILE"}, {0x10000, "O_DIRECTORY"},
    {0x20000, "O_NOFOLLOW"}, {0x40000, "O_NOATIME"}, {0x80000, "O_CLOEXEC"}, {0x200000, "O_PATH"},
};

constexpr Word kModeWords[] = {
    {0x1000, "S_IFIFO"}, {0x2000, "S_IFCHR"}, {0x4000, "S_IFDIR"}, {0x6000, "S_IFBLK"},
    {0x8000, "S_IFREG"}, {0xa000, "S_IFLNK"}, {0xc000, "S_IFSOCK"},
};

constexpr Word kDirfdWords[] = {
    {0xffffff9c, "AT_FDCWD"},
};

constexpr Word kFdFlagsWords[] = {
    {0x80000, "O_CLOEXEC"}, {0x800, "O_NONBLOCK"}, {0x4000, "O_DIRECT"}, {0x200, "O_TRUNC"},
};

constexpr Word kEventfdFlagsWords[] = {
    {0x1, "EFD_SEMAPHORE"}, {0x80000, "EFD_CLOEXEC"}, {0x800, "EFD_NONBLOCK"},
};

constexpr Word kAtFlagsWords[] = {
    {0x100, "AT_SYMLINK_NOFOLLOW"}, {0x400, "AT_SYMLINK_FOLLOW"}, {0x800, "AT_NO_AUTOMOUNT"},
    {0x1000, "AT_EMPTY_PATH"}, {0x2000, "AT_STATX_FORCE_SYNC"}, {0x4000, "AT_STATX_DONT_SYNC"},
    {0x8000, "AT_RECURSIVE"}, {0x10000, "AT_EXECVE_CHECK"},
};

constexpr Word kUnlinkatFlagsWords[] = {
    {0x200, "AT_REMOVEDIR"},
};

constexpr Word kFaccessatFlagsWords[] = {
    {0x100, "AT_SYMLINK_NOFOLLOW"}, {0x200, "AT_EACCESS"}, {0x1000, "AT_EMPTY_PATH"},
};

constexpr Word kHandleFlagsWords[] = {
    {0x1, "AT_HANDLE_MNT_ID_UNIQUE"}, {0x2, "AT_HANDLE_CONNECTABLE"}, {0x200, "AT_HANDLE_FID"},
    {0x400, "AT_SYMLINK_FOLLOW"}, {0x1000, "AT_EMPTY_PATH"},
};

constexpr Word kAccessModeWords[] = {
    {0x4, "R_OK"}, {0x2, "W_OK"}, {0x1, "X_OK"},
};

constexpr Word kWhenceWords[] = {
    {0, "SEEK_SET"}, {1, "SEEK_CUR"}, {2, "SEEK_END"}, {3, "SEEK_DATA"}, {4, "SEEK_HOLE"},
};

constexpr Word kFcntlCmdWords[] = {
    {0, "F_DUPFD"}, {1, "F_GETFD"}, {2, "F_SETFD"}, {3, "F_GETFL"}, {4, "F_SETFL"}, {5, "F_GETLK"},
    {6, "F_SETLK"}, {7, "F_SETLKW"}, {8, "F_SETOWN"}, {9, "F_GETOWN"}, {10, "F_SETSIG"},
    {11, "F_GETSIG"}, {12, "F_GETLK64"}, {13, "F_SETLK64"}, {14, "F_SETLKW64"}, {15, "F_SETOWN_EX"},
    {16, "F_GETOWN_EX"}, {17, "F_GETOWNER_UIDS"}, {36, "F_OFD_GETLK"}, {37, "F_OFD_SETLK"},
    {38, "F_OFD_SETLKW"}, {1024, "F_SETLEASE"}, {1025, "F_GETLEASE"}, {1026, "F_NOTIFY"},
    {1027, "F_DUPFD_QUERY"}, {1028, "F_CREATED_QUERY"}, {1029, "F_CANCELLK"},
    {1030, "F_DUPFD_CLOEXEC"}, {1031, "F_SETPIPE_SZ"}, {1032, "F_GETPIPE_SZ"},
    {1033, "F_ADD_SEALS"}, {1034, "F_GET_SEALS"}, {1035, "F_GET_RW_HINT"}, {1036, "F_SET_RW_HINT"},
    {1037, "F_GET_FILE_RW_HINT"}, {1038, "F_SET_FILE_RW_HINT"},
};

constexpr Word kIoctlRequestWords[] = {
    {0x5401, "TCGETS"}, {0x5402, "TCSETS"}, {0x5403, "TCSETSW"}, {0x5404, "TCSETSF"},
    {0x5409, "TCSBRK"}, {0x540a, "TCXONC"}, {0x540b, "TCFLSH"}, {0x540c, "TIOCEXCL"},
    {0x540d, "TIOCNXCL"}, {0x540e, "TIOCSCTTY"}, {0x540f, "TIOCGPGRP"}, {0x5410, "TIOCSPGRP"},
    {0x5411, "TIOCOUTQ"}, {0x5412, "TIOCSTI"}, {0x5413, "TIOCGWINSZ"}, {0x5414, "TIOCSWINSZ"},
    {0x541b, "FIONREAD"}, {0x541c, "TIOCLINUX"}, {0x541d, "TIOCCONS"}, {0x5421, "FIONBIO"},
    {0x5422, "TIOCNOTTY"}, {0x5423, "TIOCSETD"}, {0x5424, "TIOCGETD"}, {0x5429, "TIOCGSID"},
    {0x80045430, "TIOCGPTN"}, {0x40045431, "TIOCSPTLCK"}, {0x5441, "TIOCGPTPEER"},
    {0x5450, "FIONCLEX"}, {0x5451, "FIOCLEX"}, {0x5452, "FIOASYNC"}, {0x40049409, "FICLONE"},
    {0x4020940d, "FICLONERANGE"}, {0xc0189436, "FIDEDUPERANGE"}, {0x80086601, "FS_IOC_GETFLAGS"},
    {0x40086602, "FS_IOC_SETFLAGS"}, {0xc020660b, "FS_IOC_FIEMAP"}, {0xc0045877, "FIFREEZE"},
    {0xc0045878, "FITHAW"}, {0xc0185879, "FITRIM"}, {0x80081272, "BLKGETSIZE64"},
    {0x4c00, "LOOP_SET_FD"}, {0x4c01, "LOOP_CLR_FD"}, {0x4c04, "LOOP_SET_STATUS64"},
    {0x4c05, "LOOP_GET_STATUS64"}, {0x4c0a, "LOOP_CONFIGURE"}, {0x4c82, "LOOP_CTL_GET_FREE"},
    {0x8910, "SIOCGIFNAME"}, {0x8912, "SIOCGIFCONF"}, {0x8913, "SIOCGIFFLAGS"},
    {0x8914, "SIOCSIFFLAGS"}, {0x8915, "SIOCGIFADDR"}, {0x8916, "SIOCSIFADDR"},
    {0x891b, "SIOCGIFNETMASK"}, {0x8921, "SIOCGIFMTU"}, {0x8927, "SIOCGIFHWADDR"},
    {0x8933, "SIOCGIFINDEX"}, {0x8946, "SIOCETHTOOL"}, {0xb701, "NS_GET_USERNS"},
    {0xb702, "NS_GET_PARENT"}, {0xb703, "NS_GET_NSTYPE"}, {0xb704, "NS_GET_OWNER_UID"},
    {0xc0502100, "SECCOMP_IOCTL_NOTIF_RECV"}, {0xc0182101, "SECCOMP_IOCTL_NOTIF_SEND"},
    {0x40082102, "SECCOMP_IOCTL_NOTIF_ID_VALID"}, {0x40182103, "SECCOMP_IOCTL_NOTIF_ADDFD"},
    {0x400454ca, "TUNSETIFF"}, {0xae01, "KVM_CREATE_VM"}, {0xae80, "KVM_RUN"},
    {0x2400, "PERF_EVENT_IOC_ENABLE"}, {0x2401, "PERF_EVENT_IOC_DISABLE"},
    {0x40042408, "PERF_EVENT_IOC_SET_BPF"},
};

constexpr Word kFlockOpWords[] = {
    {0x1, "LOCK_SH"}, {0x2, "LOCK_EX"}, {0x8, "LOCK_UN"}, {0x4, "LOCK_NB"},
};

constexpr Word kRenameFlagsWords[] = {
    {0x1, "RENAME_NOREPLACE"}, {0x2, "RENAME_EXCHANGE"}, {0x4, "RENAME_WHITEOUT"},
};

constexpr Word kSpliceFlagsWords[] = {
    {0x1, "SPLICE_F_MOVE"}, {0x2, "SPLICE_F_NONBLOCK"}, {0x4, "SPLICE_F_MORE"},
    {0x8, "SPLICE_F_GIFT"},
};

constexpr Word kSyncRangeFlagsWords[] = {
    {0x1, "SYNC_FILE_RANGE_WAIT_BEFORE"}, {0x2, "SYNC_FILE_RANGE_WRITE"},
    {0x4, "SYNC_FILE_RANGE_WAIT_AFTER"},
};

constexpr Word kFallocateModeWords[] = {
    {0x1, "FALLOC_FL_KEEP_SIZE"}, {0x2, "FALLOC_FL_PUNCH_HOLE"}, {0x4, "FALLOC_FL_NO_HIDE_STALE"},
    {0x8, "FALLOC_FL_COLLAPSE_RANGE"}, {0x10, "FALLOC_FL_ZERO_RANGE"},
    {0x20, "FALLOC_FL_INSERT_RANGE"}, {0x40, "FALLOC_FL_UNSHARE_RANGE"},
    {0x80, "FALLOC_FL_WRITE_ZEROES"},
};

constexpr Word kFadviseAdviceWords[] = {
    {0, "POSIX_FADV_NORMAL"}, {1, "POSIX_FADV_RANDOM"}, {2, "POSIX_FADV_SEQUENTIAL"},
    {3, "POSIX_FADV_WILLNEED"}, {4, "POSIX_FADV_DONTNEED"}, {5, "POSIX_FADV_NOREUSE"},
};

constexpr Word kXattrFlagsWords[] = {
    {0x1, "XATTR_CREATE"}, {0x2, "XATTR_REPLACE"},
};

constexpr Word kInotifyMaskWords[] = {
    {0x1, "IN_ACCESS"}, {0x2, "IN_MODIFY"}, {0x4, "IN_ATTRIB"}, {0x8, "IN_CLOSE_WRITE"},
    {0x10, "IN_CLOSE_NOWRITE"}, {0x20, "IN_OPEN"}, {0x40, "IN_MOVED_FROM"}, {0x80, "IN_MOVED_TO"},
    {0x100, "IN_CREATE"}, {0x200, "IN_DELETE"}, {0x400, "IN_DELETE_SELF"}, {0x800, "IN_MOVE_SELF"},
    {0x2000, "IN_UNMOUNT"}, {0x4000, "IN_Q_OVERFLOW"}, {0x8000, "IN_IGNORED"},
    {0x1000000, "IN_ONLYDIR"}, {0x2000000, "IN_DONT_FOLLOW"}, {0x4000000, "IN_EXCL_UNLINK"},
    {0x10000000, "IN_MASK_CREATE"}, {0x20000000, "IN_MASK_ADD"}, {0x40000000, "IN_ISDIR"},
    {0x80000000, "IN_ONESHOT"},
};

constexpr Word kFanotifyInitFlagsChoices[] = {
    {0, "FAN_CLASS_NOTIF"}, {4, "FAN_CLASS_CONTENT"}, {8, "FAN_CLASS_PRE_CONTENT"},
};

constexpr Word kFanotifyInitFlagsFlags[] = {
    {0x1, "FAN_CLOEXEC"}, {0x2, "FAN_NONBLOCK"}, {0x10, "FAN_UNLIMITED_QUEUE"},
    {0x20, "FAN_UNLIMITED_MARKS"}, {0x40, "FAN_ENABLE_AUDIT"}, {0x80, "FAN_REPORT_PIDFD"},
    {0x100, "FAN_REPORT_TID"}, {0x200, "FAN_REPORT_FID"}, {0x400, "FAN_REPORT_DIR_FID"},
    {0x800, "FAN_REPORT_NAME"}, {0x1000, "FAN_REPORT_TARGET_FID"}, {0x2000, "FAN_REPORT_FD_ERROR"},
    {0x4000, "FAN_REPORT_MNT"},
};

constexpr Word kFanotifyMarkFlagsWords[] = {
    {0x1, "FAN_MARK_ADD"}, {0x2, "FAN_MARK_REMOVE"}, {0x4, "FAN_MARK_DONT_FOLLOW"},
    {0x8, "FAN_MARK_ONLYDIR"}, {0x10, "FAN_MARK_MOUNT"}, {0x20, "FAN_MARK_IGNORED_MASK"},
    {0x40, "FAN_MARK_IGNORED_SURV_MODIFY"}, {0x80, "FAN_MARK_FLUSH"},
    {0x100, "FAN_MARK_FILESYSTEM"}, {0x200, "FAN_MARK_EVICTABLE"}, {0x400, "FAN_MARK_IGNORE"},
};

constexpr Word kFanotifyMaskWords[] = {
    {0x1, "FAN_ACCESS"}, {0x2, "FAN_MODIFY"}, {0x4, "FAN_ATTRIB"}, {0x8, "FAN_CLOSE_WRITE"},
    {0x10, "FAN_CLOSE_NOWRITE"}, {0x20, "FAN_OPEN"}, {0x40, "FAN_MOVED_FROM"},
    {0x80, "FAN_MOVED_TO"}, {0x100, "FAN_CREATE"}, {0x200, "FAN_DELETE"},
    {0x400, "FAN_DELETE_SELF"}, {0x800, "FAN_MOVE_SELF"}, {0x1000, "FAN_OPEN_EXEC"},
    {0x4000, "FAN_Q_OVERFLOW"}, {0x8000, "FAN_FS_ERROR"}, {0x10000, "FAN_OPEN_PERM"},
    {0x20000, "FAN_ACCESS_PERM"}, {0x40000, "FAN_OPEN_EXEC_PERM"}, {0x100000, "FAN_PRE_ACCESS"},
    {0x1000000, "FAN_MNT_ATTACH"}, {0x2000000, "FAN_MNT_DETACH"},
    {0x8000000, "FAN_EVENT_ON_CHILD"}, {0x10000000, "FAN_RENAME"}, {0x40000000, "FAN_ONDIR"},
};

constexpr Word kMemfdFlagsWords[] = {
    {0x78000000, "MFD_HUGE_1GB"}, {0x54000000, "MFD_HUGE_2MB"},
    {0x1, "MFD_CLOEXEC"}, {0x2, "MFD_ALLOW_SEALING"}, {0x4, "MFD_HUGETLB"},
    {0x8, "MFD_NOEXEC_SEAL"}, {0x10, "MFD_EXEC"},
};

constexpr Word kStatxMaskWords[] = {
    {0x7ff, "STATX_BASIC_STATS"}, {0x1, "STATX_TYPE"}, {0x2, "STATX_MODE"}, {0x4, "STATX_NLINK"},
    {0x8, "STATX_UID"}, {0x10, "STATX_GID"}, {0x20, "STATX_ATIME"}, {0x40, "STATX_MTIME"},
    {0x80, "STATX_CTIME"}, {0x100, "STATX_INO"}, {0x200, "STATX_SIZE"}, {0x400, "STATX_BLOCKS"},
    {0x800, "STATX_BTIME"}, {0x1000, "STATX_MNT_ID"}, {0x2000, "STATX_DIOALIGN"},
    {0x4000, "STATX_MNT_ID_UNIQUE"}, {0x8000, "STATX_SUBVOL"}, {0x10000, "STATX_WRITE_ATOMIC"},
    {0x20000, "STATX_DIO_READ_ALIGN"},
};

constexpr Word kCloseRangeFlagsWords[] = {
    {0x2, "CLOSE_RANGE_UNSHARE"}, {0x4, "CLOSE_RANGE_CLOEXEC"},
};

constexpr Word kRwfFlagsWords[] = {
    {0x1, "RWF_HIPRI"}, {0x2, "RWF_DSYNC"}, {0x4, "RWF_SYNC"}, {0x8, "RWF_NOWAIT"},
    {0x10, "RWF_APPEND"}, {0x20, "RWF_NOAPPEND"}, {0x40, "RWF_ATOMIC"}, {0x80, "RWF_DONTCACHE"},
};

constexpr Word kEpollOpWords[] = {
    {1, "EPOLL_CTL_ADD"}, {2, "EPOLL_CTL_DEL"}, {3, "EPOLL_CTL_MOD"},
};

constexpr Word kMountFlagsWords[] = {
    {0xc0ed0000, "MS_MGC_VAL"}, {0x1, "MS_RDONLY"}, {0x2, "MS_NOSUID"}, {0x4, "MS_NODEV"},
    {0x8, "MS_NOEXEC"}, {0x10, "MS_SYNCHRONOUS"}, {0x20, "MS_REMOUNT"}, {0x40, "MS_MANDLOCK"},
    {0x80, "MS_DIRSYNC"}, {0x100, "MS_NOSYMFOLLOW"}, {0x400, "MS_NOATIME"},
    {0x800, "MS_NODIRATIME"}, {0x1000, "MS_BIND"}, {0x2000, "MS_MOVE"}, {0x4000, "MS_REC"},
    {0x8000, "MS_SILENT"}, {0x10000, "MS_POSIXACL"}, {0x20000, "MS_UNBINDABLE"},
    {0x40000, "MS_PRIVATE"}, {0x80000, "MS_SLAVE"}, {0x100000, "MS_SHARED"},
    {0x200000, "MS_RELATIME"}, {0x400000, "MS_KERNMOUNT"}, {0x800000, "MS_I_VERSION"},
    {0x1000000, "MS_STRICTATIME"}, {0x2000000, "MS_LAZYTIME"},
};

constexpr Word kUmountFlagsWords[] = {
    {0x1, "MNT_FORCE"}, {0x2, "MNT_DETACH"}, {0x4, "MNT_EXPIRE"}, {0x8, "UMOUNT_NOFOLLOW"},
};

constexpr Word kSwapFlagsWords[] = {
    {0x8000, "SWAP_FLAG_PREFER"}, {0x10000, "SWAP_FLAG_DISCARD"},
    {0x20000, "SWAP_FLAG_DISCARD_ONCE"}, {0x40000, "SWAP_FLAG_DISCARD_PAGES"},
};

constexpr Word kOpenTreeFlagsWords[] = {
    {0x1, "OPEN_TREE_CLONE"}, {0x80000, "OPEN_TREE_CLOEXEC"}, {0x100, "AT_SYMLINK_NOFOLLOW"},
    {0x800, "AT_NO_AUTOMOUNT"}, {0x1000, "AT_EMPTY_PATH"}, {0x8000, "AT_RECURSIVE"},
};

constexpr Word kMoveMountFlagsWords[] = {
    {0x1, "MOVE_MOUNT_F_SYMLINKS"}, {0x2, "MOVE_MOUNT_F_AUTOMOUNTS"},
    {0x4, "MOVE_MOUNT_F_EMPTY_PATH"}, {0x10, "MOVE_MOUNT_T_SYMLINKS"},
    {0x20, "MOVE_MOUNT_T_AUTOMOUNTS"}, {0x40, "MOVE_MOUNT_T_EMPTY_PATH"},
    {0x100, "MOVE_MOUNT_SET_GROUP"}, {0x200, "MOVE_MOUNT_BENEATH"},
};

constexpr Word kFsopenFlagsWords[] = {
    {0x1, "FSOPEN_CLOEXEC"},
};

constexpr Word kFsmountFlagsWords[] = {
    {0x1, "FSMOUNT_CLOEXEC"},
};

constexpr Word kMountAttrFlagsChoices[] = {
    {16, "MOUNT_ATTR_NOATIME"}, {32, "MOUNT_ATTR_STRICTATIME"}, {0x70, "MOUNT_ATTR__ATIME"},
};

constexpr Word kMountAttrFlagsFlags[] = {
    {0x1, "MOUNT_ATTR_RDONLY"}, {0x2, "MOUNT_ATTR_NOSUID"}, {0x4, "MOUNT_ATTR_NODEV"},
    {0x8, "MOUNT_ATTR_NOEXEC"}, {0x80, "MOUNT_ATTR_NODIRATIME"}, {0x100000, "MOUNT_ATTR_IDMAP"},
    {0x200000, "MOUNT_ATTR_NOSYMFOLLOW"},
};

constexpr Word kFspickFlagsWords[] = {
    {0x1, "FSPICK_CLOEXEC"}, {0x2, "FSPICK_SYMLINK_NOFOLLOW"}, {0x4, "FSPICK_NO_AUTOMOUNT"},
    {0x8, "FSPICK_EMPTY_PATH"},
};

constexpr Word kFsconfigCmdWords[] = {
    {0, "FSCONFIG_SET_FLAG"}, {1, "FSCONFIG_SET_STRING"}, {2, "FSCONFIG_SET_BINARY"},
    {3, "FSCONFIG_SET_PATH"}, {4, "FSCONFIG_SET_PATH_EMPTY"}, {5, "FSCONFIG_SET_FD"},
    {6, "FSCONFIG_CMD_CREATE"}, {7, "FSCONFIG_CMD_RECONFIGURE"}, {8, "FSCONFIG_CMD_CREATE_EXCL"},
};

constexpr Decoder kDecoders[] = {
    {Kind::open_flags, 3, kOpenFlagsChoices, kOpenFlagsFlags},
    {Kind::mode, 0170000, kModeWords, {},
     {.octal_mask = ~uint64_t{0170000}, .zero_choice_is_silent = true}},
    {Kind::dirfd, kWhole, kDirfdWords, {}, {.others_are_numbers = true}},
    {Kind::fd_flags, 0, {}, kFdFlagsWords},
    {Kind::eventfd_flags, 0, {}, kEventfdFlagsWords},
    {Kind::at_flags, 0, {}, kAtFlagsWords},
    {Kind::unlinkat_flags, 0, {}, kUnlinkatFlagsWords},
    {Kind::faccessat_flags, 0, {}, kFaccessatFlagsWords},
    {Kind::handle_flags, 0, {}, kHandleFlagsWords},
    {Kind::access_mode, 0, {}, kAccessModeWords, {.zero = "F_OK"}},
    {Kind::whence, kWhole, kWhenceWords, {}},
    {Kind::fcntl_cmd, kWhole, kFcntlCmdWords, {}},
    {Kind::ioctl_request, kWhole, kIoctlRequestWords, {}},
    {Kind::flock_op, 0, {}, kFlockOpWords},
    {Kind::rename_flags, 0, {}, kRenameFlagsWords},
    {Kind::splice_flags, 0, {}, kSpliceFlagsWords},
    {Kind::sync_range_flags, 0, {}, kSyncRangeFlagsWords},
    {Kind::fallocate_mode, 0, {}, kFallocateModeWords},
    {Kind::fadvise_advice, kWhole, kFadviseAdviceWords, {}},
    {Kind::xattr_flags, 0, {}, kXattrFlagsWords},
    {Kind::inotify_mask, 0, {}, kInotifyMaskWords},
    {Kind::fanotify_init_flags, 0xc, kFanotifyInitFlagsChoices, kFanotifyInitFlagsFlags},
    {Kind::fanotify_mark_flags, 0, {}, kFanotifyMarkFlagsWords},
    {Kind::fanotify_mask, 0, {}, kFanotifyMaskWords},
    {Kind::memfd_flags, 0, {}, kMemfdFlagsWords},
    {Kind::statx_mask, 0, {}, kStatxMaskWords},
    {Kind::close_range_flags, 0, {}, kCloseRangeFlagsWords},
    {Kind::rwf_flags, 0, {}, kRwfFlagsWords},
    {Kind::epoll_op, kWhole, kEpollOpWords, {}},
    {Kind::mount_flags, 0, {}, kMountFlagsWords},
    {Kind::umount_flags, 0, {}, kUmountFlagsWords},
    {Kind::swap_flags, 0, {}, kSwapFlagsWords},
    {Kind::open_tree_flags, 0, {}, kOpenTreeFlagsWords},
    {Kind::move_mount_flags, 0, {}, kMoveMountFlagsWords},
    {Kind::fsopen_flags, 0, {}, kFsopenFlagsWords},
    {Kind::fsmount_flags, 0, {}, kFsmountFlagsWords},
    {Kind::mount_attr_flags, 0x70, kMountAttrFlagsChoices, kMountAttrFlagsFlags,
     {.zero_choice_is_silent = true}},
    {Kind::fspick_flags, 0, {}, kFspickFlagsWords},
    {Kind::fsconfig_cmd, kWhole, kFsconfigCmdWords, {}},
};
// clang-format on

}  // namespace

std::span<const Decoder> files_decoders() { return kDecoders; }

}  // namespace ctrace::words
