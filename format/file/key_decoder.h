// The Key of a block: which events, whose, how many. All that it says is checked before it is used.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "format/base/result.h"
#include "format/file/model_codec.h"
#include "format/file/part.h"
#include "format/file/string_table.h"
#include "format/file/type_table.h"
#include "format/model/event.h"

namespace ctrace {

class KeyDecoder {
 public:
  // One (event id, ABI) pair of the block.
  struct Local {
    uint16_t event_id = 0;
    Abi abi = Abi::kX86_64;
    const EventType* type = nullptr;  // null: no schema has it
    uint32_t count = 0;               // events of this pair
  };

  // Only what counting needs: ids, counts, totals.
  Result<void> open_summary(const disk::Key* key, uint32_t events);
  // After open_summary(): the columns and the tasks; `block` makes their serials unique.
  Result<void> open_columns(uint64_t block, TypeTable* types);

  uint32_t events() const { return events_; }
  const std::vector<Local>& locals() const { return locals_; }
  // For an event that no schema has: what it is shown as.
  void set_type(size_t local, const EventType* type) { locals_[local].type = type; }
  const std::vector<uint16_t>& ids() const { return ids_; }              // one an event
  const std::vector<uint32_t>& task_rows() const { return task_rows_; }  // one an event
  const std::vector<Task>& tasks() const { return tasks_; }
  const CountTable& counts() const { return counts_; }
  const RecordingTotals& totals() const { return totals_; }
  uint64_t first_time() const { return key_->first_time(); }

 private:
  Result<void> open_ids();
  Result<void> open_types(TypeTable* types);
  Result<void> open_containers(CopyBudget* budget);
  Result<void> open_tasks(uint64_t block);
  Result<void> check_tasks(const disk::Tasks& table) const;

  const disk::Key* key_ = nullptr;
  uint32_t events_ = 0;
  std::vector<Local> locals_;
  std::vector<uint16_t> ids_;
  std::vector<uint32_t> task_rows_;
  std::vector<Task> tasks_;
  std::vector<Container> containers_;
  std::vector<StringEntry> strings_;
  CountTable counts_;
  RecordingTotals totals_;
};

}  // namespace ctrace
