#include "record/metadata/json_files.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "format/base/file.h"

namespace ctrace {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMaxFileBytes = 8u << 20, kMaxTextBytes = 64u << 10;
constexpr size_t kMaxDocuments = 16, kFewStates = 256;

// A file's bytes; none when it is longer. A FIFO or a device in its place would never end.
std::string read_bytes(const std::string& file, size_t most) {
  const FileDescriptor opened(open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  struct stat info;
  if (!opened || fstat(opened.get(), &info) != 0 || !S_ISREG(info.st_mode)) return "";
  std::string bytes;
  char block[16384];
  while (bytes.size() <= most) {
    const ssize_t got = read(opened.get(), block, sizeof block);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return "";
    if (got == 0) return bytes;
    bytes.append(block, static_cast<size_t>(got));
  }
  return "";
}

}  // namespace

std::shared_ptr<const Json> JsonFiles::read(const std::string& path) const {
  const std::string bytes = read_bytes(root_ + path, kMaxFileBytes);
  if (bytes.empty()) return nullptr;
  auto document = std::make_shared<Json>(Json::parse(bytes, nullptr, false));
  if (document->is_discarded()) return nullptr;
  return document;
}

std::shared_ptr<const Json> JsonFiles::read_cached(const std::string& path) {
  const FileStamp now = stamp(path);
  if (now == FileStamp()) return nullptr;
  if (const auto found = documents_.find(path);
      found != documents_.end() && found->second.stamp == now)
    return found->second.json;
  if (documents_.size() >= kMaxDocuments) documents_.clear();
  Document& document = documents_[path];
  document = {now, read(path)};
  return document.json;
}

std::string JsonFiles::text(const std::string& path) const {
  return read_bytes(root_ + path, kMaxTextBytes);
}

std::vector<std::string> JsonFiles::names_in(const std::string& folder) const {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator at(root_ + folder, error), end; !error && at != end;
       at.increment(error))
    names.push_back(at->path().filename().string());
  std::ranges::sort(names);
  return names;
}

std::string JsonFiles::link(const std::string& path) const {
  std::error_code error;
  return fs::read_symlink(root_ + path, error).string();
}

FileStamp JsonFiles::stamp(const std::string& path) const {
  struct stat info;
  if (stat((root_ + path).c_str(), &info) != 0) return {};
  return {info.st_dev, info.st_ino, static_cast<uint64_t>(info.st_size),
          int64_t{info.st_mtim.tv_sec} * 1'000'000'000 + info.st_mtim.tv_nsec};
}

const std::vector<std::string>& JsonFiles::cgroups_of_state(const std::string& path) {
  const FileStamp now = stamp(path);
  if (states_.size() >= states_limit_) {
    std::erase_if(states_, [this](const auto& item) { return stamp(item.first) == FileStamp(); });
    states_limit_ = std::max(kFewStates, 2 * states_.size());
  }
  StateCgroups& state = states_[path];
  if (state.stamp == now) return state.paths;
  state = {now, {}};
  const auto document = read(path);
  if (document) {
    if (std::string path = text_at(*document, "/cgroup-path"); !path.empty())  // crun's
      state.paths.push_back(std::move(path));
  }
  const Json* paths = document ? value_at(*document, "/cgroup_paths") : nullptr;
  if (!paths || !paths->is_object()) return state.paths;
  for (const auto& [controller, cgroup] : paths->items()) {
    if (cgroup.is_string()) state.paths.push_back(cgroup.get<std::string>());
  }
  return state.paths;
}

const Json* value_at(const Json& document, const char* pointer) {
  const Json::json_pointer path(pointer);
  return document.contains(path) ? &document.at(path) : nullptr;
}

std::string text_at(const Json& document, const char* pointer) {
  const Json* value = value_at(document, pointer);
  return value && value->is_string() ? value->get<std::string>() : "";
}

bool usable_as_file_name(std::string_view id) {
  return !id.empty() && id.size() < 256 && id.find('/') == id.npos && id != "." && id != ".." &&
         id.find('\0') == id.npos;
}

}  // namespace ctrace
