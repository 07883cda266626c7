// Words that 64-bit and 32-bit ARM have otherwise than x86: these rows stand for the others' there.
// From arch/arm64/include/uapi/asm/ (fcntl.h, mman.h) and arch/arm's.
#include "format/decode/words.h"

namespace ctrace::words {
namespace {

// clang-format off
constexpr Word kOpenFlagsChoices[] = {
    {0, "O_RDONLY"}, {1, "O_WRONLY"}, {2, "O_RDWR"}, {3, "O_ACCMODE"},
};

constexpr Word kOpenFlagsFlags[] = {
    {0x101000, "O_SYNC"}, {0x100000, "__O_SYNC"}, {0x404000, "O_TMPFILE"},
    {0x400000, "__O_TMPFILE"}, {0x40, "O_CREAT"}, {0x80, "O_EXCL"}, {0x100, "O_NOCTTY"},
    {0x200, "O_TRUNC"}, {0x400, "O_APPEND"}, {0x800, "O_NONBLOCK"}, {0x1000, "O_DSYNC"},
    {0x2000, "O_ASYNC"}, {0x4000, "O_DIRECTORY"}, {0x8000, "O_NOFOLLOW"}, {0x10000, "O_DIRECT"},
    {0x20000, "O_LARGEFILE"}, {0x40000, "O_NOATIME"}, {0x80000, "O_CLOEXEC"}, {0x200000, "O_PATH"},
};

constexpr Word kFdFlagsWords[] = {
    {0x80000, "O_CLOEXEC"}, {0x800, "O_NONBLOCK"}, {0x10000, "O_DIRECT"}, {0x200, "O_TRUNC"},
    {0x1, "UFFD_USER_MODE_ONLY"},
};

constexpr Word kProtWords[] = {
    {0x1, "PROT_READ"}, {0x2, "PROT_WRITE"}, {0x4, "PROT_EXEC"}, {0x8, "PROT_SEM"},
    {0x10, "PROT_BTI"}, {0x20, "PROT_MTE"},
    {0x1000000, "PROT_GROWSDOWN"}, {0x2000000, "PROT_GROWSUP"},
};

constexpr Decoder kDecoders[] = {
    {Kind::open_flags, 3, kOpenFlagsChoices, kOpenFlagsFlags},
    {Kind::fd_flags, 0, {}, kFdFlagsWords},
    {Kind::prot, 0, {}, kProtWords, {.zero = "PROT_NONE"}},
};
// clang-format on

}  // namespace

std::span<const Decoder> arm_decoders() { return kDecoders; }

}  // namespace ctrace::words
