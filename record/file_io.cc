#include "record/file_io.h"

#include <algorithm>

#include "format/catalogue/catalogue.h"
#include "format/catalogue/other_events.h"
#include "format/print/print_cache.h"

namespace ctrace {
namespace {

using At = FileIoCall::At;
constexpr FileIoCall kCalls[] = {
    {"read", kVfsRead, At::kOwn},           {"pread64", kVfsRead, At::kArgument},
    {"readv", kVfsReadv, At::kOwn},         {"preadv", kVfsReadv, At::kArgument},
    {"preadv2", kVfsReadv, At::kEither},    {"write", kVfsWrite, At::kOwn},
    {"pwrite64", kVfsWrite, At::kArgument}, {"writev", kVfsWritev, At::kOwn},
    {"pwritev", kVfsWritev, At::kArgument}, {"pwritev2", kVfsWritev, At::kEither},
};

// Tables of 32 bits give an offset in two halves; those of 64 have a second one that counts for
// nothing.
uint64_t offset_of(const Event& call) {
  constexpr size_t kOffset = 3;
  const bool halves = call.abi == Abi::kI386 || call.abi == Abi::kArm;
  if (!halves || arg_count(*call.type) <= kOffset + 1) return call.args[kOffset];
  return (call.args[kOffset] & UINT32_MAX) | call.args[kOffset + 1] << 32;
}

// A descriptor without a position (a pipe, a terminal) is always at 0.
uint64_t began_at(uint64_t position, int64_t size) {
  const auto bytes = static_cast<uint64_t>(size);
  return position < bytes ? 0 : position - bytes;
}

}  // namespace

std::span<const FileIoCall> file_io_calls() { return kCalls; }

const FileIoCall* file_io_call(const Filter& filter, const EventType& call) {
  const auto* row = std::ranges::find(kCalls, call.name, &FileIoCall::name);
  return row != std::end(kCalls) && filter.asks_for(row->event_id) ? row : nullptr;
}

FileIo::FileIo(const Filter& filter) {
  for (const FileIoCall& call : kCalls) {
    if (!filter.asks_for(call.event_id)) continue;
    any_ = true;
    for (const EventType* type : find_events(call.name)) {
      if (type->id >= rows_.size()) rows_.resize(type->id + 1);
      rows_[type->id] = &call;
    }
  }
}

std::optional<Event> FileIo::made_of(const Event& call, const NamedFile& file,
                                     uint64_t position) const {
  if (!is_wanted(call.type->id) || call.result < 0 || is_refused(call.denied)) return std::nullopt;
  const FileIoCall& row = *rows_[call.type->id];
  const uint64_t offset = row.at == At::kOwn ? UINT64_MAX : offset_of(call);
  const bool own = row.at == At::kOwn || (row.at == At::kEither && offset == UINT64_MAX);
  Event event;
  event.time_ns = call.time_ns;
  event.cpu = call.cpu;
  event.abi = call.abi;
  event.task = call.task;
  event.type = find_event(row.event_id);
  event.result = call.result;
  event.texts[0] = {file.name, Text::State::kWhole};
  event.args[1] = file.device;
  event.args[2] = file.inode;
  event.args[3] = call.args[2];
  event.args[4] = own ? began_at(position, call.result) : offset;
  return event;
}

}  // namespace ctrace
