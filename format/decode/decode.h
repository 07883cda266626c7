// Values in words: "O_RDONLY|O_CLOEXEC" for an openat's flags. The words are tables (words_*.cc);
// what they do not know is printed as hex, never hidden.
#pragma once

#include <cstdint>
#include <string_view>

#include "format/catalogue/kinds.h"
#include "format/model/event.h"
#include "format/print/output_buffer.h"

namespace ctrace {

// Appends the words for a number of this kind: "O_RDONLY|O_CLOEXEC", "AT_FDCWD", "SIGTERM", "0644".
// Returns false, and appends nothing, when the value is just a number, so that the caller prints it
// by the kind's form. Bits above a 32-bit form's width are ignored.
bool append_decoded(Kind kind, uint64_t value, OutputBuffer& out);

// The same in calls of `abi`: arm64 has other numbers for some.
bool append_decoded(Abi abi, Kind kind, uint64_t value, OutputBuffer& out);

// The same with the rest of the event at hand, which decides more: a protocol by its family, a
// socket option by its level, open flags by the ABI (arm64 has other numbers).
bool append_decoded(const Event& event, size_t index, OutputBuffer& out);

// Whether the above never have words for it, whatever the event: always just a number.
bool is_never_decoded(Kind kind);

// A struct sockaddr as the call passed it, in the form {'sa_family': 'AF_INET','sin_port': '53',
// 'sin_addr': '8.8.8.8'} with the keys in this order and all values quoted. `raw` is a claim: what
// is too short for its family, or of a family without a row, shows its bytes as hex
// ('sa_data': '0a0b'). A unix path is escaped, and so are quotes in it; an abstract name begins
// with an @ in place of its NUL, an unnamed socket has ''.
void append_sockaddr(std::string_view raw, OutputBuffer& out);

// The same without the quotes of its keys and values, nearly as strace has it:
// {sa_family=AF_INET, sin_port=53, sin_addr=8.8.8.8}, {sa_family=AF_UNIX, sun_path="/run/x"},
// sun_path=@"abstract".
void append_plain_sockaddr(std::string_view raw, OutputBuffer& out);

// "ENOENT" for 2; also the kernel's own numbers that user space never sees (ERESTARTSYS, 512).
// Empty when there is none.
std::string_view errno_name(int number);

// "No such file or directory" for 2, also for the kernel's own numbers; empty when there is none.
std::string_view errno_text(int number);

}  // namespace ctrace
