// What a descriptor is called, from what the kernel side told of it.
#pragma once

#include <string>
#include <string_view>

#include "bpf/event.h"

namespace ctrace {

// A path as the task sees it, with " (deleted)" behind it where /proc would have that; or as
// strace -yy has it: "pipe:[4242]", "anon_inode:[eventpoll]", "TCP:[10.0.0.2:41210->10.0.0.3:80]",
// "UNIX-STREAM:[17->18,\"/run/x\"]". `names` is the record's blob: bytes that may be anything.
std::string file_name(const wire::file_record& file, std::string_view names);

}  // namespace ctrace
