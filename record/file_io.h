// Reads and writes of files as events of their own: vfs_read, vfs_readv, vfs_write, vfs_writev.
// They follow from the calls that read and write at a descriptor, where they succeeded: the file is
// what the kernel side says of the descriptor, and where it was read or written an argument of the
// call, or the descriptor's own position at the call's end less what was read.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "format/filter/filter.h"
#include "format/model/event.h"
#include "record/file_book.h"

namespace ctrace {

struct FileIoCall {
  std::string_view name;
  uint16_t event_id;
  // Where it reads or writes: at the descriptor's position, at an argument, or, where that is -1,
  // at the descriptor's.
  enum class At : uint8_t { kOwn, kArgument, kEither } at;
};
std::span<const FileIoCall> file_io_calls();
// Null: of this call none follows that `filter` asks for.
const FileIoCall* file_io_call(const Filter& filter, const EventType& call);

// Which calls of a recording have such events.
class FileIo {
 public:
  explicit FileIo(const Filter& filter);
  FileIo() = default;
  bool any() const { return any_; }
  // What follows from `call`, whose descriptor is `file`, and is at `position` when the call ends.
  // Valid as long as both.
  std::optional<Event> made_of(const Event& call, const NamedFile& file, uint64_t position) const;
  bool is_wanted(uint16_t call_id) const { return call_id < rows_.size() && rows_[call_id]; }

 private:
  std::vector<const FileIoCall*> rows_;  // by the call's id
  bool any_ = false;
};

}  // namespace ctrace
