// Reads a Bolt database, a tree of buckets of keys and values in pages of one file: in one
// containerd keeps its containers, in another one podman does (until its 5th version).
//
// Nothing is locked: its owner may hold it for as long as it runs, and writes new pages in place of
// old ones while it is read. So what is read counts only when no transaction ended meanwhile, and
// every number in the file is a claim.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "format/base/file.h"

namespace ctrace {

class BoltFile {
 public:
  using Path = std::vector<std::string>;  // names of buckets, each in the one before

  // None when it cannot be read or is none. `path` is the whole one, with the host's root.
  static std::optional<BoltFile> open(const std::string& path);

  // What `read` gives of a state of the file that did not change meanwhile; empty when it always
  // did.
  template <typename Value>
  std::optional<Value> consistent(const std::function<Value(BoltFile&)>& read) {
    for (int i = 0; i < kTries; ++i) {
      if (!begin()) return std::nullopt;
      const uint64_t transaction = transaction_;
      Value value = read(*this);
      if (begin() && transaction_ == transaction) return value;
    }
    return std::nullopt;
  }

  // The value of a key in a bucket; empty when there is none.
  std::string value(const Path& bucket, std::string_view key);
  // All keys of a bucket with their values, those that are buckets themselves without.
  std::vector<std::pair<std::string, std::string>> items(const Path& bucket);

 private:
  static constexpr int kTries = 4;
  // An item of a leaf; `bytes` is its value.
  struct Item {
    std::string key, bytes;
    bool is_bucket = false;
  };
  // A bucket's root: a page of the file, or one that lies in the value itself.
  struct Root {
    uint64_t page = 0;
    std::string inlined;
  };

  explicit BoltFile(FileDescriptor file) : file_(std::move(file)) {}
  bool begin();
  std::string page_at(uint64_t number);
  std::optional<Item> find(Root root, std::string_view key);
  void walk(const Root& root, int depth, std::vector<Item>& items);
  std::optional<Root> bucket_at(const Path& path);

  FileDescriptor file_;
  uint64_t page_size_ = 0, root_ = 0, transaction_ = 0;
  int pages_left_ = 0;  // that one question may read
};

}  // namespace ctrace
