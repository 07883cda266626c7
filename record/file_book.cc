#include "record/file_book.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <utility>

#include "format/catalogue/catalogue.h"
#include "record/device_number.h"
#include "record/file_name.h"

namespace ctrace {
namespace {

// What stands in place of a descriptor there is an index into the task's registered rings.
bool is_registered_ring(const Event& event) {
  struct Row {
    const EventType* type;
    size_t arg;
    uint64_t bit;
  };
  static const Row kRows[] = {
      {find_event("io_uring_enter"), 3, 1u << 4},      // IORING_ENTER_REGISTERED_RING
      {find_event("io_uring_register"), 1, 1u << 31},  // IORING_REGISTER_USE_REGISTERED_RING
  };
  return std::ranges::any_of(kRows, [&event](const Row& row) {
    return row.type == event.type && (event.args[row.arg] & row.bit) != 0;
  });
}

}  // namespace

// Names that an event was given a moment ago must not go: they are only moved to the other
// generation, where they stay until that is full too.
NamedFile& FileBook::keep(uint64_t id, NamedFile file) {
  if (now_.files.size() >= kMaxFiles || now_.bytes >= kMaxBytes) {
    before_ = std::move(now_);
    now_ = {};
    if (forgot_) forgot_();
  }
  NamedFile& kept = now_.files[id];
  now_.bytes += file.name.size() - kept.name.size();
  kept = std::move(file);
  return kept;
}

void FileBook::take(const RecordView& view) {
  wire::file_record file;
  if (view.record->args * sizeof(uint64_t) < sizeof file) return;
  std::memcpy(&file, view.args, sizeof file);
  size_t offset = 0;
  BlobView names;
  if (!next_blob(view, offset, names)) names = {};
  keep(file.id,
       {file_name(file, {names.data, names.size}), device_number(file.dev), file.inode, file.mode});
}

const NamedFile* FileBook::find(uint64_t id) {
  if (id == 0) return nullptr;
  if (const auto found = now_.files.find(id); found != now_.files.end()) return &found->second;
  const auto old = before_.files.find(id);
  if (old == before_.files.end()) return nullptr;
  return &keep(id, old->second);
}

void FileBook::take_ids(const RecordView& view, Ids& ids) {
  size_t offset = 0;
  BlobView blob;
  for (int k = 0; k < view.record->blobs && next_blob(view, offset, blob); ++k) {
    if (blob.arg != wire::BLOB_FILES) continue;
    std::memcpy(ids, blob.data, std::min(blob.size, sizeof ids));
    break;
  }
}

void FileBook::name(Event& event, const RecordView& view) {
  Ids ids = {};
  take_ids(view, ids);
  name(event, ids);
}

void FileBook::name(Event& event, const Ids& ids) {
  const size_t first = arg_count(*event.type);
  const size_t end = std::min(event.type->args.size(), kMaxArgs);
  const bool is_none = first < end && is_registered_ring(event);
  for (size_t i = first; i < end; ++i) {
    const size_t k = i - first;
    const NamedFile* file = k < std::size(ids) && !is_none ? find(ids[k]) : nullptr;
    event.texts[i] = {{}, Text::State::kNull};
    if (file) event.texts[i] = {file->name, Text::State::kWhole};
  }
}

}  // namespace ctrace
