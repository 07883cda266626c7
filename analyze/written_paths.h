// Which places in the file system a container changed: what must be writable when its root is not.
//
// A file that was opened for writing is its own path; one that was created, removed, renamed or may
// have been created needs its directory. Below /proc, /sys and /dev are other file systems than the
// root, in every container.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "analyze/process_paths.h"
#include "format/model/event.h"

namespace ctrace {

// By whom and how: process and call, as they stand in the recording.
using WriteUses = std::map<std::pair<std::string, std::string>, uint64_t>;

class WrittenPaths {
 public:
  static constexpr size_t kMaxPaths = 1 << 16;

  // An own call of the container; before `paths` sees it.
  void add(const Event& event, const ProcessPaths& paths);

  // Those that no other one contains, with all that was done there. "/" stands for what was made or
  // removed in it and contains none.
  std::map<std::string, WriteUses> places() const;
  // Calls that changed a file whose path is not known.
  const WriteUses& unknown() const { return unknown_; }
  uint64_t calls() const { return calls_; }
  bool is_cut() const { return is_cut_; }

 private:
  void add_place(const Event& event, std::string path, bool in_directory);

  std::map<std::string, WriteUses> places_;
  WriteUses unknown_;
  uint64_t calls_ = 0;
  bool is_cut_ = false;
};

}  // namespace ctrace
