#include "record/task_changes.h"

#include <algorithm>
#include <iterator>

namespace ctrace {

TaskRights TaskRights::of(const wire::task_record& task, const TaskRights& before) {
  TaskRights now = before;
  now.known = true;
  now.euid = task.euid;
  now.egid = task.egid;
  now.fsuid = task.fsuid;
  now.cap_eff = task.cap_eff;
  if (!task.uts_ns) return now;
  now.mnt_ns = task.mnt_ns;
  now.child_pid_ns = task.child_pid_ns;
  now.uts_ns = task.uts_ns;
  now.ipc_ns = task.ipc_ns;
  now.net_ns = task.net_ns;
  now.cgroup_ns = task.cgroup_ns;
  now.user_ns = task.user_ns;
  return now;
}

bool put_commit_creds(const TaskRights& before, const TaskRights& now, Event& event) {
  if (!before.known || !now.known) return false;
  const uint64_t values[] = {before.euid,  now.euid,  before.egid,    now.egid,
                             before.fsuid, now.fsuid, before.cap_eff, now.cap_eff};
  static_assert(std::size(values) == kMaxArgs);
  std::copy(std::begin(values), std::end(values), event.args);
  return before.euid != now.euid || before.egid != now.egid || before.fsuid != now.fsuid ||
         before.cap_eff != now.cap_eff;
}

// In the order of the event's arguments, behind the pid.
bool put_switch_task_ns(const TaskRights& before, const TaskRights& now, Event& event) {
  static constexpr uint32_t TaskRights::*kNamespaces[] = {
      &TaskRights::mnt_ns, &TaskRights::child_pid_ns, &TaskRights::uts_ns, &TaskRights::ipc_ns,
      &TaskRights::net_ns, &TaskRights::cgroup_ns,    &TaskRights::user_ns};
  static_assert(std::size(kNamespaces) + 1 == kMaxArgs);
  if (!before.uts_ns || !now.uts_ns) return false;
  bool any = false;
  for (size_t i = 0; i < std::size(kNamespaces); ++i) {
    const bool changed = before.*kNamespaces[i] != now.*kNamespaces[i];
    event.args[1 + i] = changed ? now.*kNamespaces[i] : 0;
    any |= changed;
  }
  event.args[0] = event.task->pid;
  return any;
}

}  // namespace ctrace
