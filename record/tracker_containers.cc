// Cgroups, and how containers begin and end.
#include <algorithm>
#include <cstring>

#include "format/catalogue/catalogue.h"
#include "format/catalogue/other_events.h"
#include "record/event_filling.h"
#include "record/spaces.h"
#include "record/task_row.h"
#include "record/tracker.h"

namespace ctrace {

void Tracker::on_cgroup_made(uint16_t cpu, const RecordView& view) {
  if (view.record->args < 3) return;
  size_t offset = 0;
  BlobView path;
  if (!next_blob(view, offset, path)) return;
  containers_.cgroup_made(view.args[0], view.args[1], view.args[2], {path.data, path.size});
  send_cgroup_event(cpu, view, kCgroupMkdir, view.args[2]);
}

void Tracker::on_cgroup_late(const RecordView& view) {
  if (view.record->args >= 1 && view.args[0]) containers_.revive(view.args[0]);
}

void Tracker::on_cgroup_removed(uint16_t cpu, const RecordView& view) {
  if (view.record->args < 1) return;
  if (view.record->args >= 2) send_cgroup_event(cpu, view, kCgroupRmdir, view.args[1]);
  end_container(cpu, view);
}

void Tracker::on_space(const RecordView& view) {
  if (view.record->args < 5 || !is_space(view.args[0])) return;
  char comm[wire::COMM_SIZE];
  std::memcpy(comm, view.args + 2, sizeof comm);
  containers_.space_made({view.args[0], view.args[4], static_cast<uint32_t>(view.args[1]),
                          fixed_text(comm, sizeof comm)});
}

// Its cgroup is removed, or its first process ended that others cannot outlive.
void Tracker::end_container(uint16_t cpu, const RecordView& view) {
  if (view.record->args < 1) return;
  const std::shared_ptr<ContainerTable::Entry> entry = containers_.cgroup_removed(view.args[0]);
  if (!entry) return;
  filters_.forget(entry->row->index);
  if (entry->state != ContainerTable::State::kKept || !entry->started) return;
  containers_.end(*entry, view.record->time_ns);
  const Container& container = *entry->row;
  const std::shared_ptr<Task> task = container_itself(*entry);  // no process of it is left
  Event event;
  event.time_ns = view.record->time_ns;
  event.cpu = cpu;
  event.abi = kNativeAbi;
  event.type = find_event(kContainerStop);
  event.task = task.get();
  set_text(event, 0, container.id);
  set_text(event, 1, container.name);
  if (container.started_ns) event.args[2] = event.time_ns - container.started_ns;
  const bool known = container.ended_ns != 0;
  event.args[3] = known ? container.wait_status >> 8 & 0xff : uint64_t{0} - 1;
  event.args[4] = container.wait_status & 0x7f;
  event.args[5] = entry->totals.calls;
  event.args[6] = entry->totals.failed;
  event.args[7] = entry->totals.lost;
  gate_.push(event, task, entry.get());
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
  event.abi = kNativeAbi;
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

void Tracker::send_container_start(const Event& exec, TaskState& state) {
  containers_.begin(*state.container, *state.row, exec.time_ns, state.no_new_privs,
                    state.seccomp_mode);
  current_state(state.row->tid);
  const Container& container = *state.container->row;
  Event event;
  event.time_ns = exec.time_ns;
  event.cpu = exec.cpu;
  event.abi = kNativeAbi;
  event.type = find_event(kContainerStart);
  event.task = state.row.get();
  set_text(event, 0, container.id);
  set_text(event, 1, container.name);
  set_text(event, 2, container.image);
  set_text(event, 3, container.runtime);
  send(event, state);
}

}  // namespace ctrace
