// Turns the kernel side's records, in order of time, into events: knows the tasks, their
// containers, and which records belong together (an execve and its end, a call that never returns
// and the exit).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "format/catalogue/catalogue.h"
#include "format/model/event.h"
#include "record/container_table.h"
#include "record/event_gate.h"
#include "record/file_book.h"
#include "record/file_io.h"
#include "record/memory_watch.h"
#include "record/ring_reader.h"
#include "record/seccomp_book.h"
#include "record/task_changes.h"

namespace ctrace {

class Tracker {
 public:
  struct Options {
    // A process tree is recorded, in containers or not: nothing waits for a container's decision,
    // and one is told with a task from when it is known.
    bool command_mode = false;
    // The command's tid. Its events before its execve are the recorder's own.
    uint32_t command_tid = 0;
    std::function<void()> forgot_files;  // see FileBook
    Extras extras;                       // what the kernel side reads beyond the usual
    // Changes of memory between writable and executable are told (mem_prot_alert).
    bool prot_alerts = true;
    FileIo file_io;          // events of reads and writes
    bool durations = false;  // records of calls tell when these began
  };

  // Both must outlive the tracker.
  Tracker(const Options& options, ContainerTable& containers, EventGate& gate);

  // One record; `lost` records of this CPU are missing right before it.
  void record(uint16_t cpu, const RecordView& view, uint64_t lost);
  // A gap with no record behind it: found when the recording ends.
  void loss(uint16_t cpu, uint64_t time_ns, uint64_t count);

  // The calls that were being made when the kernel side looked, before the last records. Those that
  // these show to have ended after all are forgotten.
  void expect_unfinished(const std::vector<wire::in_flight_record>& calls);
  // Behind the last record: the other ones become events at `end_ns`, and are returned.
  std::vector<wire::in_flight_record> finish(uint64_t end_ns);

  uint64_t lost() const { return lost_; }
  // Calls that a seccomp filter may have refused without it being known.
  uint64_t undecided_denials() const { return undecided_denials_; }
  const SeccompBook& filters() const { return filters_; }

 private:
  // What an execve that succeeded was given, kept until the call's end.
  struct PendingExec {
    bool valid = false;
    std::string filename, argv;
    Text::State filename_state = Text::State::kNotRead, argv_state = Text::State::kNotRead;
    std::string envp;
    Text::State envp_state = Text::State::kNotRead;
    bool has_args = false;
    bool by_other_thread = false;  // than the leader, whose tid it has now
    Abi abi = Abi::kX86_64;
    uint16_t number = 0;                  // in its table
    uint64_t args[wire::EXEC_ARGS] = {};  // as the call was made
  };
  // The name of a UTS namespace. Whoever changes it is told anew; the other tasks in it are not.
  struct HostName {
    std::string name;
    uint64_t version = 0;
  };
  struct TaskState {
    std::shared_ptr<const Task> row;
    std::shared_ptr<const HostName> host_name;
    uint64_t host_name_version = 0;  // that `row` has
    std::shared_ptr<ContainerTable::Entry> container;
    Abi abi = static_cast<Abi>(wire::ABI_NATIVE);  // of its last call
    bool no_new_privs = false;
    uint32_t seccomp_mode = 0;
    bool oom_killed = false;
    SeccompChain* filters = nullptr;  // with seccomp_mode 2: null, they are not known
    bool told_killed = false;         // its last call is told as one that seccomp killed it for
    PendingExec exec;
    TaskRights rights;  // as its parent's until it is told
  };

  std::shared_ptr<const HostName> host_name(uint32_t uts_ns, const std::string& name);

  TaskState& state_of(uint32_t tid);
  TaskState& current_state(uint32_t tid);
  const std::shared_ptr<const Container>& shown_container(const ContainerTable::Entry* entry) const;
  void send(const Event& event, const TaskState& state);
  Event begin_event(uint16_t cpu, const RecordView& view, const EventType& type,
                    const TaskState& state) const;
  void on_task(uint16_t cpu, const RecordView& view);
  void take_task(uint32_t tid, const wire::task_record& from);
  std::string exe_of(const wire::task_record& from, const Task& before);
  void forget_unfinished(const wire::record& record);
  void send_unfinished(const wire::in_flight_record& call, uint64_t end_ns);
  void on_timed_syscall(uint16_t cpu, const RecordView& view);
  void on_syscall(uint16_t cpu, const RecordView& view, uint64_t duration_ns);
  void on_fork(uint16_t cpu, const RecordView& view);
  void on_exec(uint16_t cpu, const RecordView& view);
  void on_oom(uint16_t cpu, const RecordView& view);
  void on_io_submit(uint16_t cpu, const RecordView& view);
  void on_capable(uint16_t cpu, const RecordView& view);
  void on_io_complete(uint16_t cpu, const RecordView& view);
  void on_exit(uint16_t cpu, const RecordView& view);
  void on_signal(uint16_t cpu, const RecordView& view);
  void on_signal_sent(uint16_t cpu, const RecordView& view);
  void on_cgroup_attach(uint16_t cpu, const RecordView& view);
  void send_cgroup_event(uint16_t cpu, const RecordView& view, uint16_t id, uint64_t top_cgroup);
  void on_cgroup_made(uint16_t cpu, const RecordView& view);
  void on_cgroup_late(const RecordView& view);
  void on_cgroup_removed(uint16_t cpu, const RecordView& view);
  void on_space(const RecordView& view);
  void end_container(uint16_t cpu, const RecordView& view);
  void take_exec(Event& event, TaskState& state) const;
  Denied decided(std::optional<Denied> denied);
  void send_container_start(const Event& exec, TaskState& state);
  // What follows from records, in tracker_derived.cc.
  void send_rights_changes(uint16_t cpu, const RecordView& view, const TaskRights& before);
  void send_prot_alert(const Event& call, const TaskState& state);
  void send_file_io(const Event& call, const RecordView& view, const TaskState& state);
  std::shared_ptr<Task> container_itself(const ContainerTable::Entry& entry);
  bool before_command(uint32_t tid) const { return tid && tid == command_tid_; }

  const Options options_;
  ContainerTable& containers_;
  EventGate& gate_;
  uint32_t command_tid_;                           // 0 once it made its execve
  std::vector<std::unique_ptr<TaskState>> tasks_;  // by tid
  std::shared_ptr<const Task> nobody_;
  std::unordered_map<uint32_t, std::shared_ptr<HostName>> host_names_;  // by namespace
  size_t host_name_limit_ = 1024;  // with more of them those that no task has are forgotten
  std::map<uint32_t, wire::in_flight_record> unfinished_;  // by tid
  uint64_t next_serial_ = 1;
  uint64_t lost_ = 0, undecided_denials_ = 0;
  SeccompBook filters_;
  FileBook files_;
  MemoryWatch memory_;
};

}  // namespace ctrace
