#include "format/file/block_encoder.h"

#include <algorithm>
#include <cassert>
#include <span>
#include <utility>

#include "format/catalogue/catalogue.h"
#include "format/file/block_layout.h"

namespace ctrace {
namespace {

using flatbuffers::Offset;
using flatbuffers::Vector;

constexpr size_t kKeptValues = 8192;  // of a local id from block to block, whatever it used
constexpr size_t kMaxText = 1 << 20;
// Of texts or of tasks. With the columns of 262144 events (19 MB) and one more text or row a part
// stays far below 64 MiB.
constexpr size_t kMaxBytes = 24 << 20;
constexpr size_t kMaxLocals = 65535;

bool is_failed(int64_t result) { return result < 0 && result >= -4095; }

uint64_t zigzag(int64_t value) {
  return static_cast<uint64_t>(value) << 1 ^ static_cast<uint64_t>(value >> 63);
}

// Every `stride`th of `values` minus `base`, as T.
template <typename T>
Offset<Vector<T>> pack_narrow(Builder& builder, const uint64_t* values, size_t count, size_t stride,
                              uint64_t base) {
  T* out;
  const auto offset = builder.CreateUninitializedVector<T>(count, &out);
  for (size_t i = 0; i < count; ++i) out[i] = static_cast<T>(values[i * stride] - base);
  return offset;
}

template <typename To, typename From>
Offset<Vector<To>> pack_as(Builder& builder, const std::vector<From>& values) {
  To* out;
  const auto offset = builder.CreateUninitializedVector<To>(values.size(), &out);
  for (size_t i = 0; i < values.size(); ++i) out[i] = static_cast<To>(values[i]);
  return offset;
}

}  // namespace

BlockEncoder::BlockEncoder(const std::vector<EventType>& schema, size_t chunk_values)
    : chunk_values_(chunk_values),
      in_schema_(UINT16_MAX + 1),
      local_ids_(kAbiCount << 16, kNoLocal) {
  for (const EventType& type : schema) in_schema_[type.id] = true;
}

uint16_t BlockEncoder::local_of(const Event& event) {
  const EventType& type = *event.type;
  uint16_t& local_id = local_ids_[static_cast<size_t>(event.abi) << 16 | type.id];
  if (local_id != kNoLocal) return local_id;
  assert(type.args.size() <= kMaxArgs);
  local_id = static_cast<uint16_t>(local_count_++);
  if (locals_.size() < local_count_) locals_.emplace_back();
  Local& local = locals_[local_id];
  local.event_id = type.id;
  local.abi = event.abi;
  local.stride = 1 + type.args.size();
  local.text_args = 0;
  for (size_t a = 0; a < type.args.size(); ++a) {
    local.text_args |= uint32_t{has_text(type.args[a].form)} << a;
  }
  const auto same_id = [&](const EventType& known) { return known.id == type.id; };
  if (!in_schema_[type.id] && std::none_of(types_.begin(), types_.end(), same_id)) {
    types_.push_back(type);
  }
  return local_id;
}

uint64_t BlockEncoder::put_text(const Event& event, size_t arg, uint16_t local) {
  const Text& text = event.texts[arg];
  switch (text.state) {
    case Text::State::kUnreadable:
    case Text::State::kNotRead:
      return strings_.put_address(event.args[arg], text.state, local);
    case Text::State::kNull:
      return strings_.put({}, text.state, local);
    default:
      if (text.bytes.size() > kMaxText) {
        return strings_.put(text.bytes.substr(0, kMaxText), Text::State::kCut, local);
      }
      return strings_.put(text.bytes, text.state, local);
  }
}

// Room for the values of one more event.
uint64_t* BlockEncoder::append_values(Local* local) {
  const size_t before = local->used;
  local->used += local->stride;
  if (local->used > local->values.size()) {
    local->values.resize(std::max<size_t>(256, 2 * local->used));
  }
  return local->values.data() + before;
}

void BlockEncoder::add(const Event& event) {
  const uint16_t local_id = local_of(event);
  const uint32_t task_row = tasks_.put(*event.task);
  times_.push_back(event.time_ns);
  cpus_.push_back(event.cpu);
  ids_.push_back(local_id);
  task_rows_.push_back(task_row);

  Local& local = locals_[local_id];
  uint64_t* values = append_values(&local);
  values[0] = static_cast<uint64_t>(event.result);
  for (size_t a = 0; a + 1 < local.stride; ++a) {
    values[1 + a] = local.text_args >> a & 1 ? put_text(event, a, local_id) : event.args[a];
  }

  if (event.denied != Denied::kNo) [[unlikely]] {
    local.denied.resize(local.count());
    local.denied.back() = static_cast<uint8_t>(event.denied);
  }

  if (event.duration_ns != 0) {
    local.durations.resize(local.count());
    local.durations.back() = event.duration_ns;
  }

  if (local.event_id == kLost) {
    ++losses_;
    return;
  }
  const TaskTable::Owner& owner = tasks_.owner(task_row);
  counts_.add(CountTable::key(owner.container, owner.phase, local.abi, local.event_id),
              is_failed(event.result), is_refused(event.denied));
}

bool BlockEncoder::is_full() const {
  return events() >= kMaxBlockEvents || local_count_ >= kMaxLocals ||
         strings_.size_bytes() > kMaxBytes || tasks_.size_bytes() > kMaxBytes;
}

std::vector<uint8_t> BlockEncoder::event_bits() const {
  std::vector<uint8_t> bits;
  for (size_t i = 0; i < local_count_; ++i) {
    const uint16_t id = locals_[i].event_id;
    if (bits.size() <= id / 8) bits.resize(id / 8 + 1);
    bits[id / 8] |= static_cast<uint8_t>(1 << id % 8);
  }
  return bits;
}

void BlockEncoder::pack_key(const RecordingTotals& totals, int level) {
  begin_part(key_);
  std::vector<uint16_t> event_ids;
  std::vector<uint8_t> abis;
  for (size_t i = 0; i < local_count_; ++i) {
    event_ids.push_back(locals_[i].event_id);
    abis.push_back(static_cast<uint8_t>(locals_[i].abi));
  }
  const auto ids = key_.CreateVector(event_ids);
  const auto abi_column = key_.CreateVector(abis);
  Offset<Vector<uint8_t>> id;
  Offset<Vector<uint16_t>> id16, task;
  Offset<Vector<uint32_t>> task32;
  if (local_count_ > 256) {
    id16 = key_.CreateVector(ids_);
  } else {
    id = pack_as<uint8_t>(key_, ids_);
  }
  if (tasks_.size() > UINT16_MAX + 1u) {
    task32 = key_.CreateVector(task_rows_);
  } else {
    task = pack_as<uint16_t>(key_, task_rows_);
  }
  const TaskTable::Packed tasks = tasks_.pack(key_);
  std::vector<Offset<disk::EventType>> types;
  for (const EventType& type : types_) types.push_back(pack_type(key_, type));
  const auto type_rows = key_.CreateVector(types);
  const auto counts = pack_counts(key_, counts_);
  const auto totals_row = pack_totals(key_, totals);
  ByteOffset chunks;
  if (chunk_count_ > 1) chunks = key_.CreateVector(chunk_of_);
  const auto key = disk::CreateKey(key_, events(), times_.front(), ids, abi_column, id, id16, task,
                                   task32, tasks.tasks, tasks.containers, tasks.strings, type_rows,
                                   counts, totals_row, static_cast<int8_t>(level), chunks);
  disk::FinishSizePrefixedPartBuffer(key_, disk::CreatePart(key_, 0, key));
}

void BlockEncoder::pack_time() {
  begin_part(time_);
  const size_t n = times_.size();
  time_low_.resize(n);
  time_high_.resize(n);
  uint64_t before = times_[0], widest = 0;
  for (size_t i = 0; i < n; ++i) {
    const uint64_t delta = zigzag(static_cast<int64_t>(times_[i] - before));
    before = times_[i];
    widest |= delta;
    time_low_[i] = static_cast<uint16_t>(delta);
    time_high_[i] = static_cast<uint16_t>(delta >> 16);
  }
  Offset<Vector<uint16_t>> ts_lo, ts_hi, cpu16;
  Offset<Vector<uint64_t>> ts64;
  Offset<Vector<uint8_t>> cpu;
  if (widest >> 32 != 0) {
    ts64 = time_.CreateVector(times_);
  } else {
    ts_lo = time_.CreateVector(time_low_);
    ts_hi = time_.CreateVector(time_high_);
  }
  if (*std::max_element(cpus_.begin(), cpus_.end()) > UINT8_MAX) {
    cpu16 = time_.CreateVector(cpus_);
  } else {
    cpu = pack_as<uint8_t>(time_, cpus_);
  }
  const auto time = disk::CreateTime(time_, ts_lo, ts_hi, ts64, cpu, cpu16);
  disk::FinishSizePrefixedPartBuffer(time_, disk::CreatePart(time_, 0, 0, time));
}

// The narrowest width for what the column holds. Values are compared as signed numbers, so that a
// result of −2 among small ones stays a byte.
Offset<disk::Column> BlockEncoder::pack_values(uint16_t local_id, uint8_t role, bool is_text,
                                               const uint64_t* values, size_t stride) {
  const size_t count = locals_[local_id].count();
  int64_t smallest = INT64_MAX, largest = INT64_MIN;
  for (size_t i = 0; i < count; ++i) {
    const int64_t value = static_cast<int64_t>(values[i * stride]);
    smallest = std::min(smallest, value);
    largest = std::max(largest, value);
  }
  const uint64_t base = static_cast<uint64_t>(smallest);
  const uint64_t range = static_cast<uint64_t>(largest) - base;
  Offset<Vector<uint8_t>> u8;
  Offset<Vector<uint16_t>> u16;
  Offset<Vector<uint32_t>> u32;
  Offset<Vector<uint64_t>> u64;
  if (range == 0) {
  } else if (range <= UINT8_MAX) {
    u8 = pack_narrow<uint8_t>(chunk_, values, count, stride, base);
  } else if (range <= UINT16_MAX) {
    u16 = pack_narrow<uint16_t>(chunk_, values, count, stride, base);
  } else if (range <= UINT32_MAX) {
    u32 = pack_narrow<uint32_t>(chunk_, values, count, stride, base);
  } else {
    u64 = pack_narrow<uint64_t>(chunk_, values, count, stride, base);
  }
  return disk::CreateColumn(chunk_, local_id, role, is_text, static_cast<uint32_t>(count), base, u8,
                            u16, u32, u64);
}

Offset<disk::Column> BlockEncoder::pack_column(uint16_t local_id, size_t position) {
  const Local& local = locals_[local_id];
  const bool is_result = position == 0;
  const uint8_t role = is_result ? kRoleResult : static_cast<uint8_t>(position - 1);
  const bool is_text = !is_result && (local.text_args >> (position - 1) & 1);
  const uint64_t* const values = local.values.data() + position;
  if (!is_text || chunk_count_ == 1) {
    return pack_values(local_id, role, is_text, values, local.stride);
  }
  text_values_.resize(local.count());
  for (size_t i = 0; i < text_values_.size(); ++i) {
    const auto entry = static_cast<uint32_t>(values[i * local.stride]);
    text_values_[i] = strings_.value_in(chunk_of_[local_id], entry);
  }
  return pack_values(local_id, role, is_text, text_values_.data(), 1);
}

Offset<disk::Column> BlockEncoder::pack_denied(uint16_t local_id) {
  Local& local = locals_[local_id];
  local.denied.resize(local.count());
  const auto values = chunk_.CreateVector(local.denied);
  return disk::CreateColumn(chunk_, local_id, kRoleDenied, false,
                            static_cast<uint32_t>(local.count()), 0, values);
}

// Which local ids have a chunk of their own, so that who wants others need not decompress it.
void BlockEncoder::divide_body() {
  std::vector<size_t> sizes(local_count_);
  strings_.add_sizes(&sizes);
  chunk_of_.assign(local_count_, 0);
  chunk_count_ = 1;
  for (size_t i = 0; i < local_count_ && local_count_ > 1; ++i) {
    if (sizes[i] + locals_[i].used < chunk_values_ || chunk_count_ == kMaxChunks) continue;
    chunk_of_[i] = static_cast<uint8_t>(chunk_count_++);
  }
  strings_.divide(chunk_of_, chunk_count_);
}

void BlockEncoder::pack_body() {
  body_bytes_.clear();
  chunk_sizes_.clear();
  for (size_t chunk = 0; chunk < chunk_count_; ++chunk) {
    pack_chunk(static_cast<uint8_t>(chunk));
    const auto bytes = finished(chunk_);
    body_bytes_.insert(body_bytes_.end(), bytes.begin(), bytes.end());
    chunk_sizes_.push_back(bytes.size());
  }
}

void BlockEncoder::pack_chunk(uint8_t chunk) {
  begin_part(chunk_);
  std::vector<Offset<disk::Column>> columns;
  for (size_t i = 0; i < local_count_; ++i) {
    if (chunk_of_[i] != chunk) continue;
    for (size_t position = 0; position < locals_[i].stride; ++position) {
      columns.push_back(pack_column(static_cast<uint16_t>(i), position));
    }
    if (!locals_[i].denied.empty()) columns.push_back(pack_denied(static_cast<uint16_t>(i)));
    if (std::vector<uint64_t>& durations = locals_[i].durations; !durations.empty()) {
      durations.resize(locals_[i].count());
      columns.push_back(
          pack_values(static_cast<uint16_t>(i), kRoleDuration, false, durations.data(), 1));
    }
  }
  const auto rows = chunk_.CreateVector(columns);
  const auto strings = strings_.pack_chunk(chunk_, chunk);
  const auto body = disk::CreateBody(chunk_, rows, strings);
  disk::FinishSizePrefixedPartBuffer(chunk_, disk::CreatePart(chunk_, 0, 0, 0, body));
}

FrameWriter::Content BlockEncoder::finish(const RecordingTotals& totals, int level) {
  assert(events() > 0);
  divide_body();
  pack_key(totals, level);
  pack_time();
  pack_body();
  const auto [earliest, latest] = std::minmax_element(times_.begin(), times_.end());
  FrameWriter::Content content;
  content.kind = FrameKind::kBlock;
  content.time_min = *earliest;
  content.time_max = *latest;
  content.events = events();
  std::vector<std::span<const uint8_t>> chunks;
  std::span<const uint8_t> rest = body_bytes_;
  for (const size_t size : chunk_sizes_) {
    chunks.push_back(rest.first(size));
    rest = rest.subspan(size);
  }
  content.parts = {&key_, &time_, FrameWriter::Part(std::move(chunks))};
  return content;
}

void BlockEncoder::clear() {
  // Local ids are given anew in each block: without this each would in time hold a flood's room.
  for (size_t i = 0; i < local_count_; ++i) {
    const Local& local = locals_[i];
    local_ids_[static_cast<size_t>(local.abi) << 16 | local.event_id] = kNoLocal;
  }
  for (Local& local : locals_) {
    if (local.values.size() > std::max(kKeptValues, 4 * local.used))
      std::vector<uint64_t>().swap(local.values);
    local.used = 0;
    local.denied.clear();
    local.durations.clear();
  }
  local_count_ = 0;
  types_.clear();
  times_.clear();
  cpus_.clear();
  ids_.clear();
  task_rows_.clear();
  tasks_.clear();
  strings_.clear();
  counts_.clear();
  losses_ = 0;
}

}  // namespace ctrace
