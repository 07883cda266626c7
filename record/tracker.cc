#include "record/tracker.h"

#include <algorithm>
#include <cstring>

#include "format/catalogue/catalogue.h"
#include "format/catalogue/other_events.h"
#include "format/print/print_cache.h"
#include "record/event_filling.h"
#include "record/io_uring.h"
#include "record/task_row.h"

namespace ctrace {
namespace {

Phase phase_of(uint8_t wire_phase) {
  // Until its execve a task that is being put in is the runtime's.
  if (wire_phase == wire::PHASE_ENTERING) return Phase::kSetup;
  return static_cast<Phase>(wire_phase);
}
static_assert(static_cast<int>(Phase::kEntered) == wire::PHASE_ENTERED);

bool is_exec(const EventType& type) {
  return !type.args.empty() && type.is_syscall &&
         (type.name == "execve" || type.name == "execveat");
}

}  // namespace

Tracker::Tracker(const Options& options, ContainerTable& containers, EventGate& gate)
    : options_(options),
      containers_(containers),
      gate_(gate),
      command_tid_(options.command_tid),
      files_(options.forgot_files) {
  auto nobody = std::make_shared<Task>();
  nobody->serial = next_serial_++;
  nobody_ = std::move(nobody);
}

void Tracker::record(uint16_t cpu, const RecordView& view, uint64_t lost_before) {
  if (lost_before) loss(cpu, view.record->time_ns, lost_before);
  if (!unfinished_.empty()) forget_unfinished(*view.record);
  switch (view.record->type) {
    case wire::REC_SYSCALL:
      return options_.durations ? on_timed_syscall(cpu, view) : on_syscall(cpu, view, 0);
    case wire::REC_TASK:
      return on_task(cpu, view);
    case wire::REC_FORK:
      return on_fork(cpu, view);
    case wire::REC_EXEC:
      return on_exec(cpu, view);
    case wire::REC_EXIT:
      return on_exit(cpu, view);
    case wire::REC_OOM:
      return on_oom(cpu, view);
    case wire::REC_IO_SUBMIT:
      return on_io_submit(cpu, view);
    case wire::REC_IO_COMPLETE:
      return on_io_complete(cpu, view);
    case wire::REC_CAPABLE:
      return on_capable(cpu, view);
    case wire::REC_FILE:
      return files_.take(view);
    case wire::REC_SIGNAL:
      return on_signal(cpu, view);
    case wire::REC_SIGNAL_SENT:
      return on_signal_sent(cpu, view);
    case wire::REC_CGROUP_ATTACH:
      return on_cgroup_attach(cpu, view);
    case wire::REC_FILTER:
      return filters_.take_program(view);
    case wire::REC_FILTER_CHAIN:
      return filters_.take_chain(view);
    case wire::REC_CGROUP_MKDIR:
      return on_cgroup_made(cpu, view);
    case wire::REC_CGROUP_RMDIR:
      return on_cgroup_removed(cpu, view);
    case wire::REC_SPACE:
      return on_space(view);
    case wire::REC_SPACE_END:
      return end_container(cpu, view);
    case wire::REC_CGROUP_LATE:
      return on_cgroup_late(view);
  }
}

void Tracker::loss(uint16_t cpu, uint64_t time_ns, uint64_t count) {
  Event event;
  event.time_ns = time_ns;
  event.cpu = cpu;
  event.abi = kNativeAbi;
  event.type = find_event(kLost);
  event.task = nobody_.get();
  event.args[0] = cpu;
  event.args[1] = count;
  lost_ += count;
  gate_.push(event, nobody_, nullptr);
}

Tracker::TaskState& Tracker::state_of(uint32_t tid) {
  tid %= kTidLimit;
  if (tid >= tasks_.size()) tasks_.resize(tid + 1);
  if (!tasks_[tid]) {
    tasks_[tid] = std::make_unique<TaskState>();
    // Who it is was lost; its number is all that is known.
    auto row = std::make_shared<Task>();
    row->serial = next_serial_++;
    row->tid = row->pid = tid;
    tasks_[tid]->row = std::move(row);
  }
  return *tasks_[tid];
}

// A better known container makes a new row of each of its tasks, when they are next heard of; so
// does a new host name.
Tracker::TaskState& Tracker::current_state(uint32_t tid) {
  TaskState& state = state_of(tid);
  const std::shared_ptr<const Container>& shown = shown_container(state.container.get());
  const bool renamed = state.host_name && state.host_name->version != state.host_name_version;
  if (state.row->container != shown.get() || renamed) {
    auto row = std::make_shared<TaskRow>(*state.row);
    row->serial = next_serial_++;
    row->belongs_to(shown);
    if (renamed) {
      row->host_name = state.host_name->name;
      state.host_name_version = state.host_name->version;
    }
    state.row = std::move(row);
  }
  return state;
}

std::shared_ptr<const Tracker::HostName> Tracker::host_name(uint32_t uts_ns,
                                                            const std::string& name) {
  if (host_names_.size() >= host_name_limit_) {
    std::erase_if(host_names_, [](const auto& item) { return item.second.use_count() == 1; });
    host_name_limit_ = std::max<size_t>(1024, 2 * host_names_.size());
  }
  std::shared_ptr<HostName>& known = host_names_[uts_ns];
  if (!known) known = std::make_shared<HostName>();
  if (known->name != name) {
    known->name = name;
    ++known->version;
  }
  return known;
}

const std::shared_ptr<const Container>& Tracker::shown_container(
    const ContainerTable::Entry* entry) const {
  static const std::shared_ptr<const Container> kNone;
  if (!entry) return kNone;
  if (options_.command_mode && entry->state != ContainerTable::State::kKept) return kNone;
  return entry->row;
}

void Tracker::send(const Event& event, const TaskState& state) {
  gate_.push(event, state.row, options_.command_mode ? nullptr : state.container.get());
}

Event Tracker::begin_event(uint16_t cpu, const RecordView& view, const EventType& type,
                           const TaskState& state) const {
  Event event;
  event.time_ns = view.record->time_ns;
  event.cpu = cpu;
  event.abi = kNativeAbi;
  event.type = &type;
  event.task = state.row.get();
  return event;
}

void Tracker::on_task(uint16_t cpu, const RecordView& view) {
  wire::task_record from;
  if (view.record->args * sizeof(uint64_t) < sizeof from) return;
  std::memcpy(&from, view.args, sizeof from);
  const TaskState& state = state_of(view.record->tid);
  // Of another task that had the number, whose end was lost, nothing follows.
  const bool same = state.row->start_ns == 0 || state.row->start_ns == from.start_ns;
  const TaskRights before = same ? state.rights : TaskRights();
  take_task(view.record->tid, from);
  if (!before_command(view.record->tid)) send_rights_changes(cpu, view, before);
}

// Of one that exits nothing more is told; what was told holds for the same task.
std::string Tracker::exe_of(const wire::task_record& from, const Task& before) {
  if (from.exe == 0) return before.start_ns == from.start_ns ? before.exe : std::string();
  const NamedFile* file = files_.find(from.exe);
  return file ? file->name : std::string();
}

void Tracker::take_task(uint32_t tid, const wire::task_record& from) {
  TaskState& state = state_of(tid);
  const bool same = state.row->start_ns == 0 || state.row->start_ns == from.start_ns;
  state.container = from.top_cgroup
                        ? containers_.of_task(from.cgroup_id, from.top_cgroup)->shared_from_this()
                        : nullptr;
  state.rights = TaskRights::of(from, state.rights);
  state.no_new_privs = from.no_new_privs;
  state.seccomp_mode = from.seccomp;
  // What another task with its number had is not its own.
  if (from.filters != wire::FILTERS_KEPT || !same) state.filters = filters_.chain(from.filters);
  auto row = std::make_shared<TaskRow>();
  row->serial = next_serial_++;
  row->pid = from.tgid;
  row->tid = tid;
  row->ppid = from.ppid;
  row->ns_pid = from.ns_pid;
  row->ns_tid = from.ns_tid;
  row->ns_ppid = from.ns_ppid;
  row->uid = from.uid;
  row->gid = from.gid;
  row->mnt_ns = from.mnt_ns;
  row->pid_ns = from.pid_ns;
  row->net_ns = from.net_ns;
  row->user_ns = from.user_ns;
  row->uts_ns = from.uts_ns;
  row->ipc_ns = from.ipc_ns;
  row->cgroup_ns = from.cgroup_ns;
  row->cgroup_id = from.cgroup_id;
  row->start_ns = from.start_ns;
  row->phase = phase_of(from.phase);
  row->comm = fixed_text(from.comm, sizeof from.comm);
  row->exe = exe_of(from, *state.row);
  row->host_name = fixed_text(from.nodename, sizeof from.nodename);
  // A task that exits has no namespaces any more.
  state.host_name = from.uts_ns ? host_name(from.uts_ns, row->host_name) : nullptr;
  if (state.host_name) state.host_name_version = state.host_name->version;
  if (state.container) {
    if (from.pid_level > 0 && from.own_mnt) containers_.saw_own_namespaces(*state.container);
    if (row->phase == Phase::kSetup) containers_.saw_setup_task(*state.container, row->comm);
    row->belongs_to(shown_container(state.container.get()));
    // Of a container that ran before not every task was told.
    const bool existing = state.container->row->existing;
    // And of one that is gone nothing is asked any more.
    if (containers_.known(state.container->top_cgroup) == state.container.get())
      filters_.saw_task(state.container->row->index, row->phase,
                        existing ? uint64_t{wire::FILTERS_UNKNOWN} : from.filters);
  }
  state.row = std::move(row);
}

// The last value is when the call began.
void Tracker::on_timed_syscall(uint16_t cpu, const RecordView& view) {
  if (view.record->args == 0) return;
  wire::record record = *view.record;
  const uint64_t began_ns = view.args[--record.args];
  RecordView plain = view;
  plain.record = &record;
  const TaskState& state = state_of(record.tid);
  // One that had the tid before may have left what it was in the middle of when it was killed.
  const bool known = began_ns != 0 && began_ns <= record.time_ns &&
                     began_ns >= state.row->start_ns && !state.exec.by_other_thread;
  // None at all would be one that is not known.
  on_syscall(cpu, plain, known ? std::max<uint64_t>(1, record.time_ns - began_ns) : 0);
}

void Tracker::on_syscall(uint16_t cpu, const RecordView& view, uint64_t duration_ns) {
  const wire::record& record = *view.record;
  if (before_command(record.tid)) return;
  TaskState& state = current_state(record.tid);
  Abi abi = abi_of(record.abi);
  const bool out_of_range = record.nr == wire::NR_OUT_OF_RANGE;
  const EventType& type = out_of_range
                              ? *find_event(kSyscallInvalid)
                              : recorded_type(syscall_event(abi, record.nr), options_.extras);
  Event event = begin_event(cpu, view, type, state);
  event.duration_ns = duration_ns;
  // No call may claim not to have ended (a supervisor of seccomp chooses results).
  event.result = std::max(record.result, kNoResult + 1);
  if (out_of_range) {
    event.args[0] = view.args[6];
    std::memcpy(event.args + 1, view.args, 6 * sizeof(uint64_t));
  } else {
    const size_t count = std::min<size_t>({record.args, arg_count(type), kMaxSyscallArgs});
    std::memcpy(event.args, view.args, count * sizeof(uint64_t));
    if (abi == Abi::kI386 || abi == Abi::kArm) extend_signs(event);
    take_blobs(event, view);
    files_.name(event, view);
  }
  // An execve into a program of the other word size ends in that one's table; the call itself was
  // made in the one that the task used before.
  if (state.exec.valid && record.result == 0 && is_exec(type)) {
    abi = state.exec.has_args ? state.exec.abi : state.abi;
    // An execveat that succeeds ends as an execve.
    if (state.exec.has_args) event.type = &syscall_event(abi, state.exec.number);
    take_exec(event, state);
  } else {
    state.abi = abi;
  }
  event.abi = abi;
  if (state.seccomp_mode)
    event.denied = decided(judge_call(state.filters, abi_of(record.abi), view));
  state.told_killed = event.denied == Denied::kKillThread || event.denied == Denied::kKillProcess;
  send(event, state);
  state.exec.valid = state.exec.by_other_thread = false;
  if (options_.prot_alerts) send_prot_alert(event, state);
  if (options_.file_io.is_wanted(type.id)) send_file_io(event, view, state);
}

void Tracker::expect_unfinished(const std::vector<wire::in_flight_record>& calls) {
  for (const wire::in_flight_record& call : calls) unfinished_[call.tid] = call;
}

void Tracker::forget_unfinished(const wire::record& record) {
  if (record.type == wire::REC_TASK) return;
  const auto found = unfinished_.find(record.tid);
  if (found != unfinished_.end() && record.time_ns > found->second.time_ns)
    unfinished_.erase(found);
}

std::vector<wire::in_flight_record> Tracker::finish(uint64_t end_ns) {
  std::vector<wire::in_flight_record> sent;
  for (const auto& [tid, call] : unfinished_) {
    if (before_command(tid)) continue;
    send_unfinished(call, end_ns);
    sent.push_back(call);
  }
  return sent;
}

// Its texts are not read: they are in another task's memory.
void Tracker::send_unfinished(const wire::in_flight_record& call, uint64_t end_ns) {
  take_task(call.tid, call.task);
  if (!call.wanted) return;
  TaskState& state = current_state(call.tid);
  Event event;
  event.time_ns = end_ns;
  event.abi = abi_of(call.abi);
  event.type = &recorded_type(syscall_event(event.abi, call.nr), options_.extras);
  event.task = state.row.get();
  event.result = kNoResult;
  const size_t count = std::min(arg_count(*event.type), kMaxSyscallArgs);
  std::memcpy(event.args, call.args, count * sizeof(uint64_t));
  if (event.abi == Abi::kI386) extend_signs(event);
  files_.name(event, call.files);
  send(event, state);
}

Denied Tracker::decided(std::optional<Denied> denied) {
  if (!denied) ++undecided_denials_;
  return denied.value_or(Denied::kNo);
}

void Tracker::on_io_submit(uint16_t cpu, const RecordView& view) {
  if (view.record->args < 4 || before_command(view.record->tid)) return;
  TaskState& state = current_state(view.record->tid);
  static const EventType& type = *find_event("io_uring_submit");
  Event event = begin_event(cpu, view, type, state);
  const std::string opcode = io_uring_opcode_name(view.args[0]);
  set_text(event, 0, opcode, Text::State::kWhole);
  std::memcpy(event.args + 1, view.args + 1, 3 * sizeof(uint64_t));
  set_text(event, 4, {}, Text::State::kNull);
  set_text(event, 5, {}, Text::State::kNull);
  take_blobs(event, view);
  event.args[6] = event.texts[5].bytes.size();
  send(event, state);
}

void Tracker::on_io_complete(uint16_t cpu, const RecordView& view) {
  if (view.record->args < 2 || before_command(view.record->tid)) return;
  TaskState& state = current_state(view.record->tid);
  static const EventType& type = *find_event("io_uring_complete");
  Event event = begin_event(cpu, view, type, state);
  event.result = view.record->result;
  std::memcpy(event.args, view.args, 2 * sizeof(uint64_t));
  event.args[2] = static_cast<uint64_t>(event.result);
  send(event, state);
}

void Tracker::on_capable(uint16_t cpu, const RecordView& view) {
  if (view.record->args < 3 || before_command(view.record->tid)) return;
  TaskState& state = current_state(view.record->tid);
  static const EventType& type = *find_event("cap_capable");
  Event event = begin_event(cpu, view, type, state);
  event.args[0] = view.args[0];
  event.args[2] = view.args[1];
  event.args[3] = view.args[2];
  // Outside of any call: a page fault, for example.
  if (view.record->nr == wire::NR_OUT_OF_RANGE) {
    set_text(event, 1, {}, Text::State::kNull);
  } else {
    set_text(event, 1, syscall_event(abi_of(view.record->abi), view.record->nr).name,
             Text::State::kWhole);
  }
  send(event, state);
}

}  // namespace ctrace
