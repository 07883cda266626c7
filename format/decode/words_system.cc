// Words for the arguments of calls about the machine: BPF, keys, modules, reboot, I/O rings, memory
// policies, priorities. Values are those of the kernel's uapi headers; composite flags stand before
// their parts.
#include "format/decode/words.h"

namespace ctrace::words {
namespace {

// clang-format off
constexpr Word kKeySerialWords[] = {
    {0xffffffff, "KEY_SPEC_THREAD_KEYRING"}, {0xfffffffe, "KEY_SPEC_PROCESS_KEYRING"},
    {0xfffffffd, "KEY_SPEC_SESSION_KEYRING"}, {0xfffffffc, "KEY_SPEC_USER_KEYRING"},
    {0xfffffffb, "KEY_SPEC_USER_SESSION_KEYRING"}, {0xfffffffa, "KEY_SPEC_GROUP_KEYRING"},
    {0xfffffff9, "KEY_SPEC_REQKEY_AUTH_KEY"}, {0xfffffff8, "KEY_SPEC_REQUESTOR_KEYRING"},
};

constexpr Word kBpfCmdWords[] = {
    {0, "BPF_MAP_CREATE"}, {1, "BPF_MAP_LOOKUP_ELEM"}, {2, "BPF_MAP_UPDATE_ELEM"},
    {3, "BPF_MAP_DELETE_ELEM"}, {4, "BPF_MAP_GET_NEXT_KEY"}, {5, "BPF_PROG_LOAD"},
    {6, "BPF_OBJ_PIN"}, {7, "BPF_OBJ_GET"}, {8, "BPF_PROG_ATTACH"}, {9, "BPF_PROG_DETACH"},
    {10, "BPF_PROG_TEST_RUN"}, {11, "BPF_PROG_GET_NEXT_ID"}, {12, "BPF_MAP_GET_NEXT_ID"},
    {13, "BPF_PROG_GET_FD_BY_ID"}, {14, "BPF_MAP_GET_FD_BY_ID"}, {15, "BPF_OBJ_GET_INFO_BY_FD"},
    {16, "BPF_PROG_QUERY"}, {17, "BPF_RAW_TRACEPOINT_OPEN"}, {18, "BPF_BTF_LOAD"},
    {19, "BPF_BTF_GET_FD_BY_ID"}, {20, "BPF_TASK_FD_QUERY"}, {21, "BPF_MAP_LOOKUP_AND_DELETE_ELEM"},
    {22, "BPF_MAP_FREEZE"}, {23, "BPF_BTF_GET_NEXT_ID"}, {24, "BPF_MAP_LOOKUP_BATCH"},
    {25, "BPF_MAP_LOOKUP_AND_DELETE_BATCH"}, {26, "BPF_MAP_UPDATE_BATCH"},
    {27, "BPF_MAP_DELETE_BATCH"}, {28, "BPF_LINK_CREATE"}, {29, "BPF_LINK_UPDATE"},
    {30, "BPF_LINK_GET_FD_BY_ID"}, {31, "BPF_LINK_GET_NEXT_ID"}, {32, "BPF_ENABLE_STATS"},
    {33, "BPF_ITER_CREATE"}, {34, "BPF_LINK_DETACH"}, {35, "BPF_PROG_BIND_MAP"},
    {36, "BPF_TOKEN_CREATE"}, {37, "BPF_PROG_STREAM_READ_BY_FD"},
};

constexpr Word kKeyctlOpWords[] = {
    {0, "KEYCTL_GET_KEYRING_ID"}, {1, "KEYCTL_JOIN_SESSION_KEYRING"}, {2, "KEYCTL_UPDATE"},
    {3, "KEYCTL_REVOKE"}, {4, "KEYCTL_CHOWN"}, {5, "KEYCTL_SETPERM"}, {6, "KEYCTL_DESCRIBE"},
    {7, "KEYCTL_CLEAR"}, {8, "KEYCTL_LINK"}, {9, "KEYCTL_UNLINK"}, {10, "KEYCTL_SEARCH"},
    {11, "KEYCTL_READ"}, {12, "KEYCTL_INSTANTIATE"}, {13, "KEYCTL_NEGATE"},
    {14, "KEYCTL_SET_REQKEY_KEYRING"}, {15, "KEYCTL_SET_TIMEOUT"}, {16, "KEYCTL_ASSUME_AUTHORITY"},
    {17, "KEYCTL_GET_SECURITY"}, {18, "KEYCTL_SESSION_TO_PARENT"}, {19, "KEYCTL_REJECT"},
    {20, "KEYCTL_INSTANTIATE_IOV"}, {21, "KEYCTL_INVALIDATE"}, {22, "KEYCTL_GET_PERSISTENT"},
    {23, "KEYCTL_DH_COMPUTE"}, {24, "KEYCTL_PKEY_QUERY"}, {25, "KEYCTL_PKEY_ENCRYPT"},
    {26, "KEYCTL_PKEY_DECRYPT"}, {27, "KEYCTL_PKEY_SIGN"}, {28, "KEYCTL_PKEY_VERIFY"},
    {29, "KEYCTL_RESTRICT_KEYRING"}, {30, "KEYCTL_MOVE"}, {31, "KEYCTL_CAPABILITIES"},
    {32, "KEYCTL_WATCH_KEY"},
};

constexpr Word kPerfOpenFlagsWords[] = {
    {0x1, "PERF_FLAG_FD_NO_GROUP"}, {0x2, "PERF_FLAG_FD_OUTPUT"}, {0x4, "PERF_FLAG_PID_CGROUP"},
    {0x8, "PERF_FLAG_FD_CLOEXEC"},
};

constexpr Word kFinitModuleFlagsWords[] = {
    {0x1, "MODULE_INIT_IGNORE_MODVERSIONS"}, {0x2, "MODULE_INIT_IGNORE_VERMAGIC"},
    {0x4, "MODULE_INIT_COMPRESSED_FILE"},
};

constexpr Word kRebootCmdWords[] = {
    {0x1234567, "LINUX_REBOOT_CMD_RESTART"}, {0xcdef0123, "LINUX_REBOOT_CMD_HALT"},
    {0x89abcdef, "LINUX_REBOOT_CMD_CAD_ON"}, {0x0, "LINUX_REBOOT_CMD_CAD_OFF"},
    {0x4321fedc, "LINUX_REBOOT_CMD_POWER_OFF"}, {0xa1b2c3d4, "LINUX_REBOOT_CMD_RESTART2"},
    {0xd000fce2, "LINUX_REBOOT_CMD_SW_SUSPEND"}, {0x45584543, "LINUX_REBOOT_CMD_KEXEC"},
};

constexpr Word kSyslogActionWords[] = {
    {0, "SYSLOG_ACTION_CLOSE"}, {1, "SYSLOG_ACTION_OPEN"}, {2, "SYSLOG_ACTION_READ"},
    {3, "SYSLOG_ACTION_READ_ALL"}, {4, "SYSLOG_ACTION_READ_CLEAR"}, {5, "SYSLOG_ACTION_CLEAR"},
    {6, "SYSLOG_ACTION_CONSOLE_OFF"}, {7, "SYSLOG_ACTION_CONSOLE_ON"},
    {8, "SYSLOG_ACTION_CONSOLE_LEVEL"}, {9, "SYSLOG_ACTION_SIZE_UNREAD"},
    {10, "SYSLOG_ACTION_SIZE_BUFFER"},
};

constexpr Word kRandomFlagsWords[] = {
    {0x1, "GRND_NONBLOCK"}, {0x2, "GRND_RANDOM"}, {0x4, "GRND_INSECURE"},
};

constexpr Word kKexecFlagsWords[] = {
    {0x1, "KEXEC_ON_CRASH"}, {0x2, "KEXEC_PRESERVE_CONTEXT"}, {0x4, "KEXEC_UPDATE_ELFCOREHDR"},
    {0x8, "KEXEC_CRASH_HOTPLUG_SUPPORT"},
};

constexpr Word kKexecFileFlagsWords[] = {
    {0x1, "KEXEC_FILE_UNLOAD"}, {0x2, "KEXEC_FILE_ON_CRASH"}, {0x4, "KEXEC_FILE_NO_INITRAMFS"},
    {0x8, "KEXEC_FILE_DEBUG"},
};

constexpr Word kUserfaultfdFlagsWords[] = {
    {0x1, "UFFD_USER_MODE_ONLY"}, {0x80000, "O_CLOEXEC"}, {0x800, "O_NONBLOCK"},
};

constexpr Word kIoUringOpWords[] = {
    {0, "IORING_REGISTER_BUFFERS"}, {1, "IORING_UNREGISTER_BUFFERS"}, {2, "IORING_REGISTER_FILES"},
    {3, "IORING_UNREGISTER_FILES"}, {4, "IORING_REGISTER_EVENTFD"},
    {5, "IORING_UNREGISTER_EVENTFD"}, {6, "IORING_REGISTER_FILES_UPDATE"},
    {7, "IORING_REGISTER_EVENTFD_ASYNC"}, {8, "IORING_REGISTER_PROBE"},
    {9, "IORING_REGISTER_PERSONALITY"}, {10, "IORING_UNREGISTER_PERSONALITY"},
    {11, "IORING_REGISTER_RESTRICTIONS"}, {12, "IORING_REGISTER_ENABLE_RINGS"},
    {13, "IORING_REGISTER_FILES2"}, {14, "IORING_REGISTER_FILES_UPDATE2"},
    {15, "IORING_REGISTER_BUFFERS2"}, {16, "IORING_REGISTER_BUFFERS_UPDATE"},
    {17, "IORING_REGISTER_IOWQ_AFF"}, {18, "IORING_UNREGISTER_IOWQ_AFF"},
    {19, "IORING_REGISTER_IOWQ_MAX_WORKERS"}, {20, "IORING_REGISTER_RING_FDS"},
    {21, "IORING_UNREGISTER_RING_FDS"}, {22, "IORING_REGISTER_PBUF_RING"},
    {23, "IORING_UNREGISTER_PBUF_RING"}, {24, "IORING_REGISTER_SYNC_CANCEL"},
    {25, "IORING_REGISTER_FILE_ALLOC_RANGE"},
};

constexpr Word kIoUringEnterFlagsWords[] = {
    {0x1, "IORING_ENTER_GETEVENTS"}, {0x2, "IORING_ENTER_SQ_WAKEUP"}, {0x4, "IORING_ENTER_SQ_WAIT"},
    {0x8, "IORING_ENTER_EXT_ARG"}, {0x10, "IORING_ENTER_REGISTERED_RING"},
    {0x20, "IORING_ENTER_ABS_TIMER"}, {0x40, "IORING_ENTER_EXT_ARG_REG"},
};

constexpr Word kLsmAttrWords[] = {
    {100, "LSM_ATTR_CURRENT"}, {101, "LSM_ATTR_EXEC"}, {102, "LSM_ATTR_FSCREATE"},
    {103, "LSM_ATTR_KEYCREATE"}, {104, "LSM_ATTR_PREV"}, {105, "LSM_ATTR_SOCKCREATE"},
};

constexpr Word kIpcKeyWords[] = {
    {0, "IPC_PRIVATE"},
};

// QCMD: the command above, whose quota below.
constexpr Word kQuotaCmdChoices[] = {
    {0x80000100, "Q_SYNC"}, {0x80000200, "Q_QUOTAON"}, {0x80000300, "Q_QUOTAOFF"},
    {0x80000400, "Q_GETFMT"}, {0x80000500, "Q_GETINFO"}, {0x80000600, "Q_SETINFO"},
    {0x80000700, "Q_GETQUOTA"}, {0x80000800, "Q_SETQUOTA"}, {0x80000900, "Q_GETNEXTQUOTA"},
    {0x580100, "Q_XQUOTAON"}, {0x580200, "Q_XQUOTAOFF"}, {0x580300, "Q_XGETQUOTA"},
    {0x580400, "Q_XSETQLIM"}, {0x580500, "Q_XGETQSTAT"}, {0x580600, "Q_XQUOTARM"},
    {0x580700, "Q_XQUOTASYNC"}, {0x580800, "Q_XGETQSTATV"}, {0x580900, "Q_XGETNEXTQUOTA"},
};

constexpr Word kQuotaCmdFlags[] = {
    {0x1, "GRPQUOTA"}, {0x2, "PRJQUOTA"},
};

constexpr Word kMempolicyFlagsWords[] = {
    {0x1, "MPOL_MF_STRICT"}, {0x2, "MPOL_MF_MOVE"}, {0x4, "MPOL_MF_MOVE_ALL"},
};

constexpr Word kMempolicyGetFlagsWords[] = {
    {0x1, "MPOL_F_NODE"}, {0x2, "MPOL_F_ADDR"}, {0x4, "MPOL_F_MEMS_ALLOWED"},
};

constexpr Word kMembarrierFlagsWords[] = {
    {0x1, "MEMBARRIER_CMD_FLAG_CPU"},
};

constexpr Word kLandlockCreateFlagsWords[] = {
    {0x1, "LANDLOCK_CREATE_RULESET_VERSION"}, {0x2, "LANDLOCK_CREATE_RULESET_ERRATA"},
};

// What is left over is the level.
constexpr Word kIoprioClasses[] = {
    {0, "IOPRIO_CLASS_NONE"}, {0x2000, "IOPRIO_CLASS_RT"}, {0x4000, "IOPRIO_CLASS_BE"},
    {0x6000, "IOPRIO_CLASS_IDLE"},
};

constexpr Decoder kDecoders[] = {
    {Kind::membarrier_flags, 0, {}, kMembarrierFlagsWords},
    {Kind::landlock_create_flags, 0, {}, kLandlockCreateFlagsWords},
    {Kind::ioprio, 0xe000, kIoprioClasses, {}},
    {Kind::mempolicy_flags, 0, {}, kMempolicyFlagsWords},
    {Kind::mempolicy_get_flags, 0, {}, kMempolicyGetFlagsWords},
    {Kind::ipc_key, kWhole, kIpcKeyWords, {}, {.others_are_numbers = true}},
    {Kind::quota_cmd, 0xffffff00, kQuotaCmdChoices, kQuotaCmdFlags},
    {Kind::key_serial, kWhole, kKeySerialWords, {}, {.others_are_numbers = true}},
    {Kind::bpf_cmd, kWhole, kBpfCmdWords, {}},
    {Kind::keyctl_op, kWhole, kKeyctlOpWords, {}},
    {Kind::perf_open_flags, 0, {}, kPerfOpenFlagsWords},
    {Kind::finit_module_flags, 0, {}, kFinitModuleFlagsWords},
    {Kind::reboot_cmd, kWhole, kRebootCmdWords, {}},
    {Kind::syslog_action, kWhole, kSyslogActionWords, {}},
    {Kind::random_flags, 0, {}, kRandomFlagsWords},
    {Kind::kexec_flags, 0, {}, kKexecFlagsWords},
    {Kind::kexec_file_flags, 0, {}, kKexecFileFlagsWords},
    {Kind::userfaultfd_flags, 0, {}, kUserfaultfdFlagsWords},
    {Kind::io_uring_op, kWhole, kIoUringOpWords, {}},
    {Kind::io_uring_enter_flags, 0, {}, kIoUringEnterFlagsWords},
    {Kind::lsm_attr, kWhole, kLsmAttrWords, {}},
};
// clang-format on

}  // namespace

std::span<const Decoder> system_decoders() { return kDecoders; }

}  // namespace ctrace::words
