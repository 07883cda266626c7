// The tasks of a block and the containers that they belonged to, each as it was known at its place
// in the stream.
#pragma once

#include <array>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "format/base/flat_map.h"
#include "format/file/block_layout.h"
#include "format/file/part.h"
#include "format/file/string_table.h"
#include "format/model/event.h"

namespace ctrace {

class TaskTable {
 public:
  // What a count needs to know of a row.
  struct Owner {
    uint32_t container = 0;  // its index, 0: host
    Phase phase = Phase::kHost;
  };

  // The row for `task`: the one of equal serial, else a new one.
  uint32_t put(const Task& task) {
    if (task.serial == last_serial_ && task.serial != 0) return last_row_;
    return put_other(task);
  }
  const Owner& owner(uint32_t row) const { return owners_[row]; }
  uint32_t size() const { return static_cast<uint32_t>(rows_.size()); }
  // About how many bytes the rows, their texts and containers take.
  size_t size_bytes() const;

  struct Packed {
    flatbuffers::Offset<disk::Tasks> tasks;
    flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<disk::Container>>> containers;
    flatbuffers::Offset<disk::Strings> strings;
  };
  Packed pack(Builder& builder) const;
  void clear();

 private:
  struct Row {
    std::array<uint32_t, kTaskNumberCount> numbers;
    uint64_t cgroup_id, start_ns;
    Phase phase;
    uint32_t comm, host_name, exe;
    uint32_t container;  // row of containers_ + 1, 0: host
    bool operator==(const Row&) const = default;
  };

  uint32_t put_other(const Task& task);
  Row make_row(const Task& task);
  uint32_t append(const Row& row, const Task& task);
  uint32_t put_container(const Container& container);
  flatbuffers::Offset<disk::Tasks> pack_tasks(Builder& builder) const;

  std::vector<Row> rows_;
  std::vector<Owner> owners_;
  FlatMap<uint32_t> row_of_serial_;  // row + 1
  StringTable strings_;
  std::vector<Container> containers_;
  std::unordered_map<uint32_t, uint32_t> newest_;  // container index to row of containers_
  size_t container_bytes_ = 0;
  uint64_t last_serial_ = 0;
  uint32_t last_row_ = 0;
  uint32_t unnumbered_ = 0;  // row + 1 of the last task with serial 0
};

}  // namespace ctrace
