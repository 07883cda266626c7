// A row of Task that keeps the version of its container that it refers to: events may be held back
// for long.
#pragma once

#include <memory>

#include "format/model/event.h"

namespace ctrace {

struct TaskRow : Task {
  TaskRow() = default;
  explicit TaskRow(const Task& task) : Task(task) {}
  void belongs_to(const std::shared_ptr<const Container>& row) {
    kept = row;
    container = row.get();
  }
  std::shared_ptr<const Container> kept;
};

}  // namespace ctrace
