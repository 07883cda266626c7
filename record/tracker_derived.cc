// Events that follow from records of another sort, and those of signals and cgroups.
#include <signal.h>

#include <algorithm>
#include <cstring>

#include "format/catalogue/catalogue.h"
#include "format/catalogue/other_events.h"
#include "record/event_words.h"
#include "record/task_row.h"
#include "record/tracker.h"

namespace ctrace {
namespace {

// `bytes` must live until the event is sent.
void set_words(Event& event, size_t arg, std::string_view bytes) {
  event.args[arg] = 0;
  event.texts[arg] = {bytes, Text::State::kWhole};
}

// Which words of a siginfo mean something: sigaction(2).
bool tells_sender(int32_t code, uint64_t signal) {
  constexpr int32_t kByProcesses[] = {SI_USER, SI_QUEUE, SI_MESGQ, SI_TKILL};
  return std::ranges::find(kByProcesses, code) != std::end(kByProcesses) ||
         (signal == SIGCHLD && code > 0);
}
bool tells_address(int32_t code, uint64_t signal) {
  constexpr uint64_t kOfFaults[] = {SIGILL, SIGFPE, SIGSEGV, SIGBUS, SIGTRAP, SIGSYS};
  return code > 0 && code != SI_KERNEL &&
         std::ranges::find(kOfFaults, signal) != std::end(kOfFaults);
}

}  // namespace

void Tracker::send_rights_changes(uint16_t cpu, const RecordView& view, const TaskRights& before) {
  TaskState& state = current_state(view.record->tid);
  static const EventType& creds = *find_event(kCommitCreds);
  static const EventType& namespaces = *find_event(kSwitchTaskNs);
  Event event = begin_event(cpu, view, creds, state);
  if (put_commit_creds(before, state.rights, event)) {
    const std::string old_set = capability_words(before.cap_eff),
                      new_set = capability_words(state.rights.cap_eff);
    set_words(event, 6, old_set);
    set_words(event, 7, new_set);
    send(event, state);
  }
  Event switched = begin_event(cpu, view, namespaces, state);
  if (put_switch_task_ns(before, state.rights, switched)) send(switched, state);
}

void Tracker::send_prot_alert(const Event& call, const TaskState& state) {
  const auto alert = memory_.call_ended(state.row->pid, call);
  if (!alert) return;
  static const EventType& type = *find_event(kMemProtAlert);
  Event event;
  event.time_ns = call.time_ns;
  event.cpu = call.cpu;
  event.abi = call.abi;
  event.type = &type;
  event.task = call.task;
  set_words(event, 0, prot_alert_words(alert->alert));
  event.args[1] = alert->address;
  event.args[2] = alert->bytes;
  event.args[3] = alert->prot;
  const std::string prev_prot = prot_words(alert->prev_prot);
  set_words(event, 4, prev_prot);
  set_words(event, 5, call.type->name);
  send(event, state);
}

void Tracker::send_file_io(const Event& call, const RecordView& view, const TaskState& state) {
  FileBook::Ids ids = {};  // the file, and where it is
  FileBook::take_ids(view, ids);
  const NamedFile* file = files_.find(ids[0]);
  if (!file) return;
  if (const auto event = options_.file_io.made_of(call, *file, ids[1])) send(*event, state);
}

void Tracker::on_signal(uint16_t cpu, const RecordView& view) {
  if (view.record->args < 5 || before_command(view.record->tid)) return;
  TaskState& state = current_state(view.record->tid);
  static const EventType& type = *find_event(kSignalDeliver);
  Event event = begin_event(cpu, view, type, state);
  const uint64_t signal = view.args[0];
  const auto code = static_cast<int32_t>(view.args[1]);
  event.args[0] = signal;
  const std::string code_words = signal_code_words(signal, code);
  set_words(event, 1, code_words);
  if (tells_sender(code, signal)) {
    event.args[2] = view.args[2] & UINT32_MAX;
    event.args[3] = view.args[2] >> 32;
    if (signal == SIGCHLD && code > 0) event.args[4] = view.args[3] & UINT32_MAX;
  } else if (tells_address(code, signal)) {
    event.args[5] = view.args[2];
  }
  event.args[6] = view.args[4];
  send(event, state);
}

void Tracker::on_signal_sent(uint16_t cpu, const RecordView& view) {
  if (view.record->args < 10 || before_command(view.record->tid)) return;
  TaskState& state = current_state(view.record->tid);
  static const EventType& type = *find_event(kSignalGenerate);
  Event event = begin_event(cpu, view, type, state);
  std::copy_n(view.args, 5, event.args);  // up to the sender's tgid; its tid is not told
  const std::string code_words =
      signal_code_words(view.args[0], static_cast<int32_t>(view.args[1]));
  set_words(event, 1, code_words);
  const auto* const comm = reinterpret_cast<const char*>(view.args + 6);
  set_words(event, 5, {comm, strnlen(comm, wire::COMM_SIZE)});
  event.args[6] = view.args[8];
  const std::string result = signal_result_words(view.args[9]);
  set_words(event, 7, result);
  send(event, state);
}

void Tracker::on_cgroup_attach(uint16_t cpu, const RecordView& view) {
  if (view.record->args >= 5) send_cgroup_event(cpu, view, kCgroupAttachTask, view.args[1]);
}

std::shared_ptr<Task> Tracker::container_itself(const ContainerTable::Entry& entry) {
  auto task = std::make_shared<TaskRow>();
  task->serial = next_serial_++;
  task->belongs_to(entry.row);
  task->cgroup_id = entry.row->cgroup_id;
  task->phase = Phase::kOwn;
  return task;
}

// The event of who does it, if that is recorded; else the container's. Its own cgroup's beginning
// and end are told by container_start and container_stop.
void Tracker::send_cgroup_event(uint16_t cpu, const RecordView& view, uint16_t id,
                                uint64_t top_cgroup) {
  struct Shape {
    uint16_t id;
    std::vector<size_t> args;  // of the record, from the event's second argument on
  };
  static const Shape kShapes[] = {
      {kCgroupMkdir, {0, 1}}, {kCgroupRmdir, {0}}, {kCgroupAttachTask, {0, 2, 3, 4}}};
  if (before_command(view.record->tid)) return;
  Event event;
  event.time_ns = view.record->time_ns;
  event.cpu = cpu;
  event.abi = static_cast<Abi>(wire::ABI_NATIVE);
  event.type = find_event(id);
  size_t offset = 0;
  BlobView path;
  if (next_blob(view, offset, path))
    event.texts[0] = {{path.data, path.size}, static_cast<Text::State>(path.state)};
  const auto* const shape = std::ranges::find(kShapes, id, &Shape::id);
  for (size_t i = 0; i < shape->args.size(); ++i) event.args[1 + i] = view.args[shape->args[i]];
  if (view.record->tid) {
    TaskState& state = current_state(view.record->tid);
    event.task = state.row.get();
    return send(event, state);
  }
  // Not by of_task(): a cgroup that a task was seen in is no folder of containers any more.
  const bool known = top_cgroup && containers_.known(top_cgroup) && !options_.command_mode;
  ContainerTable::Entry* entry = known ? containers_.find(top_cgroup) : nullptr;
  const bool is_move = id == kCgroupAttachTask;
  if (!entry || (!is_move && entry->top_cgroup == view.args[0])) return;
  // Whoever is moved makes calls at once; a cgroup without a process may stay undecided for long.
  if (!is_move && entry->state != ContainerTable::State::kKept) return;
  const std::shared_ptr<Task> task = container_itself(*entry);
  event.task = task.get();
  gate_.push(event, task, entry);
}

}  // namespace ctrace
