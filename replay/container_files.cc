#include "replay/container_files.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utility>

#include "format/catalogue/catalogue.h"

namespace ctrace {
namespace {

constexpr const char* kHost = "host";
// Files are opened to be written and closed again: a recording may have more containers than a
// process may have files.
constexpr size_t kMaxHeldBytes = 16u << 20;
// Of a container's name, and of all: an ending, and a number, must fit behind it.
constexpr size_t kMaxName = 128, kMaxFileName = 200;

// A file to be written, made or emptied; -1 with errno. What stands in its place is not followed
// and not waited for.
int open_regular(const std::string& path, int how) {
  const int fd = open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | how, 0644);
  struct stat info;
  if (fd < 0 || (fstat(fd, &info) == 0 && S_ISREG(info.st_mode))) return fd;
  close(fd);
  errno = EEXIST;
  return -1;
}

}  // namespace

Result<std::unique_ptr<ContainerFiles>> ContainerFiles::make(std::string folder,
                                                             const PrintOptions& options) {
  if (mkdir(folder.c_str(), 0755) != 0 && errno != EEXIST)
    return unexpected(system_message("cannot make the folder '" + folder + "'", errno));
  return std::unique_ptr<ContainerFiles>(new ContainerFiles(std::move(folder), options));
}

ContainerFiles::ContainerFiles(std::string folder, const PrintOptions& options)
    : folder_(std::move(folder)), options_(options) {}

std::string ContainerFiles::file_name(const Container& container) {
  const std::string id(container.short_id());
  // A bare runtime's name is its id.
  std::string name = container.name.empty() || container.name == container.id
                         ? id
                         : container.name.substr(0, kMaxName) + "-" + id;
  if (name.empty()) name = "container-" + std::to_string(container.index);
  if (name.size() > kMaxFileName) name.resize(kMaxFileName);
  for (char& c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '.' || c == '_' || c == '-';
    if (!plain) c = '_';
  }
  if (name.front() == '.' || name.front() == '-') name.front() = '_';
  return name;
}

void ContainerFiles::next_recording(RecordingReader& reader) {
  write_all();
  losses_.clear();
  for (auto& [name, file] : files_) file.losses = 0;
  printer_ = Printer::make(options_, reader.header(), line_);
  printer_->begin();
  heading_ = line_.text();
  line_.clear();
  names_.clear();
  for (const auto& [index, container] : reader.containers()) names_[index] = claim_name(container);
}

// Two may be called alike but for what cannot stand in a file's name. Runs of one share a file.
std::string ContainerFiles::claim_name(const Container& container) {
  const std::string wanted = file_name(container);
  std::string name = wanted;
  for (int i = 2;
       name == kHost || taken_.try_emplace(name, container.id).first->second != container.id; ++i)
    name = wanted + "_" + std::to_string(i);
  return name;
}

ContainerFiles::File& ContainerFiles::file_of(const Container* container) {
  std::string& name = names_[container ? container->index : 0];
  // A container may have no row in the file's tables.
  if (name.empty()) name = container ? claim_name(*container) : kHost;
  File& file = files_[name];
  if (file.text.empty() && !file.begun) file.text = heading_;
  for (; file.losses < losses_.size(); ++file.losses) file.text += losses_[file.losses];
  return file;
}

void ContainerFiles::event(const Event& event) {
  if (trouble_) return;
  line_.clear();
  printer_->event(event);
  if (event.type->id == kLost) {
    losses_.push_back(line_.text());
    return;
  }
  file_of(event.task->container).text += line_.since(0);
  held_bytes_ += line_.size();
  if (held_bytes_ >= kMaxHeldBytes) write_all();
}

void ContainerFiles::finish() {
  if (!printer_) return;
  line_.clear();
  printer_->end();
  write_all();
}

void ContainerFiles::write_all() {
  for (auto& [name, file] : files_) {
    for (; file.losses < losses_.size(); ++file.losses) file.text += losses_[file.losses];
    if (!file.text.empty() && !trouble_) write(name, file);
  }
  held_bytes_ = 0;
}

void ContainerFiles::write(const std::string& name, File& file) {
  const std::string path =
      folder_ + "/" + name + (options_.format == OutputFormat::kJson ? ".json" : ".txt");
  const int how = file.begun ? O_APPEND : O_CREAT | O_TRUNC;
  const int fd = open_regular(path, how);
  if (fd < 0) {
    trouble_ = Error(system_message("cannot write '" + path + "'", errno));
    return;
  }
  OutputBuffer out(fd);
  out.append(file.text);
  if (auto written = out.flush(); !written) trouble_ = written.error();
  close(fd);
  file.begun = true;
  file.text.clear();
}

}  // namespace ctrace
