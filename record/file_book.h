// What the kernel side told of descriptors: an identity stands in each record, its name came once.
//
// Memory is bounded: names are kept in two generations, and what was not asked for during the later
// one is forgotten with the earlier. The kernel side, which believes all of it known, is then
// told so and tells anew what comes up.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>

#include "format/model/event.h"
#include "record/ring_reader.h"

namespace ctrace {

struct NamedFile {
  std::string name;
  uint64_t device = 0;  // as stat(2) gives it
  uint64_t inode = 0;
  uint32_t mode = 0;
};

class FileBook {
 public:
  // `forgot`: something that was told is not known any more.
  explicit FileBook(std::function<void()> forgot) : forgot_(std::move(forgot)) {}

  void take(const RecordView& view);
  // Null: nothing is known of it. Valid until the next take() or find().
  const NamedFile* find(uint64_t id);
  // The identities of a call's descriptors from its record, in the order of its plan; 0: none.
  using Ids = uint64_t[wire::MAX_PLAN_FILES];
  static void take_ids(const RecordView& view, Ids& ids);
  // Sets the names of a call's descriptors from its record; they live as find()'s result does.
  void name(Event& event, const RecordView& view);
  // The same from identities, in the order of the type's names.
  void name(Event& event, const Ids& ids);

  // Of one generation.
  static constexpr size_t kMaxFiles = 16384;
  static constexpr size_t kMaxBytes = 4 << 20;

 private:
  struct Generation {
    std::unordered_map<uint64_t, NamedFile> files;
    size_t bytes = 0;  // of names
  };
  NamedFile& keep(uint64_t id, NamedFile file);

  std::function<void()> forgot_;
  Generation now_, before_;
};

}  // namespace ctrace
