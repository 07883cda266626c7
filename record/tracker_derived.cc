// Events that follow from records of another sort, and those of signals.
#include <signal.h>

#include <algorithm>
#include <cstring>

#include "format/catalogue/catalogue.h"
#include "format/catalogue/other_events.h"
#include "record/event_filling.h"
#include "record/event_words.h"
#include "record/task_row.h"
#include "record/tracker.h"

namespace ctrace {
namespace {

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
    set_text(event, 6, old_set);
    set_text(event, 7, new_set);
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
  set_text(event, 0, prot_alert_words(alert->alert));
  event.args[1] = alert->address;
  event.args[2] = alert->bytes;
  event.args[3] = alert->prot;
  const std::string prev_prot = prot_words(alert->prev_prot);
  set_text(event, 4, prev_prot);
  set_text(event, 5, call.type->name);
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
  set_text(event, 1, code_words);
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
  set_text(event, 1, code_words);
  const auto* const comm = reinterpret_cast<const char*>(view.args + 6);
  set_text(event, 5, {comm, strnlen(comm, wire::COMM_SIZE)});
  event.args[6] = view.args[8];
  const std::string result = signal_result_words(view.args[9]);
  set_text(event, 7, result);
  send(event, state);
}

}  // namespace ctrace
