// What changed of a task between two words of the kernel side about it: its rights (the event
// commit_creds) and its namespaces (switch_task_ns).
#pragma once

#include <cstdint>

#include "bpf/event.h"
#include "format/model/event.h"

namespace ctrace {

// What of a task is compared.
struct TaskRights {
  bool known = false;
  uint32_t euid = 0, egid = 0, fsuid = 0;
  uint64_t cap_eff = 0;
  uint32_t mnt_ns = 0, child_pid_ns = 0, uts_ns = 0, ipc_ns = 0, net_ns = 0, cgroup_ns = 0,
           user_ns = 0;

  // A task that exits has no namespaces any more: it keeps those of `before`.
  static TaskRights of(const wire::task_record& task, const TaskRights& before);
};

// These fill the arguments of `event`, whose type is set already. False: nothing to tell.
bool put_commit_creds(const TaskRights& before, const TaskRights& now, Event& event);
bool put_switch_task_ns(const TaskRights& before, const TaskRights& now, Event& event);

}  // namespace ctrace
