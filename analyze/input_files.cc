#include "analyze/input_files.h"

#include <algorithm>
#include <filesystem>

namespace ctrace {
namespace {

namespace fs = std::filesystem;

Result<Words> files_of(const std::string& folder) {
  Words files;
  std::error_code error;
  for (fs::directory_iterator row(folder, error), end; !error && row != end; row.increment(error)) {
    std::error_code gone;
    const std::string name = row->path().filename().string();
    if (!name.starts_with('.') && row->is_regular_file(gone)) files.push_back(row->path().string());
  }
  if (error) {
    return unexpected(system_message("cannot read the folder '" + folder + "'", error.value()));
  }
  if (files.empty()) return unexpected("no file is in the folder '" + folder + "'");
  std::ranges::sort(files);
  return files;
}

}  // namespace

Result<Words> expand_folders(const Words& words) {
  Words files;
  for (const std::string& word : words) {
    std::error_code error;
    if (!fs::is_directory(word, error)) {
      files.push_back(word);
      continue;
    }
    auto inside = files_of(word);
    if (!inside) return unexpected(inside.error());
    files.insert(files.end(), inside->begin(), inside->end());
  }
  return files;
}

}  // namespace ctrace
