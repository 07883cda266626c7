// The Key of a block: which events, whose, how many. All that it says is checked before it is used.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "format/base/result.h"
#include "format/file/model_codec.h"
#include "format/file/part.h"
#include "format/file/string_table.h"
#include "format/file/twin_column.h"
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
    bool wanted = true;
    uint8_t chunk = 0;   // of the body, where its columns stand
    uint32_t count = 0;  // events of this pair, if it is wanted
  };

  // Only what counting needs: ids, counts, totals.
  Result<void> open_summary(const disk::Key* key, uint32_t events);
  // After open_summary(): says that the events of a pair need not be told.
  void pass_over(size_t local) { locals_[local].wanted = false; }
  // After open_summary(): the columns and the tasks; `block` makes their serials unique.
  Result<void> open_columns(uint64_t block, TypeTable* types);

  uint32_t events() const { return events_; }
  const std::vector<Local>& locals() const { return locals_; }
  // For an event that no schema has: what it is shown as.
  void set_type(size_t local, const EventType* type) { locals_[local].type = type; }
  size_t chunks() const { return chunks_; }  // of the body
  // Of the wanted events, in order: which of the block's events each is. The others take that.
  std::span<const uint32_t> wanted() const { return wanted_; }
  size_t local_of(uint32_t event) const { return ids_[event]; }
  size_t task_row_of(uint32_t event) const { return task_rows_[event]; }
  const Task& task_of(uint32_t event) const { return tasks_[task_row_of(event)]; }
  const std::vector<Task>& tasks() const { return tasks_; }
  const CountTable& counts() const { return counts_; }
  const RecordingTotals& totals() const { return totals_; }
  uint64_t first_time() const { return key_->first_time(); }

 private:
  Result<void> open_chunks();
  template <typename T>
  Result<void> find_wanted(const T* ids);
  Result<void> open_ids();
  Result<void> open_types(TypeTable* types);
  Result<void> open_containers(CopyBudget* budget);
  Result<void> open_tasks(uint64_t block);
  Result<void> check_tasks(const disk::Tasks& table) const;

  const disk::Key* key_ = nullptr;
  uint32_t events_ = 0;
  std::vector<Local> locals_;
  size_t chunks_ = 1;
  // One an event, where they stand in the part.
  TwinColumn<uint8_t, uint16_t> ids_;
  TwinColumn<uint16_t, uint32_t> task_rows_;
  std::vector<uint8_t> states_;  // of local ids
  std::vector<uint32_t> events_wanted_, all_events_;
  std::span<const uint32_t> wanted_;  // one of the two
  std::vector<Task> tasks_;
  std::vector<Container> containers_;
  std::vector<StringEntry> strings_;
  CountTable counts_;
  RecordingTotals totals_;
};

}  // namespace ctrace
