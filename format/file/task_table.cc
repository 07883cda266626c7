#include "format/file/task_table.h"

#include <string_view>

#include "format/file/model_codec.h"

namespace ctrace {
namespace {

constexpr size_t kMaxName = 64 << 10;

std::string_view cut(const std::string& name) { return std::string_view(name).substr(0, kMaxName); }

}  // namespace

uint32_t TaskTable::put_other(const Task& task) {
  if (task.serial == 0) {
    // No row has this serial by the rules; losses do, with an all-zero task. Compared by content.
    const Row row = make_row(task);
    if (unnumbered_ == 0 || !(rows_[unnumbered_ - 1] == row)) unnumbered_ = append(row, task) + 1;
    return unnumbered_ - 1;
  }
  uint32_t& row = row_of_serial_[task.serial];
  if (row == 0) row = append(make_row(task), task) + 1;
  last_serial_ = task.serial;
  last_row_ = row - 1;
  return last_row_;
}

TaskTable::Row TaskTable::make_row(const Task& task) {
  Row row;
  for (size_t i = 0; i < kTaskNumberCount; ++i) row.numbers[i] = task.*kTaskNumbers[i].field;
  row.cgroup_id = task.cgroup_id;
  row.start_ns = task.start_ns;
  row.phase = task.phase;
  row.comm = strings_.put(cut(task.comm));
  row.host_name = strings_.put(cut(task.host_name));
  row.exe = strings_.put(cut(task.exe));
  row.container = task.container ? put_container(*task.container) + 1 : 0;
  return row;
}

uint32_t TaskTable::append(const Row& row, const Task& task) {
  rows_.push_back(row);
  owners_.push_back({task.container ? task.container->index : 0, task.phase});
  return static_cast<uint32_t>(rows_.size() - 1);
}

uint32_t TaskTable::put_container(const Container& container) {
  const auto [newest, is_new] = newest_.try_emplace(container.index, 0);
  if (!is_new && containers_[newest->second] == container) return newest->second;
  newest->second = static_cast<uint32_t>(containers_.size());
  containers_.push_back(container);
  container_bytes_ += packed_size(container);
  return newest->second;
}

size_t TaskTable::size_bytes() const {
  return rows_.size() * sizeof(Row) + strings_.size_bytes() + container_bytes_;
}

flatbuffers::Offset<disk::Tasks> TaskTable::pack_tasks(Builder& builder) const {
  const size_t n = rows_.size();
  const auto narrow = [&](auto field) {
    return builder.CreateVector<uint32_t>(n, [&](size_t i) { return rows_[i].*field; });
  };
  const auto wide = [&](auto field) {
    return builder.CreateVector<uint64_t>(n, [&](size_t i) { return rows_[i].*field; });
  };
  std::array<flatbuffers::Offset<flatbuffers::Vector<uint32_t>>, kTaskNumberCount> numbers;
  for (size_t k = 0; k < kTaskNumberCount; ++k) {
    numbers[k] = builder.CreateVector<uint32_t>(n, [&](size_t i) { return rows_[i].numbers[k]; });
  }
  const auto cgroup_id = wide(&Row::cgroup_id);
  const auto start_ns = wide(&Row::start_ns);
  const auto phase = builder.CreateVector<uint8_t>(
      n, [&](size_t i) { return static_cast<uint8_t>(rows_[i].phase); });
  const auto comm = narrow(&Row::comm);
  const auto host_name = narrow(&Row::host_name);
  const auto container = narrow(&Row::container);
  const auto exe = narrow(&Row::exe);

  disk::TasksBuilder tasks(builder);
  for (size_t k = 0; k < kTaskNumberCount; ++k) {
    builder.AddOffset(kTaskNumbers[k].slot, numbers[k]);
  }
  tasks.add_cgroup_id(cgroup_id);
  tasks.add_start_ns(start_ns);
  tasks.add_phase(phase);
  tasks.add_comm(comm);
  tasks.add_host_name(host_name);
  tasks.add_container(container);
  tasks.add_exe(exe);
  return tasks.Finish();
}

TaskTable::Packed TaskTable::pack(Builder& builder) const {
  Packed packed;
  packed.tasks = pack_tasks(builder);
  std::vector<flatbuffers::Offset<disk::Container>> rows;
  for (const Container& container : containers_) rows.push_back(pack_container(builder, container));
  packed.containers = builder.CreateVector(rows);
  packed.strings = strings_.pack(builder);
  return packed;
}

void TaskTable::clear() {
  rows_.clear();
  owners_.clear();
  row_of_serial_.clear();
  strings_.clear();
  containers_.clear();
  newest_.clear();
  container_bytes_ = 0;
  last_serial_ = 0;
  unnumbered_ = 0;
}

}  // namespace ctrace
