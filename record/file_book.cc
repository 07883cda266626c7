#include "record/file_book.h"

#include <cstring>
#include <utility>

#include "record/device_number.h"
#include "record/file_name.h"

namespace ctrace {

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
  keep(file.id, {file_name(file, {names.data, names.size}), device_number(file.dev), file.inode,
                 file.mode});
}

const NamedFile* FileBook::find(uint64_t id) {
  if (id == 0) return nullptr;
  if (const auto found = now_.files.find(id); found != now_.files.end()) return &found->second;
  const auto old = before_.files.find(id);
  if (old == before_.files.end()) return nullptr;
  return &keep(id, old->second);
}

void FileBook::name(Event& event, const RecordView& view) {
  size_t i = arg_count(*event.type);
  const size_t end = std::min(event.type->args.size(), kMaxArgs);
  for (size_t k = i; k < end; ++k) event.texts[k] = {{}, Text::State::kNull};
  if (i == end) return;
  uint64_t ids[wire::MAX_PLAN_FILES] = {};
  size_t offset = 0;
  BlobView blob;
  for (int k = 0; k < view.record->blobs && next_blob(view, offset, blob); ++k) {
    if (blob.arg == wire::BLOB_FILES)
      std::memcpy(ids, blob.data, std::min(blob.size, sizeof ids));
  }
  for (const uint64_t id : ids) {
    if (i == end) return;
    if (const NamedFile* file = find(id))
      event.texts[i] = {file->name, Text::State::kWhole};
    ++i;
  }
}

}  // namespace ctrace
