#include "format/catalogue/rows.h"

#include <span>

#include "format/catalogue/other_events.h"
#include "format/catalogue/sets.h"

namespace ctrace {
namespace {

// The rows name kinds and sets without their scope. The enumerators hide global functions of the
// same names (signal, dev) inside this namespace alone.
namespace tables {
using enum Kind;
using namespace sets;

constexpr SyscallRow kSyscallRows[] = {
#include "format/catalogue/syscalls.inc"
};

constexpr OtherEventRow kOtherEventRows[] = {
#include "format/catalogue/events.inc"
};
}  // namespace tables

constexpr SetRow kSetRows[] = {
#define CTRACE_SET(constant, family, name, meaning) {name, meaning},
#include "format/catalogue/sets.inc"
#undef CTRACE_SET
};

constexpr AliasRow kAliasRows[] = {
    // The original tracer's names.
    {"umount", "umount2"},
    {"sysctl", "_sysctl"},
    {"afs", "afs_syscall"},
    // The kernel's tracepoints call these by their functions.
    {"newstat", "stat"},
    {"newfstat", "fstat"},
    {"newlstat", "lstat"},
    {"newuname", "uname"},
};

constexpr X32Row kX32Rows[] = {
    {512, "rt_sigaction"},
    {513, "rt_sigreturn"},
    {514, "ioctl"},
    {515, "readv"},
    {516, "writev"},
    {517, "recvfrom"},
    {518, "sendmsg"},
    {519, "recvmsg"},
    {520, "execve"},
    {521, "ptrace"},
    {522, "rt_sigpending"},
    {523, "rt_sigtimedwait"},
    {524, "rt_sigqueueinfo"},
    {525, "sigaltstack"},
    {526, "timer_create"},
    {527, "mq_notify"},
    {528, "kexec_load"},
    {529, "waitid"},
    {530, "set_robust_list"},
    {531, "get_robust_list"},
    {532, "vmsplice"},
    {533, "move_pages"},
    {534, "preadv"},
    {535, "pwritev"},
    {536, "rt_tgsigqueueinfo"},
    {537, "recvmmsg"},
    {538, "sendmmsg"},
    {539, "process_vm_readv"},
    {540, "process_vm_writev"},
    {541, "setsockopt"},
    {542, "getsockopt"},
    {543, "io_setup"},
    {544, "io_submit"},
    {545, "execveat"},
    {546, "preadv2"},
    {547, "pwritev2"},
};

}  // namespace

std::span<const SyscallRow> syscall_rows() { return tables::kSyscallRows; }
std::span<const OtherEventRow> other_event_rows() { return tables::kOtherEventRows; }
std::span<const SetRow> set_rows() { return kSetRows; }
std::span<const AliasRow> alias_rows() { return kAliasRows; }
std::span<const X32Row> x32_rows() { return kX32Rows; }

}  // namespace ctrace
