// Containers without a cgroup of their own, as bwrap makes them: told by their pid namespace, which
// has a number in place of the cgroup's id (bpf/spaces.bpf.h says what counts as one).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "format/model/event.h"

namespace ctrace {

bool is_space(uint64_t cgroup_id);
// `inode`: of the pid namespace, as in "pid:[4026532281]".
uint64_t space_of_namespace(uint64_t inode);
uint64_t namespace_of_space(uint64_t space);

// Id, name, runtime and engine, after who made it: "bwrap-4026532281". row.cgroup_id is known;
// `maker` is a task's name.
void describe_space(std::string_view maker, Container& row);

}  // namespace ctrace
