#include "format/file/key_decoder.h"

#include <algorithm>
#include <unordered_map>

#include "format/file/block_layout.h"
#include "format/file/frame.h"

namespace ctrace {
namespace {

constexpr const char* kMissingId = "an event has an id that the block lacks";

template <typename T>
bool has_size(const flatbuffers::Vector<T>* column, size_t size) {
  return column && column->size() == size && is_aligned(column);
}

bool is_all_zero(const Task& task) {
  return task.pid == 0 && task.tid == 0 && task.start_ns == 0 && task.cgroup_id == 0 &&
         task.comm.empty() && !task.container;
}

}  // namespace

Result<void> KeyDecoder::open_summary(const disk::Key* key, uint32_t events) {
  if (!key) return unexpected("its key is missing");
  key_ = key;
  events_ = key->n();
  if (events_ != events || events_ == 0 || events_ > kMaxBlockEvents) {
    return unexpected("its number of events is wrong");
  }
  const auto* ids = key->ids();
  const auto* abis = key->abis();
  if (!ids || ids->size() == 0 || ids->size() > UINT16_MAX || !has_size(abis, ids->size())) {
    return unexpected("its local ids are wrong");
  }
  locals_.assign(ids->size(), {});
  for (uint32_t i = 0; i < ids->size(); ++i) {
    if (abis->Get(i) >= kAbiCount) return unexpected("it has an unknown ABI");
    locals_[i].event_id = ids->Get(i);
    locals_[i].abi = static_cast<Abi>(abis->Get(i));
  }
  counts_.clear();
  totals_ = {};
  if (!key->counts()) return unexpected("its counts are missing");
  if (auto counts = unpack_counts(*key->counts(), &counts_); !counts) return counts;
  if (counts_.sum() > events_) return unexpected("its counts are more than its events");
  if (!key->totals()) return {};
  auto totals = unpack_totals(*key->totals());
  if (!totals) return unexpected(totals.error());
  totals_ = std::move(*totals);
  return {};
}

Result<void> KeyDecoder::open_columns(uint64_t block, TypeTable* types) {
  if (auto chunks = open_chunks(); !chunks) return chunks;
  if (auto ids = open_ids(); !ids) return ids;
  if (auto rows = open_types(types); !rows) return rows;
  return open_tasks(block);
}

Result<void> KeyDecoder::open_chunks() {
  chunks_ = 1;
  const auto* chunks = key_->chunks();
  if (!chunks) return {};
  if (chunks->size() != locals_.size()) return unexpected("its events have not one chunk each");
  for (uint32_t i = 0; i < chunks->size(); ++i) {
    locals_[i].chunk = chunks->Get(i);
    chunks_ = std::max<size_t>(chunks_, locals_[i].chunk + 1u);
  }
  return {};
}

// Without a branch an event: which of them are wanted no processor foresees.
template <typename T>
Result<void> KeyDecoder::find_wanted(const T* ids) {
  if (std::all_of(locals_.begin(), locals_.end(), [](const Local& l) { return l.wanted; })) {
    if (largest_of(ids, events_) >= locals_.size()) return unexpected(kMissingId);
    for (size_t i = all_events_.size(); i < events_; ++i) {
      all_events_.push_back(static_cast<uint32_t>(i));
    }
    wanted_ = std::span(all_events_).first(events_);
  } else {
    constexpr uint8_t kWanted = 1, kMissing = 2;
    states_.assign(size_t{1} << 8 * sizeof(T), kMissing);
    const size_t known = std::min(states_.size(), locals_.size());
    for (size_t i = 0; i < known; ++i) states_[i] = locals_[i].wanted ? kWanted : 0;
    events_wanted_.resize(events_);
    const uint8_t* const states = states_.data();
    uint32_t* const places = events_wanted_.data();
    uint8_t seen = 0;
    size_t count = 0;
    for (uint32_t i = 0; i < events_; ++i) {
      const uint8_t state = states[ids[i]];
      seen |= state;
      places[count] = i;
      count += state & kWanted;
    }
    if (seen & kMissing) return unexpected(kMissingId);
    wanted_ = std::span(events_wanted_).first(count);
  }
  for (const uint32_t i : wanted_) ++locals_[ids[i]].count;
  return {};
}

Result<void> KeyDecoder::open_ids() {
  if (!ids_.open(key_->id(), key_->id16(), events_)) {
    return unexpected("its events have not one id each");
  }
  if (!task_rows_.open(key_->task(), key_->task32(), events_)) {
    return unexpected("its events have not one task each");
  }
  return ids_.narrow() ? find_wanted(ids_.narrow()) : find_wanted(ids_.wide());
}

Result<void> KeyDecoder::open_types(TypeTable* types) {
  CopyBudget budget;
  std::unordered_map<uint16_t, const EventType*> rows;
  const auto* table = key_->types();
  if (table && table->size() > locals_.size()) return unexpected("it has too many schema rows");
  for (uint32_t i = 0; table && i < table->size(); ++i) {
    auto type = unpack_type(*table->Get(i), &budget);
    if (!type) return unexpected(type.error());
    if (types->in_schema(type->id)) continue;
    const EventType* kept = types->keep(*type);
    if (!kept) return unexpected("the file has too many schema rows");
    rows[type->id] = kept;
  }
  for (Local& local : locals_) {
    local.type = types->in_schema(local.event_id);
    const auto row = rows.find(local.event_id);
    if (!local.type && row != rows.end()) local.type = row->second;
  }
  return {};
}

Result<void> KeyDecoder::open_containers(CopyBudget* budget) {
  containers_.clear();
  const auto* rows = key_->containers();
  if (rows && rows->size() > events_) return unexpected("it has more containers than events");
  for (uint32_t i = 0; rows && i < rows->size(); ++i) {
    auto container = unpack_container(*rows->Get(i), budget);
    if (!container) return unexpected(container.error());
    containers_.push_back(std::move(*container));
  }
  return {};
}

Result<void> KeyDecoder::check_tasks(const disk::Tasks& table) const {
  const size_t n = table.pid() ? table.pid()->size() : 0;
  // A row that no event has is never written; so memory for rows is bounded by events.
  if (n == 0 || n > events_) return unexpected("its tasks are missing or too many");
  bool whole = has_size(table.cgroup_id(), n) && has_size(table.start_ns(), n) &&
               has_size(table.phase(), n) && has_size(table.comm(), n) &&
               has_size(table.host_name(), n) && has_size(table.container(), n);
  for (const TaskNumber& number : kTaskNumbers) whole &= has_size((table.*number.column)(), n);
  whole &= !table.exe() || table.exe()->size() == n;
  if (!whole) return unexpected("the columns of its tasks have different lengths");
  const auto within = [n](const auto* column, size_t limit) {
    return std::all_of(column->data(), column->data() + n, [=](auto x) { return x < limit; });
  };
  if (!within(table.phase(), static_cast<size_t>(Phase::kEntered) + 1) ||
      !within(table.comm(), strings_.size()) || !within(table.host_name(), strings_.size()) ||
      !within(table.container(), containers_.size() + 1) ||
      (table.exe() && !within(table.exe(), strings_.size()))) {
    return unexpected("a task refers to what is not there");
  }
  if (task_rows_.largest(events_) >= n) {
    return unexpected("an event has a task that the block lacks");
  }
  return {};
}

Result<void> KeyDecoder::open_tasks(uint64_t block) {
  CopyBudget budget;
  strings_.clear();
  if (auto strings = unpack_strings(key_->strings(), false, &strings_); !strings) return strings;
  if (auto containers = open_containers(&budget); !containers) return containers;
  if (!key_->tasks()) return unexpected("its tasks are missing");
  const disk::Tasks& table = *key_->tasks();
  if (auto checked = check_tasks(table); !checked) return checked;

  tasks_.resize(table.pid()->size());
  for (uint32_t i = 0; i < tasks_.size(); ++i) {
    Task& task = tasks_[i];
    for (const TaskNumber& number : kTaskNumbers) {
      task.*number.field = (table.*number.column)()->Get(i);
    }
    task.cgroup_id = table.cgroup_id()->Get(i);
    task.start_ns = table.start_ns()->Get(i);
    task.phase = static_cast<Phase>(table.phase()->Get(i));
    const std::string_view comm = strings_[table.comm()->Get(i)].text.bytes;
    const std::string_view host_name = strings_[table.host_name()->Get(i)].text.bytes;
    const std::string_view exe =
        table.exe() ? strings_[table.exe()->Get(i)].text.bytes : std::string_view();
    budget.take(comm.size() + host_name.size() + exe.size());
    if (budget.spent()) return unexpected("the names of its tasks are too long");
    task.comm = comm;
    task.exe = exe;
    task.host_name = host_name;
    const uint32_t container = table.container()->Get(i);
    task.container = container == 0 ? nullptr : &containers_[container - 1];
    // Rows of a block are at most 2^18, see kMaxBlockEvents.
    task.serial = is_all_zero(task) ? 0 : (block + 1) << 20 | i;
  }
  return {};
}

}  // namespace ctrace
