#include "format/file/body_decoder.h"

#include <algorithm>

#include "format/catalogue/catalogue.h"
#include "format/file/block_layout.h"

namespace ctrace {
namespace {

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

// Puts the values where their events find them; returns the largest. Without a vector
// all are `base`.
uint64_t place_column(const disk::Column& column, size_t stride, uint64_t* out) {
  const uint64_t base = column.base();
  const size_t n = column.n();
  if (column.u8()) return widen(column.u8()->data(), n, base, stride, out);
  if (column.u16()) return widen(column.u16()->data(), n, base, stride, out);
  if (column.u32()) return widen(column.u32()->data(), n, base, stride, out);
  if (column.u64()) return widen(column.u64()->data(), n, base, stride, out);
  for (size_t i = 0; i < n; ++i) out[i * stride] = base;
  return base;
}

// Whether it has n values, in one vector or none.
bool has_values(const disk::Column& column, size_t n) {
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
  return vectors <= 1 && size == n && column.n() == n && is_aligned(u64);
}

}  // namespace

Result<void> BodyDecoder::open(std::span<const uint8_t> part, uint32_t raw_length,
                               KeyDecoder* key) {
  key_ = key;
  if (auto split = split_chunks(part, raw_length, key->chunks(), &chunks_); !split) {
    return unexpected("its body: " + split.error().message);
  }
  if (auto begun = part_.begin(raw_length, chunks_.size()); !begun) return begun;
  open_.assign(chunks_.size(), {});
  strings_.clear();
  last_shared_string_.reset();
  sources_.assign(key->locals().size(), {});
  bool all_wanted = true;
  for (const KeyDecoder::Local& local : key->locals()) {
    all_wanted &= local.wanted;
    if (!local.wanted || open_[local.chunk].body) continue;
    if (auto opened = open_chunk(local.chunk); !opened) return opened;
  }
  // Who reads all of a block also looks at what nothing refers to.
  for (size_t chunk = 0; all_wanted && chunk < chunks_.size(); ++chunk) {
    if (open_[chunk].body) continue;
    if (auto opened = open_chunk(chunk); !opened) return opened;
  }
  if (auto explained = explain_unknown(); !explained) return explained;
  place_values();
  for (size_t chunk = 0; chunk < chunks_.size(); ++chunk) {
    if (!open_[chunk].body) continue;
    for (const disk::Column* column : *open_[chunk].body->columns()) {
      if (auto opened = open_column(*column, chunk); !opened) return opened;
    }
  }
  for (size_t i = 0; i < sources_.size(); ++i) {
    if (key->locals()[i].wanted && sources_[i].columns_seen != (1u << sources_[i].stride) - 1) {
      return unexpected("an event lacks a column");
    }
  }
  return open_shared_strings();
}

Result<void> BodyDecoder::open_chunk(size_t chunk) {
  const auto part = part_.open(chunks_[chunk]);
  if (!part) return unexpected("its body: " + part.error().message);
  const disk::Body* body = (*part)->body();
  if (!body || !body->columns()) return unexpected("its body is missing");
  open_[chunk].body = body;
  if (chunk == 0 || !body->strings()) return {};
  open_[chunk].first_string = strings_.size();
  if (auto strings = unpack_strings(body->strings(), true, &strings_); !strings) return strings;
  open_[chunk].strings = strings_.size() - open_[chunk].first_string;
  return {};
}

// Chunk 0's, behind those of the other chunks; not if nothing of it is wanted.
Result<void> BodyDecoder::open_shared_strings() {
  if (!open_[0].body) {
    if (!last_shared_string_) return {};
    if (auto opened = open_chunk(0); !opened) return opened;
  }
  const size_t before = strings_.size();
  if (auto strings = unpack_strings(open_[0].body->strings(), true, &strings_); !strings) {
    return strings;
  }
  if (last_shared_string_ && *last_shared_string_ >= strings_.size() - before) {
    return unexpected("an argument refers to a string that the block lacks");
  }
  return {};
}

// Gives the pairs that no schema knows a type that has as many arguments as there are columns.
Result<void> BodyDecoder::explain_unknown() {
  struct Shape {
    size_t args = 0;
    uint32_t text_args = 0;
  };
  const auto& locals = key_->locals();
  std::vector<Shape> shapes(locals.size());
  for (const OpenChunk& chunk : open_) {
    if (!chunk.body) continue;
    for (const disk::Column* column : *chunk.body->columns()) {
      if (column->local() >= shapes.size()) continue;
      if (column->role() == kRoleDuration) sources_[column->local()].has_durations = true;
      if (column->role() >= kMaxArgs) continue;
      Shape& shape = shapes[column->local()];
      shape.args = std::max<size_t>(shape.args, column->role() + 1u);
      shape.text_args |= uint32_t{column->text()} << column->role();
    }
  }
  for (size_t i = 0; i < locals.size(); ++i) {
    if (locals[i].type || !locals[i].wanted) continue;
    const EventType* type =
        types_->unknown(locals[i].event_id, shapes[i].args, shapes[i].text_args);
    if (!type) return unexpected("the file has too many unknown events");
    key_->set_type(i, type);
  }
  return {};
}

void BodyDecoder::place_values() {
  const auto& locals = key_->locals();
  size_t total = 0;
  for (size_t i = 0; i < sources_.size(); ++i) {
    Source& source = sources_[i];
    if (!locals[i].wanted) continue;
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
    if (!locals[i].wanted) continue;
    sources_[i].next = sources_[i].values = place;
    place += sources_[i].stride * locals[i].count;
  }
}

// Bytes, or one value for all.
Result<void> BodyDecoder::open_denied(const disk::Column& column, Source& source) {
  const size_t n = key_->locals()[column.local()].count;
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

Result<void> BodyDecoder::open_column(const disk::Column& column, size_t chunk) {
  if (column.local() >= sources_.size()) return unexpected("a column belongs to no event");
  const KeyDecoder::Local& local = key_->locals()[column.local()];
  if (local.chunk != chunk) return unexpected("a column stands in a chunk of other events");
  Source& source = sources_[column.local()];
  const bool is_result = column.role() == kRoleResult;
  const bool is_duration = column.role() == kRoleDuration;
  if (column.role() == kRoleDenied && local.wanted) return open_denied(column, source);
  if (!local.wanted || (!is_result && !is_duration && column.role() >= kMaxArgs)) return {};
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
  if (!has_values(column, local.count)) {
    return unexpected("a column has not one value for each of its events");
  }
  const uint64_t largest = place_column(column, source.stride, source.values + position);
  if (is_text && local.count > 0) {
    refer_to_strings(open_[chunk], largest, source.values + position, local.count, source.stride);
  }
  return {};
}

// Values by which a chunk refers to its own strings, and behind them to those of chunk 0, become
// places in strings_.
void BodyDecoder::refer_to_strings(const OpenChunk& chunk, uint64_t largest, uint64_t* values,
                                   size_t count, size_t stride) {
  if (largest >= chunk.strings) {
    last_shared_string_ = std::max(last_shared_string_.value_or(0), largest - chunk.strings);
  }
  const uint64_t shared = strings_.size();                         // chunk 0's are not there yet
  if (chunk.first_string == 0 && chunk.strings == shared) return;  // they are
  for (size_t i = 0; i < count; ++i) {
    uint64_t& value = values[i * stride];
    value = value < chunk.strings ? value + chunk.first_string : value - chunk.strings + shared;
  }
}

}  // namespace ctrace
