// The life of processes: how tasks are made, execute programs and end.
#include <algorithm>
#include <cstring>

#include "format/catalogue/catalogue.h"
#include "format/catalogue/other_events.h"
#include "record/device_number.h"
#include "record/event_filling.h"
#include "record/tracker.h"

namespace ctrace {
namespace {

// The catalogue has no names for 32-bit ARM's table: exit and exit_group in it.
bool is_arm_exit(Abi abi, int32_t number) {
  return abi == Abi::kArm && (number == 1 || number == 248);
}

// What execveat was given, of what the kernel made of it: a path below a descriptor is
// /dev/fd/N/path.
std::string_view path_below(std::string_view path, uint64_t dirfd) {
  const std::string prefix = "/dev/fd/" + std::to_string(static_cast<int32_t>(dirfd));
  if (path == prefix) return {};
  if (!path.starts_with(prefix + '/')) return path;
  return path.substr(prefix.size() + 1);
}

}  // namespace

void Tracker::take_exec(Event& event, TaskState& state) const {
  const PendingExec& exec = state.exec;
  std::string_view path = exec.filename;
  if (exec.has_args) {
    std::memcpy(event.args, exec.args,
                std::min<size_t>(arg_count(*event.type), wire::EXEC_ARGS) * sizeof(uint64_t));
    if (event.type->name == "execveat") path = path_below(path, exec.args[0]);
  }
  for (size_t i = 0; i < event.type->args.size(); ++i) {
    if (event.type->args[i].kind == Kind::path) set_text(event, i, path, exec.filename_state);
    if (event.type->args[i].kind == Kind::argv) set_text(event, i, exec.argv, exec.argv_state);
    if (event.type->args[i].kind == Kind::envp) set_text(event, i, exec.envp, exec.envp_state);
  }
}

void Tracker::on_oom(uint16_t cpu, const RecordView& view) {
  TaskState& state = current_state(view.record->tid);
  state.oom_killed = true;
  state_of(state.row->pid).oom_killed = true;
  static const EventType& type = *find_event("oom_kill");
  send(begin_event(cpu, view, type, state), state);
}

void Tracker::on_fork(uint16_t cpu, const RecordView& view) {
  if (view.record->args < 4 || before_command(view.record->tid)) return;
  TaskState& state = current_state(view.record->tid);
  Event event = begin_event(cpu, view, *find_event(kProcessFork), state);
  std::memcpy(event.args, view.args, 4 * sizeof(uint64_t));
  send(event, state);
  const auto child_pid = static_cast<uint32_t>(view.args[0]);
  if (options_.prot_alerts && child_pid != state.row->pid)
    memory_.forked(state.row->pid, child_pid);
  const auto child_tid = static_cast<uint32_t>(view.args[1]) % kTidLimit;
  if (child_tid < tasks_.size() && child_tid != view.record->tid) tasks_[child_tid].reset();
  state_of(child_tid).rights = state.rights;
}

void Tracker::on_exec(uint16_t cpu, const RecordView& view) {
  if (view.record->args < 3) return;
  if (before_command(view.record->tid)) command_tid_ = 0;
  TaskState& state = current_state(view.record->tid);
  // A thread that executes a program goes on under its leader's tid.
  const auto old_tid = static_cast<uint32_t>(view.args[2]) % kTidLimit;
  if (old_tid != view.record->tid && old_tid < tasks_.size() && tasks_[old_tid]) {
    state.abi = tasks_[old_tid]->abi;
    tasks_[old_tid].reset();
  }
  state.exec.by_other_thread = old_tid != view.record->tid;
  memory_.ended(state.row->pid);
  const ContainerTable::Entry* const container = state.container.get();
  const EventType& type = recorded_type(*find_event(kProcessExec), options_.extras);
  Event event = begin_event(cpu, view, type, state);
  take_blobs(event, view);
  event.args[2] = device_number(view.args[0]);
  event.args[3] = view.args[1];
  event.args[4] = view.args[2] >> 32 & 1;
  state.exec.valid = true;
  state.exec.filename = event.texts[0].bytes;
  state.exec.filename_state = event.texts[0].state;
  state.exec.argv = event.texts[1].bytes;
  state.exec.argv_state = event.texts[1].state;
  state.exec.envp = event.texts[wire::EXEC_ENVP].bytes;
  state.exec.envp_state = event.texts[wire::EXEC_ENVP].state;
  state.exec.has_args = view.record->args >= 3 + wire::EXEC_ARGS;
  if (state.exec.has_args) std::memcpy(state.exec.args, view.args + 3, sizeof state.exec.args);
  state.exec.abi = abi_of(view.record->abi);
  state.exec.number = view.record->nr;
  if (container && !container->started && state.row->phase == Phase::kOwn) {
    send_container_start(event, state);
    event.task = current_state(view.record->tid).row.get();
  }
  send(event, state);
}

void Tracker::on_exit(uint16_t cpu, const RecordView& view) {
  const wire::record& record = *view.record;
  if (record.args < 4) return;
  if (before_command(record.tid)) command_tid_ = 0;
  TaskState& state = current_state(record.tid);
  // exit and exit_group never return: their end is this one.
  const auto number = static_cast<int32_t>(view.args[1]);
  const Abi abi = abi_of(record.abi);
  const EventType& call = syscall_event(abi, number);
  Denied refused = Denied::kNo;
  if (state.seccomp_mode && !state.told_killed)
    refused = decided(judge_last_call(state.filters, abi, view));
  if (refused != Denied::kNo) {
    // The call never returned. Where its exit is seen its result is this: so it is here.
    Event event = begin_event(cpu, view, call, state);
    event.abi = abi;
    event.result = rolled_back(abi, number, view.args[4]);
    event.denied = refused;
    std::copy_n(view.args + 4, std::min(arg_count(call), kMaxSyscallArgs), event.args);
    if (abi == Abi::kI386 || abi == Abi::kArm) extend_signs(event);
    send(event, state);
  } else if (call.name == "exit" || call.name == "exit_group" || is_arm_exit(abi, number)) {
    Event event = begin_event(cpu, view, call, state);
    event.abi = abi;
    event.args[0] = view.args[2];
    send(event, state);
  }
  Event event = begin_event(cpu, view, *find_event(kProcessExit), state);
  const uint64_t code = view.args[0];  // as wait(2) gives it
  event.args[0] = (code >> 8) & 0xff;
  event.args[1] = code & 0x7f;
  event.args[2] = view.args[3];
  event.args[3] = code >> 7 & 1;
  const uint32_t leader = state.row->pid % kTidLimit;
  event.args[4] =
      state.oom_killed || (leader < tasks_.size() && tasks_[leader] && tasks_[leader]->oom_killed);
  send(event, state);
  if (view.args[3]) memory_.ended(state.row->pid);
  if (view.args[3] && state.container && state.container->first_pid == state.row->pid)
    containers_.first_process_ended(*state.container, record.time_ns, static_cast<uint32_t>(code));
  tasks_[record.tid % kTidLimit].reset();
}

}  // namespace ctrace
