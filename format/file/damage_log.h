// What was found wrong with a file: each thing once, in the order of the file.
#pragma once

#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

#include "format/file/recording_reader.h"

namespace ctrace {

class DamageLog {
 public:
  void note(uint64_t offset, std::string what) {
    const auto before = [](const Damage& a, const Damage& b) {
      return std::tie(a.offset, a.what) < std::tie(b.offset, b.what);
    };
    Damage damage{offset, std::move(what)};
    const auto place = std::lower_bound(all_.begin(), all_.end(), damage, before);
    if (place != all_.end() && !before(damage, *place)) return;  // told before
    if (all_.size() < kMaxNotes) all_.insert(place, std::move(damage));
  }
  const std::vector<Damage>& all() const { return all_; }

 private:
  // A file of garbage could fill memory with notes; nobody reads more than this.
  static constexpr size_t kMaxNotes = 10000;
  std::vector<Damage> all_;
};

}  // namespace ctrace
