// The files of engines and runtimes, below the host's root. They belong to root, but what stands in
// them may have been chosen by whoever made the container: no length and no type is taken for
// granted.
#pragma once

#include <cstdint>
#include <ctime>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace ctrace {

using Json = nlohmann::json;

// What a file was like when it was read.
struct FileStamp {
  uint64_t device = 0, inode = 0, size_bytes = 0;
  int64_t changed_ns = 0;
  bool operator==(const FileStamp&) const = default;
};

class JsonFiles {
 public:
  explicit JsonFiles(std::string host_root) : root_(std::move(host_root)) {}

  // The document at the host's `path`; null when there is none, or none of a size and form that is
  // to be expected.
  std::shared_ptr<const Json> read(const std::string& path) const;
  // The same for a file that holds many containers: parsed anew only when it has changed.
  std::shared_ptr<const Json> read_cached(const std::string& path);
  // The text of a small file; empty when there is none.
  std::string text(const std::string& path) const;
  // Names in the host's folder, sorted.
  std::vector<std::string> names_in(const std::string& folder) const;
  FileStamp stamp(const std::string& path) const;  // all 0: not there
  // Where a symbolic link points; empty when it is none.
  std::string link(const std::string& path) const;
  // The path of the host's `path` for whoever opens it by other means.
  std::string below_root(const std::string& path) const { return root_ + path; }

  // Of the file at `path`: the cgroups that a runtime's state.json names, read anew when it
  // changed.
  const std::vector<std::string>& cgroups_of_state(const std::string& path);

 private:
  struct Document {
    FileStamp stamp;
    std::shared_ptr<const Json> json;
  };
  struct StateCgroups {
    FileStamp stamp;
    std::vector<std::string> paths;
  };
  const std::string root_;
  std::map<std::string, Document> documents_;
  std::map<std::string, StateCgroups> states_;
  size_t states_limit_ = 0;  // so many, and those whose file is gone are forgotten
};

// The text at a JSON pointer ("/config/labels/0"); empty when it is not there or no text.
std::string text_at(const Json& document, const char* pointer);
// The value there, null when it is not there.
const Json* value_at(const Json& document, const char* pointer);

// Ids come from paths that a container's owner may choose: never let one leave its folder.
bool usable_as_file_name(std::string_view id);

}  // namespace ctrace
