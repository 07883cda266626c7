// Words for the arguments of process, memory, signal, IPC and time calls. Values are those of the
// kernel's uapi headers; composite flags stand before their parts.
#include "format/decode/words.h"

namespace ctrace::words {
namespace {

// clang-format off
constexpr Word kSignalWords[] = {
    {1, "SIGHUP"}, {2, "SIGINT"}, {3, "SIGQUIT"}, {4, "SIGILL"}, {5, "SIGTRAP"}, {6, "SIGABRT"},
    {7, "SIGBUS"}, {8, "SIGFPE"}, {9, "SIGKILL"}, {10, "SIGUSR1"}, {11, "SIGSEGV"}, {12, "SIGUSR2"},
    {13, "SIGPIPE"}, {14, "SIGALRM"}, {15, "SIGTERM"}, {16, "SIGSTKFLT"}, {17, "SIGCHLD"},
    {18, "SIGCONT"}, {19, "SIGSTOP"}, {20, "SIGTSTP"}, {21, "SIGTTIN"}, {22, "SIGTTOU"},
    {23, "SIGURG"}, {24, "SIGXCPU"}, {25, "SIGXFSZ"}, {26, "SIGVTALRM"}, {27, "SIGPROF"},
    {28, "SIGWINCH"}, {29, "SIGIO"}, {30, "SIGPWR"}, {31, "SIGSYS"},
};

constexpr Word kProtWords[] = {
    {0x1, "PROT_READ"}, {0x2, "PROT_WRITE"}, {0x4, "PROT_EXEC"}, {0x8, "PROT_SEM"},
    {0x1000000, "PROT_GROWSDOWN"}, {0x2000000, "PROT_GROWSUP"},
};

constexpr Word kMapFlagsChoices[] = {
    {0, "MAP_FILE"}, {1, "MAP_SHARED"}, {2, "MAP_PRIVATE"}, {3, "MAP_SHARED_VALIDATE"},
    {8, "MAP_DROPPABLE"},
};

constexpr Word kMapFlagsFlags[] = {
    {0x10, "MAP_FIXED"}, {0x20, "MAP_ANONYMOUS"}, {0x40, "MAP_32BIT"}, {0x80, "MAP_ABOVE4G"},
    {0x100, "MAP_GROWSDOWN"}, {0x800, "MAP_DENYWRITE"}, {0x1000, "MAP_EXECUTABLE"},
    {0x2000, "MAP_LOCKED"}, {0x4000, "MAP_NORESERVE"}, {0x8000, "MAP_POPULATE"},
    {0x10000, "MAP_NONBLOCK"}, {0x20000, "MAP_STACK"}, {0x40000, "MAP_HUGETLB"},
    {0x80000, "MAP_SYNC"}, {0x100000, "MAP_FIXED_NOREPLACE"}, {0x4000000, "MAP_UNINITIALIZED"},
};

constexpr Word kCloneFlagsWords[] = {
    {0x100, "CLONE_VM"}, {0x200, "CLONE_FS"}, {0x400, "CLONE_FILES"}, {0x800, "CLONE_SIGHAND"},
    {0x1000, "CLONE_PIDFD"}, {0x2000, "CLONE_PTRACE"}, {0x4000, "CLONE_VFORK"},
    {0x8000, "CLONE_PARENT"}, {0x10000, "CLONE_THREAD"}, {0x20000, "CLONE_NEWNS"},
    {0x40000, "CLONE_SYSVSEM"}, {0x80000, "CLONE_SETTLS"}, {0x100000, "CLONE_PARENT_SETTID"},
    {0x200000, "CLONE_CHILD_CLEARTID"}, {0x400000, "CLONE_DETACHED"}, {0x800000, "CLONE_UNTRACED"},
    {0x1000000, "CLONE_CHILD_SETTID"}, {0x2000000, "CLONE_NEWCGROUP"}, {0x4000000, "CLONE_NEWUTS"},
    {0x8000000, "CLONE_NEWIPC"}, {0x10000000, "CLONE_NEWUSER"}, {0x20000000, "CLONE_NEWPID"},
    {0x40000000, "CLONE_NEWNET"}, {0x80000000, "CLONE_IO"}, {0x100000000, "CLONE_CLEAR_SIGHAND"},
    {0x200000000, "CLONE_INTO_CGROUP"},
};

constexpr Word kNamespaceFlagsWords[] = {
    {0x80, "CLONE_NEWTIME"}, {0x100, "CLONE_VM"}, {0x200, "CLONE_FS"}, {0x400, "CLONE_FILES"},
    {0x800, "CLONE_SIGHAND"}, {0x10000, "CLONE_THREAD"}, {0x20000, "CLONE_NEWNS"},
    {0x40000, "CLONE_SYSVSEM"}, {0x2000000, "CLONE_NEWCGROUP"}, {0x4000000, "CLONE_NEWUTS"},
    {0x8000000, "CLONE_NEWIPC"}, {0x10000000, "CLONE_NEWUSER"}, {0x20000000, "CLONE_NEWPID"},
    {0x40000000, "CLONE_NEWNET"},
};

constexpr Word kSigmaskHowWords[] = {
    {0, "SIG_BLOCK"}, {1, "SIG_UNBLOCK"}, {2, "SIG_SETMASK"},
};

constexpr Word kWaitOptionsWords[] = {
    {0x1, "WNOHANG"}, {0x2, "WUNTRACED"}, {0x4, "WEXITED"}, {0x8, "WCONTINUED"},
    {0x1000000, "WNOWAIT"}, {0x20000000, "__WNOTHREAD"}, {0x40000000, "__WALL"},
    {0x80000000, "__WCLONE"},
};

constexpr Word kWaitIdTypeWords[] = {
    {0, "P_ALL"}, {1, "P_PID"}, {2, "P_PGID"}, {3, "P_PIDFD"},
};

constexpr Word kPtraceRequestWords[] = {
    {0x0, "PTRACE_TRACEME"}, {0x1, "PTRACE_PEEKTEXT"}, {0x2, "PTRACE_PEEKDATA"},
    {0x3, "PTRACE_PEEKUSER"}, {0x4, "PTRACE_POKETEXT"}, {0x5, "PTRACE_POKEDATA"},
    {0x6, "PTRACE_POKEUSER"}, {0x7, "PTRACE_CONT"}, {0x8, "PTRACE_KILL"},
    {0x9, "PTRACE_SINGLESTEP"}, {0xc, "PTRACE_GETREGS"}, {0xd, "PTRACE_SETREGS"},
    {0xe, "PTRACE_GETFPREGS"}, {0xf, "PTRACE_SETFPREGS"}, {0x10, "PTRACE_ATTACH"},
    {0x11, "PTRACE_DETACH"}, {0x12, "PTRACE_GETFPXREGS"}, {0x13, "PTRACE_SETFPXREGS"},
    {0x15, "PTRACE_OLDSETOPTIONS"}, {0x18, "PTRACE_SYSCALL"}, {0x19, "PTRACE_GET_THREAD_AREA"},
    {0x1a, "PTRACE_SET_THREAD_AREA"}, {0x1e, "PTRACE_ARCH_PRCTL"}, {0x1f, "PTRACE_SYSEMU"},
    {0x20, "PTRACE_SYSEMU_SINGLESTEP"}, {0x21, "PTRACE_SINGLEBLOCK"}, {0x4200, "PTRACE_SETOPTIONS"},
    {0x4201, "PTRACE_GETEVENTMSG"}, {0x4202, "PTRACE_GETSIGINFO"}, {0x4203, "PTRACE_SETSIGINFO"},
    {0x4204, "PTRACE_GETREGSET"}, {0x4205, "PTRACE_SETREGSET"}, {0x4206, "PTRACE_SEIZE"},
    {0x4207, "PTRACE_INTERRUPT"}, {0x4208, "PTRACE_LISTEN"}, {0x4209, "PTRACE_PEEKSIGINFO"},
    {0x420a, "PTRACE_GETSIGMASK"}, {0x420b, "PTRACE_SETSIGMASK"},
    {0x420c, "PTRACE_SECCOMP_GET_FILTER"}, {0x420d, "PTRACE_SECCOMP_GET_METADATA"},
    {0x420e, "PTRACE_GET_SYSCALL_INFO"}, {0x420f, "PTRACE_GET_RSEQ_CONFIGURATION"},
    {0x4210, "PTRACE_SET_SYSCALL_USER_DISPATCH_CONFIG"},
    {0x4211, "PTRACE_GET_SYSCALL_USER_DISPATCH_CONFIG"}, {0x4212, "PTRACE_SET_SYSCALL_INFO"},
};

constexpr Word kPrctlOptionWords[] = {
    {0x1, "PR_SET_PDEATHSIG"}, {0x2, "PR_GET_PDEATHSIG"}, {0x3, "PR_GET_DUMPABLE"},
    {0x4, "PR_SET_DUMPABLE"}, {0x5, "PR_GET_UNALIGN"}, {0x6, "PR_SET_UNALIGN"},
    {0x7, "PR_GET_KEEPCAPS"}, {0x8, "PR_SET_KEEPCAPS"}, {0x9, "PR_GET_FPEMU"},
    {0xa, "PR_SET_FPEMU"}, {0xb, "PR_GET_FPEXC"}, {0xc, "PR_SET_FPEXC"}, {0xd, "PR_GET_TIMING"},
    {0xe, "PR_SET_TIMING"}, {0xf, "PR_SET_NAME"}, {0x10, "PR_GET_NAME"}, {0x13, "PR_GET_ENDIAN"},
    {0x14, "PR_SET_ENDIAN"}, {0x15, "PR_GET_SECCOMP"}, {0x16, "PR_SET_SECCOMP"},
    {0x17, "PR_CAPBSET_READ"}, {0x18, "PR_CAPBSET_DROP"}, {0x19, "PR_GET_TSC"},
    {0x1a, "PR_SET_TSC"}, {0x1b, "PR_GET_SECUREBITS"}, {0x1c, "PR_SET_SECUREBITS"},
    {0x1d, "PR_SET_TIMERSLACK"}, {0x1e, "PR_GET_TIMERSLACK"}, {0x1f, "PR_TASK_PERF_EVENTS_DISABLE"},
    {0x20, "PR_TASK_PERF_EVENTS_ENABLE"}, {0x21, "PR_MCE_KILL"}, {0x22, "PR_MCE_KILL_GET"},
    {0x23, "PR_SET_MM"}, {0x24, "PR_SET_CHILD_SUBREAPER"}, {0x25, "PR_GET_CHILD_SUBREAPER"},
    {0x26, "PR_SET_NO_NEW_PRIVS"}, {0x27, "PR_GET_NO_NEW_PRIVS"}, {0x28, "PR_GET_TID_ADDRESS"},
    {0x29, "PR_SET_THP_DISABLE"}, {0x2a, "PR_GET_THP_DISABLE"}, {0x2b, "PR_MPX_ENABLE_MANAGEMENT"},
    {0x2c, "PR_MPX_DISABLE_MANAGEMENT"}, {0x2d, "PR_SET_FP_MODE"}, {0x2e, "PR_GET_FP_MODE"},
    {0x2f, "PR_CAP_AMBIENT"}, {0x32, "PR_SVE_SET_VL"}, {0x33, "PR_SVE_GET_VL"},
    {0x34, "PR_GET_SPECULATION_CTRL"}, {0x35, "PR_SET_SPECULATION_CTRL"},
    {0x36, "PR_PAC_RESET_KEYS"}, {0x37, "PR_SET_TAGGED_ADDR_CTRL"},
    {0x38, "PR_GET_TAGGED_ADDR_CTRL"}, {0x39, "PR_SET_IO_FLUSHER"}, {0x3a, "PR_GET_IO_FLUSHER"},
    {0x3b, "PR_SET_SYSCALL_USER_DISPATCH"}, {0x3c, "PR_PAC_SET_ENABLED_KEYS"},
    {0x3d, "PR_PAC_GET_ENABLED_KEYS"}, {0x3e, "PR_SCHED_CORE"}, {0x3f, "PR_SME_SET_VL"},
    {0x40, "PR_SME_GET_VL"}, {0x41, "PR_SET_MDWE"}, {0x42, "PR_GET_MDWE"},
    {0x43, "PR_SET_MEMORY_MERGE"}, {0x44, "PR_GET_MEMORY_MERGE"}, {0x45, "PR_RISCV_V_SET_CONTROL"},
    {0x46, "PR_RISCV_V_GET_CONTROL"}, {0x47, "PR_RISCV_SET_ICACHE_FLUSH_CTX"},
    {0x48, "PR_PPC_GET_DEXCR"}, {0x49, "PR_PPC_SET_DEXCR"}, {0x4a, "PR_GET_SHADOW_STACK_STATUS"},
    {0x4b, "PR_SET_SHADOW_STACK_STATUS"}, {0x4c, "PR_LOCK_SHADOW_STACK_STATUS"},
    {0x4d, "PR_TIMER_CREATE_RESTORE_IDS"}, {0x4e, "PR_FUTEX_HASH"}, {0x41555856, "PR_GET_AUXV"},
    {0x53564d41, "PR_SET_VMA"}, {0x59616d61, "PR_SET_PTRACER"},
};

constexpr Word kArchPrctlOpWords[] = {
    {0x1001, "ARCH_SET_GS"}, {0x1002, "ARCH_SET_FS"}, {0x1003, "ARCH_GET_FS"},
    {0x1004, "ARCH_GET_GS"}, {0x1011, "ARCH_GET_CPUID"}, {0x1012, "ARCH_SET_CPUID"},
    {0x1021, "ARCH_GET_XCOMP_SUPP"}, {0x1022, "ARCH_GET_XCOMP_PERM"},
    {0x1023, "ARCH_REQ_XCOMP_PERM"}, {0x1024, "ARCH_GET_XCOMP_GUEST_PERM"},
    {0x1025, "ARCH_REQ_XCOMP_GUEST_PERM"}, {0x2001, "ARCH_MAP_VDSO_X32"},
    {0x2002, "ARCH_MAP_VDSO_32"}, {0x2003, "ARCH_MAP_VDSO_64"}, {0x4001, "ARCH_GET_UNTAG_MASK"},
    {0x4002, "ARCH_ENABLE_TAGGED_ADDR"}, {0x5001, "ARCH_SHSTK_ENABLE"},
    {0x5002, "ARCH_SHSTK_DISABLE"}, {0x5003, "ARCH_SHSTK_LOCK"}, {0x5004, "ARCH_SHSTK_UNLOCK"},
    {0x5005, "ARCH_SHSTK_STATUS"},
};

constexpr Word kRlimitResourceWords[] = {
    {0, "RLIMIT_CPU"}, {1, "RLIMIT_FSIZE"}, {2, "RLIMIT_DATA"}, {3, "RLIMIT_STACK"},
    {4, "RLIMIT_CORE"}, {5, "RLIMIT_RSS"}, {6, "RLIMIT_NPROC"}, {7, "RLIMIT_NOFILE"},
    {8, "RLIMIT_MEMLOCK"}, {9, "RLIMIT_AS"}, {10, "RLIMIT_LOCKS"}, {11, "RLIMIT_SIGPENDING"},
    {12, "RLIMIT_MSGQUEUE"}, {13, "RLIMIT_NICE"}, {14, "RLIMIT_RTPRIO"}, {15, "RLIMIT_RTTIME"},
};

constexpr Word kRusageWhoWords[] = {
    {0x0, "RUSAGE_SELF"}, {0xffffffff, "RUSAGE_CHILDREN"}, {0xfffffffe, "RUSAGE_BOTH"},
    {0x1, "RUSAGE_THREAD"},
};

constexpr Word kPriorityWhichWords[] = {
    {0, "PRIO_PROCESS"}, {1, "PRIO_PGRP"}, {2, "PRIO_USER"},
};

constexpr Word kIoprioWhichWords[] = {
    {1, "IOPRIO_WHO_PROCESS"}, {2, "IOPRIO_WHO_PGRP"}, {3, "IOPRIO_WHO_USER"},
};

constexpr Word kSchedPolicyChoices[] = {
    {0, "SCHED_OTHER"}, {1, "SCHED_FIFO"}, {2, "SCHED_RR"}, {3, "SCHED_BATCH"}, {5, "SCHED_IDLE"},
    {6, "SCHED_DEADLINE"}, {7, "SCHED_EXT"},
};

constexpr Word kSchedPolicyFlags[] = {
    {0x40000000, "SCHED_RESET_ON_FORK"},
};

constexpr Word kSeccompOpWords[] = {
    {0, "SECCOMP_SET_MODE_STRICT"}, {1, "SECCOMP_SET_MODE_FILTER"}, {2, "SECCOMP_GET_ACTION_AVAIL"},
    {3, "SECCOMP_GET_NOTIF_SIZES"},
};

constexpr Word kSeccompFlagsWords[] = {
    {0x1, "SECCOMP_FILTER_FLAG_TSYNC"}, {0x2, "SECCOMP_FILTER_FLAG_LOG"},
    {0x4, "SECCOMP_FILTER_FLAG_SPEC_ALLOW"}, {0x8, "SECCOMP_FILTER_FLAG_NEW_LISTENER"},
    {0x10, "SECCOMP_FILTER_FLAG_TSYNC_ESRCH"}, {0x20, "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"},
};

constexpr Word kKcmpTypeWords[] = {
    {0, "KCMP_FILE"}, {1, "KCMP_VM"}, {2, "KCMP_FILES"}, {3, "KCMP_FS"}, {4, "KCMP_SIGHAND"},
    {5, "KCMP_IO"}, {6, "KCMP_SYSVSEM"}, {7, "KCMP_EPOLL_TFD"},
};

constexpr Word kMembarrierCmdWords[] = {
    {0, "MEMBARRIER_CMD_QUERY"}, {1, "MEMBARRIER_CMD_GLOBAL"},
    {2, "MEMBARRIER_CMD_GLOBAL_EXPEDITED"}, {4, "MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED"},
    {8, "MEMBARRIER_CMD_PRIVATE_EXPEDITED"}, {16, "MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED"},
    {32, "MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE"},
    {64, "MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE"},
    {128, "MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ"},
    {256, "MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_RSEQ"},
    {512, "MEMBARRIER_CMD_GET_REGISTRATIONS"},
};

constexpr Word kLandlockRuleWords[] = {
    {1, "LANDLOCK_RULE_PATH_BENEATH"}, {2, "LANDLOCK_RULE_NET_PORT"},
};

constexpr Word kPersonalityFlagsChoices[] = {
    {0, "PER_LINUX"}, {8, "PER_LINUX32"}, {255, "PER_QUERY"},
};

constexpr Word kPersonalityFlagsFlags[] = {
    {0x20000, "UNAME26"}, {0x40000, "ADDR_NO_RANDOMIZE"}, {0x80000, "FDPIC_FUNCPTRS"},
    {0x100000, "MMAP_PAGE_ZERO"}, {0x200000, "ADDR_COMPAT_LAYOUT"}, {0x400000, "READ_IMPLIES_EXEC"},
    {0x800000, "ADDR_LIMIT_32BIT"}, {0x1000000, "SHORT_INODE"}, {0x2000000, "WHOLE_SECONDS"},
    {0x4000000, "STICKY_TIMEOUTS"}, {0x8000000, "ADDR_LIMIT_3GB"},
};

constexpr Word kMadviseAdviceWords[] = {
    {0, "MADV_NORMAL"}, {1, "MADV_RANDOM"}, {2, "MADV_SEQUENTIAL"}, {3, "MADV_WILLNEED"},
    {4, "MADV_DONTNEED"}, {8, "MADV_FREE"}, {9, "MADV_REMOVE"}, {10, "MADV_DONTFORK"},
    {11, "MADV_DOFORK"}, {12, "MADV_MERGEABLE"}, {13, "MADV_UNMERGEABLE"}, {14, "MADV_HUGEPAGE"},
    {15, "MADV_NOHUGEPAGE"}, {16, "MADV_DONTDUMP"}, {17, "MADV_DODUMP"}, {18, "MADV_WIPEONFORK"},
    {19, "MADV_KEEPONFORK"}, {20, "MADV_COLD"}, {21, "MADV_PAGEOUT"}, {22, "MADV_POPULATE_READ"},
    {23, "MADV_POPULATE_WRITE"}, {24, "MADV_DONTNEED_LOCKED"}, {25, "MADV_COLLAPSE"},
    {100, "MADV_HWPOISON"}, {101, "MADV_SOFT_OFFLINE"}, {102, "MADV_GUARD_INSTALL"},
    {103, "MADV_GUARD_REMOVE"},
};

constexpr Word kMsyncFlagsWords[] = {
    {0x1, "MS_ASYNC"}, {0x2, "MS_INVALIDATE"}, {0x4, "MS_SYNC"},
};

constexpr Word kMremapFlagsWords[] = {
    {0x1, "MREMAP_MAYMOVE"}, {0x2, "MREMAP_FIXED"}, {0x4, "MREMAP_DONTUNMAP"},
};

constexpr Word kMlockallFlagsWords[] = {
    {0x1, "MCL_CURRENT"}, {0x2, "MCL_FUTURE"}, {0x4, "MCL_ONFAULT"},
};

constexpr Word kMlock2FlagsWords[] = {
    {0x1, "MLOCK_ONFAULT"},
};

constexpr Word kPkeyRightsWords[] = {
    {0x1, "PKEY_DISABLE_ACCESS"}, {0x2, "PKEY_DISABLE_WRITE"},
};

constexpr Word kMempolicyModeChoices[] = {
    {0, "MPOL_DEFAULT"}, {1, "MPOL_PREFERRED"}, {2, "MPOL_BIND"}, {3, "MPOL_INTERLEAVE"},
    {4, "MPOL_LOCAL"}, {5, "MPOL_PREFERRED_MANY"}, {6, "MPOL_WEIGHTED_INTERLEAVE"},
};

constexpr Word kMempolicyModeFlags[] = {
    {0x8000, "MPOL_F_STATIC_NODES"}, {0x4000, "MPOL_F_RELATIVE_NODES"},
    {0x2000, "MPOL_F_NUMA_BALANCING"},
};

constexpr Word kIpcGetFlagsWords[] = {
    {0x200, "IPC_CREAT"}, {0x400, "IPC_EXCL"}, {0x800, "SHM_HUGETLB"}, {0x1000, "SHM_NORESERVE"},
};

constexpr Word kShmCmdChoices[] = {
    {0, "IPC_RMID"}, {1, "IPC_SET"}, {2, "IPC_STAT"}, {3, "IPC_INFO"}, {11, "SHM_LOCK"},
    {12, "SHM_UNLOCK"}, {13, "SHM_STAT"}, {14, "SHM_INFO"}, {15, "SHM_STAT_ANY"},
};

constexpr Word kShmCmdFlags[] = {
    {0x100, "IPC_64"},
};

constexpr Word kSemCmdChoices[] = {
    {0, "IPC_RMID"}, {1, "IPC_SET"}, {2, "IPC_STAT"}, {3, "IPC_INFO"}, {11, "GETPID"},
    {12, "GETVAL"}, {13, "GETALL"}, {14, "GETNCNT"}, {15, "GETZCNT"}, {16, "SETVAL"},
    {17, "SETALL"}, {18, "SEM_STAT"}, {19, "SEM_INFO"}, {20, "SEM_STAT_ANY"},
};

constexpr Word kSemCmdFlags[] = {
    {0x100, "IPC_64"},
};

constexpr Word kMsgCmdChoices[] = {
    {0, "IPC_RMID"}, {1, "IPC_SET"}, {2, "IPC_STAT"}, {3, "IPC_INFO"}, {11, "MSG_STAT"},
    {12, "MSG_INFO"}, {13, "MSG_STAT_ANY"},
};

constexpr Word kMsgCmdFlags[] = {
    {0x100, "IPC_64"},
};

constexpr Word kShmatFlagsWords[] = {
    {0x1000, "SHM_RDONLY"}, {0x2000, "SHM_RND"}, {0x4000, "SHM_REMAP"}, {0x8000, "SHM_EXEC"},
};

constexpr Word kMsgOpFlagsWords[] = {
    {0x800, "IPC_NOWAIT"}, {0x1000, "MSG_NOERROR"}, {0x2000, "MSG_EXCEPT"}, {0x4000, "MSG_COPY"},
};

constexpr Word kIpcCallWords[] = {
    {1, "SEMOP"}, {2, "SEMGET"}, {3, "SEMCTL"}, {4, "SEMTIMEDOP"}, {11, "MSGSND"}, {12, "MSGRCV"},
    {13, "MSGGET"}, {14, "MSGCTL"}, {21, "SHMAT"}, {22, "SHMDT"}, {23, "SHMGET"}, {24, "SHMCTL"},
};

constexpr Word kFutexOpChoices[] = {
    {0, "FUTEX_WAIT"}, {1, "FUTEX_WAKE"}, {2, "FUTEX_FD"}, {3, "FUTEX_REQUEUE"},
    {4, "FUTEX_CMP_REQUEUE"}, {5, "FUTEX_WAKE_OP"}, {6, "FUTEX_LOCK_PI"}, {7, "FUTEX_UNLOCK_PI"},
    {8, "FUTEX_TRYLOCK_PI"}, {9, "FUTEX_WAIT_BITSET"}, {10, "FUTEX_WAKE_BITSET"},
    {11, "FUTEX_WAIT_REQUEUE_PI"}, {12, "FUTEX_CMP_REQUEUE_PI"}, {13, "FUTEX_LOCK_PI2"},
};

constexpr Word kFutexOpFlags[] = {
    {0x80, "FUTEX_PRIVATE_FLAG"}, {0x100, "FUTEX_CLOCK_REALTIME"},
};

constexpr Word kFutex2FlagsChoices[] = {
    {0, "FUTEX2_SIZE_U8"}, {1, "FUTEX2_SIZE_U16"}, {2, "FUTEX2_SIZE_U32"}, {3, "FUTEX2_SIZE_U64"},
};

constexpr Word kFutex2FlagsFlags[] = {
    {0x4, "FUTEX2_NUMA"}, {0x8, "FUTEX2_MPOL"}, {0x80, "FUTEX2_PRIVATE"},
};

constexpr Word kClockIdWords[] = {
    {0, "CLOCK_REALTIME"}, {1, "CLOCK_MONOTONIC"}, {2, "CLOCK_PROCESS_CPUTIME_ID"},
    {3, "CLOCK_THREAD_CPUTIME_ID"}, {4, "CLOCK_MONOTONIC_RAW"}, {5, "CLOCK_REALTIME_COARSE"},
    {6, "CLOCK_MONOTONIC_COARSE"}, {7, "CLOCK_BOOTTIME"}, {8, "CLOCK_REALTIME_ALARM"},
    {9, "CLOCK_BOOTTIME_ALARM"}, {10, "CLOCK_SGI_CYCLE"}, {11, "CLOCK_TAI"},
};

constexpr Word kTimerFlagsWords[] = {
    {0x1, "TIMER_ABSTIME"},
};

constexpr Word kTimerfdFlagsWords[] = {
    {0x1, "TFD_TIMER_ABSTIME"}, {0x2, "TFD_TIMER_CANCEL_ON_SET"},
};

constexpr Word kItimerWhichWords[] = {
    {0, "ITIMER_REAL"}, {1, "ITIMER_VIRTUAL"}, {2, "ITIMER_PROF"},
};

constexpr Word kCapabilityWords[] = {
    {0, "CAP_CHOWN"}, {1, "CAP_DAC_OVERRIDE"}, {2, "CAP_DAC_READ_SEARCH"}, {3, "CAP_FOWNER"},
    {4, "CAP_FSETID"}, {5, "CAP_KILL"}, {6, "CAP_SETGID"}, {7, "CAP_SETUID"}, {8, "CAP_SETPCAP"},
    {9, "CAP_LINUX_IMMUTABLE"}, {10, "CAP_NET_BIND_SERVICE"}, {11, "CAP_NET_BROADCAST"},
    {12, "CAP_NET_ADMIN"}, {13, "CAP_NET_RAW"}, {14, "CAP_IPC_LOCK"}, {15, "CAP_IPC_OWNER"},
    {16, "CAP_SYS_MODULE"}, {17, "CAP_SYS_RAWIO"}, {18, "CAP_SYS_CHROOT"}, {19, "CAP_SYS_PTRACE"},
    {20, "CAP_SYS_PACCT"}, {21, "CAP_SYS_ADMIN"}, {22, "CAP_SYS_BOOT"}, {23, "CAP_SYS_NICE"},
    {24, "CAP_SYS_RESOURCE"}, {25, "CAP_SYS_TIME"}, {26, "CAP_SYS_TTY_CONFIG"}, {27, "CAP_MKNOD"},
    {28, "CAP_LEASE"}, {29, "CAP_AUDIT_WRITE"}, {30, "CAP_AUDIT_CONTROL"}, {31, "CAP_SETFCAP"},
    {32, "CAP_MAC_OVERRIDE"}, {33, "CAP_MAC_ADMIN"}, {34, "CAP_SYSLOG"}, {35, "CAP_WAKE_ALARM"},
    {36, "CAP_BLOCK_SUSPEND"}, {37, "CAP_AUDIT_READ"}, {38, "CAP_PERFMON"}, {39, "CAP_BPF"},
    {40, "CAP_CHECKPOINT_RESTORE"},
};

constexpr Decoder kDecoders[] = {
    {Kind::prot, 0, {}, kProtWords, {.zero = "PROT_NONE"}},
    {Kind::map_flags, 0xf, kMapFlagsChoices, kMapFlagsFlags},
    {Kind::clone_flags, 0xff, kSignalWords, kCloneFlagsWords, {.zero_choice_is_silent = true}},
    {Kind::clone3_flags, 0, {}, kCloneFlagsWords},
    {Kind::namespace_flags, 0, {}, kNamespaceFlagsWords},
    {Kind::signal, kWhole, kSignalWords, {}, {.others_are_numbers = true}},
    {Kind::capability, kWhole, kCapabilityWords, {}, {.others_are_numbers = true}},
    {Kind::sigmask_how, kWhole, kSigmaskHowWords, {}},
    {Kind::wait_options, 0, {}, kWaitOptionsWords},
    {Kind::wait_id_type, kWhole, kWaitIdTypeWords, {}},
    {Kind::ptrace_request, kWhole, kPtraceRequestWords, {}},
    {Kind::prctl_option, kWhole, kPrctlOptionWords, {}},
    {Kind::arch_prctl_op, kWhole, kArchPrctlOpWords, {}},
    {Kind::rlimit_resource, kWhole, kRlimitResourceWords, {}},
    {Kind::rusage_who, kWhole, kRusageWhoWords, {}},
    {Kind::priority_which, kWhole, kPriorityWhichWords, {}},
    {Kind::ioprio_which, kWhole, kIoprioWhichWords, {}},
    {Kind::sched_policy, 0x3fffffff, kSchedPolicyChoices, kSchedPolicyFlags},
    {Kind::seccomp_op, kWhole, kSeccompOpWords, {}},
    {Kind::seccomp_flags, 0, {}, kSeccompFlagsWords},
    {Kind::kcmp_type, kWhole, kKcmpTypeWords, {}},
    {Kind::membarrier_cmd, kWhole, kMembarrierCmdWords, {}},
    {Kind::landlock_rule, kWhole, kLandlockRuleWords, {}},
    {Kind::personality_flags, 0xff, kPersonalityFlagsChoices, kPersonalityFlagsFlags},
    {Kind::madvise_advice, kWhole, kMadviseAdviceWords, {}},
    {Kind::msync_flags, 0, {}, kMsyncFlagsWords},
    {Kind::mremap_flags, 0, {}, kMremapFlagsWords},
    {Kind::mlockall_flags, 0, {}, kMlockallFlagsWords},
    {Kind::mlock2_flags, 0, {}, kMlock2FlagsWords},
    {Kind::pkey_rights, 0, {}, kPkeyRightsWords},
    {Kind::mempolicy_mode, 0x1fff, kMempolicyModeChoices, kMempolicyModeFlags},
    {Kind::ipc_get_flags, 0, {}, kIpcGetFlagsWords, {.octal_mask = 0777}},
    {Kind::shm_cmd, 0xfffffeff, kShmCmdChoices, kShmCmdFlags},
    {Kind::sem_cmd, 0xfffffeff, kSemCmdChoices, kSemCmdFlags},
    {Kind::msg_cmd, 0xfffffeff, kMsgCmdChoices, kMsgCmdFlags},
    {Kind::shmat_flags, 0, {}, kShmatFlagsWords},
    {Kind::msg_op_flags, 0, {}, kMsgOpFlagsWords},
    {Kind::ipc_call, 0xffff, kIpcCallWords, {}},
    {Kind::futex_op, 0x7f, kFutexOpChoices, kFutexOpFlags},
    {Kind::futex2_flags, 3, kFutex2FlagsChoices, kFutex2FlagsFlags},
    {Kind::clock_id, kWhole, kClockIdWords, {}, {.others_are_numbers = true}},
    {Kind::timer_flags, 0, {}, kTimerFlagsWords},
    {Kind::timerfd_flags, 0, {}, kTimerfdFlagsWords},
    {Kind::itimer_which, kWhole, kItimerWhichWords, {}},
};
// clang-format on

}  // namespace

std::span<const Decoder> process_decoders() { return kDecoders; }

}  // namespace ctrace::words
