#include "format/file/block_decoder.h"

#include <algorithm>

#include "format/catalogue/catalogue.h"
#include "format/file/block_layout.h"
#include "format/file/frame_scanner.h"

namespace ctrace {
namespace {

int64_t unzigzag(uint32_t value) {
  return static_cast<int64_t>(value >> 1) ^ -static_cast<int64_t>(value & 1);
}

// Writes base + element to every `stride`th place; returns the largest value.
template <typename T>
uint64_t widen(const T* elements, size_t count, uint64_t base, size_t stride, uint64_t* out) {
  uint64_t largest = 0;
  for (size_t i = 0; i < count; ++i) {
    const uint64_t value = base + elements[i];
    out[i * stride] = value;
    largest = std::max(largest, value);
  }
  return largest;
}

Denied denied_of(uint8_t value) {
  return static_cast<Denied>(std::min(value, static_cast<uint8_t>(Denied::kOther)));
}

}  // namespace

bool wants_event(const Selection& selection, uint16_t event_id) {
  if (selection.event_ids.empty() || event_id == kLost) return true;
  return event_id < selection.event_ids.size() && selection.event_ids[event_id];
}

Result<void> BlockDecoder::open_summary(const FrameHeader& header,
                                        std::span<const uint8_t> payload) {
  const auto part = key_part_.open(part_of(header, payload, 0), header.raw_lengths[0]);
  if (!part) return unexpected("its key: " + part.error().message);
  return key_.open_summary((*part)->key(), header.events);
}

Result<void> BlockDecoder::open(const FrameHeader& header, std::span<const uint8_t> payload,
                                uint64_t block, const Selection& selection) {
  any_wanted_ = false;
  if (auto summary = open_summary(header, payload); !summary) return summary;
  sources_.assign(key_.locals().size(), {});
  for (size_t i = 0; i < sources_.size(); ++i) {
    sources_[i].wanted = wants_event(selection, key_.locals()[i].event_id);
    any_wanted_ |= sources_[i].wanted;
  }
  if (!any_wanted_) return {};
  if (auto columns = key_.open_columns(block, types_); !columns) return columns;

  const auto time = time_part_.open(part_of(header, payload, 1), header.raw_lengths[1]);
  if (!time) return unexpected("its time: " + time.error().message);
  if (auto opened = open_time((*time)->time(), header); !opened) return opened;
  const auto body = body_part_.open(part_of(header, payload, 2), header.raw_lengths[2]);
  if (!body) return unexpected("its body: " + body.error().message);
  return open_body((*body)->body());
}

Result<void> BlockDecoder::open_time(const disk::Time* time, const FrameHeader& header) {
  if (!time) return unexpected("its time is missing");
  const size_t n = key_.events();
  times_.resize(n);
  const auto *lo = time->ts_lo(), *hi = time->ts_hi();
  const auto* ts64 = time->ts64();
  if (lo && hi && !ts64 && lo->size() == n && hi->size() == n) {
    const uint16_t *low = lo->data(), *high = hi->data();
    uint64_t now = key_.first_time();
    for (size_t i = 0; i < n; ++i) {
      now += static_cast<uint64_t>(unzigzag(low[i] | uint32_t{high[i]} << 16));
      times_[i] = now;
    }
  } else if (ts64 && !lo && !hi && ts64->size() == n && is_aligned(ts64)) {
    times_.assign(ts64->data(), ts64->data() + n);
  } else {
    return unexpected("its events have not one time each");
  }
  const auto [earliest, latest] = std::minmax_element(times_.begin(), times_.end());
  if (*earliest != header.time_min || *latest != header.time_max ||
      times_[0] != key_.first_time()) {
    return unexpected("its times are not in the range that it says");
  }
  const auto* cpu = time->cpu();
  const auto* cpu16 = time->cpu16();
  if (cpu && !cpu16 && cpu->size() == n) {
    cpus_.assign(cpu->data(), cpu->data() + n);
  } else if (cpu16 && !cpu && cpu16->size() == n) {
    cpus_.assign(cpu16->data(), cpu16->data() + n);
  } else {
    return unexpected("its events have not one CPU each");
  }
  return {};
}

// Gives the pairs that no schema knows a type that has as many arguments as there are columns.
Result<void> BlockDecoder::explain_unknown(const disk::Body& body) {
  struct Shape {
    size_t args = 0;
    uint32_t text_args = 0;
  };
  const auto& locals = key_.locals();
  std::vector<Shape> shapes(locals.size());
  for (const disk::Column* column : *body.columns()) {
    if (column->local() >= shapes.size()) continue;
    if (column->role() == kRoleDuration) sources_[column->local()].has_durations = true;
    if (column->role() >= kMaxArgs) continue;
    Shape& shape = shapes[column->local()];
    shape.args = std::max<size_t>(shape.args, column->role() + 1u);
    shape.text_args |= uint32_t{column->text()} << column->role();
  }
  for (size_t i = 0; i < locals.size(); ++i) {
    if (locals[i].type || !sources_[i].wanted) continue;
    const EventType* type =
        types_->unknown(locals[i].event_id, shapes[i].args, shapes[i].text_args);
    if (!type) return unexpected("the file has too many unknown events");
    key_.set_type(i, type);
  }
  return {};
}

void BlockDecoder::place_values() {
  const auto& locals = key_.locals();
  size_t total = 0;
  for (size_t i = 0; i < sources_.size(); ++i) {
    Source& source = sources_[i];
    if (!source.wanted) continue;
    const EventType& type = *locals[i].type;
    source.stride = 1 + type.args.size() + source.has_durations;
    for (size_t a = 0; a < type.args.size(); ++a) {
      source.text_args |= uint32_t{has_text(type.args[a].form)} << a;
    }
    source.event.type = &type;
    source.event.abi = locals[i].abi;
    total += source.stride * locals[i].count;
  }
  if (values_.size() < total) values_.resize(total);
  uint64_t* place = values_.data();
  for (size_t i = 0; i < sources_.size(); ++i) {
    if (!sources_[i].wanted) continue;
    sources_[i].next = sources_[i].values = place;
    place += sources_[i].stride * locals[i].count;
  }
}

// Bytes, or one value for all.
Result<void> BlockDecoder::open_denied(const disk::Column& column, Source& source) {
  const size_t n = key_.locals()[column.local()].count;
  const auto* u8 = column.u8();
  const bool whole = u8 ? u8->size() == n && column.base() == 0 : column.base() <= UINT8_MAX;
  if (source.denied_seen || !whole || column.n() != n || column.text() || column.u16() ||
      column.u32() || column.u64()) {
    return unexpected("a column of what was denied makes no sense");
  }
  source.denied_seen = true;
  source.denied = u8 ? u8->data() : nullptr;
  if (!u8) source.event.denied = denied_of(static_cast<uint8_t>(column.base()));
  return {};
}

Result<void> BlockDecoder::open_column(const disk::Column& column) {
  if (column.local() >= sources_.size()) return unexpected("a column belongs to no event");
  Source& source = sources_[column.local()];
  const bool is_result = column.role() == kRoleResult;
  const bool is_duration = column.role() == kRoleDuration;
  if (column.role() == kRoleDenied && source.wanted) return open_denied(column, source);
  if (!source.wanted || (!is_result && !is_duration && column.role() >= kMaxArgs)) return {};
  const size_t position = is_result     ? 0
                          : is_duration ? source.stride - 1
                                        : 1 + size_t{column.role()};
  const size_t limit = source.stride - (source.has_durations && !is_duration);
  if (position >= limit || (source.columns_seen >> position & 1)) {
    return unexpected("an event has a column too many");
  }
  source.columns_seen |= 1u << position;
  const bool is_text = !is_result && !is_duration && (source.text_args >> column.role() & 1);
  if (column.text() != is_text) return unexpected("a column is text against its schema row");

  const size_t n = key_.locals()[column.local()].count;
  const auto* u8 = column.u8();
  const auto* u16 = column.u16();
  const auto* u32 = column.u32();
  const auto* u64 = column.u64();
  const int vectors = (u8 != nullptr) + (u16 != nullptr) + (u32 != nullptr) + (u64 != nullptr);
  const size_t size = u8    ? u8->size()
                      : u16 ? u16->size()
                      : u32 ? u32->size()
                      : u64 ? u64->size()
                            : n;
  if (vectors > 1 || size != n || column.n() != n || !is_aligned(u64)) {
    return unexpected("a column has not one value for each of its events");
  }
  uint64_t* out = source.values + position;
  const uint64_t base = column.base();
  uint64_t largest = base;
  if (u8) {
    largest = widen(u8->data(), n, base, source.stride, out);
  } else if (u16) {
    largest = widen(u16->data(), n, base, source.stride, out);
  } else if (u32) {
    largest = widen(u32->data(), n, base, source.stride, out);
  } else if (u64) {
    largest = widen(u64->data(), n, base, source.stride, out);
  } else {
    for (size_t i = 0; i < n; ++i) out[i * source.stride] = base;
  }
  if (is_text && n > 0 && largest >= strings_.size()) {
    return unexpected("an argument refers to a string that the block lacks");
  }
  return {};
}

Result<void> BlockDecoder::open_body(const disk::Body* body) {
  if (!body || !body->columns()) return unexpected("its body is missing");
  if (auto strings = unpack_strings(body->strings(), true, &strings_); !strings) return strings;
  if (auto explained = explain_unknown(*body); !explained) return explained;
  place_values();
  for (const disk::Column* column : *body->columns()) {
    if (auto opened = open_column(*column); !opened) return opened;
  }
  for (const Source& source : sources_) {
    if (source.wanted && source.columns_seen != (1u << source.stride) - 1) {
      return unexpected("an event lacks a column");
    }
  }
  return {};
}

bool BlockDecoder::deliver(const std::function<bool(const Event&)>& sink) {
  if (!any_wanted_) return true;
  const size_t n = key_.events();
  const uint16_t* ids = key_.ids().data();
  const uint32_t* rows = key_.task_rows().data();
  const Task* tasks = key_.tasks().data();
  for (size_t i = 0; i < n; ++i) {
    Source& source = sources_[ids[i]];
    if (!source.wanted) continue;
    Event& event = source.event;
    const uint64_t* values = source.next;
    source.next += source.stride;
    event.time_ns = times_[i];
    event.cpu = cpus_[i];
    event.task = &tasks[rows[i]];
    event.result = static_cast<int64_t>(values[0]);
    if (source.denied) event.denied = denied_of(*source.denied++);
    const size_t args = source.stride - 1 - source.has_durations;
    if (source.has_durations) event.duration_ns = values[source.stride - 1];
    for (size_t a = 0; a < args; ++a) event.args[a] = values[1 + a];
    for (uint32_t left = source.text_args; left != 0; left &= left - 1) {
      const unsigned a = static_cast<unsigned>(__builtin_ctz(left));
      const StringEntry& entry = strings_[event.args[a]];
      event.texts[a] = entry.text;
      event.args[a] = entry.address;
    }
    if (!sink(event)) return false;
  }
  return true;
}

}  // namespace ctrace
