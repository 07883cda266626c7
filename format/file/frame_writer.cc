#include "format/file/frame_writer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cassert>
#include <cerrno>

#include "format/base/crc32c.h"

namespace ctrace {
namespace {

unexpected cannot(const char* deed, const std::string& path, int number) {
  return unexpected(system_message(std::string("cannot ") + deed + " '" + path + "'", number));
}

// Clears the way for O_EXCL. Never follows a link, never touches what is no regular file, and
// leaves a recording alone that another recorder is writing.
Result<void> remove_existing(const std::string& path) {
  struct stat status;
  if (lstat(path.c_str(), &status) != 0) {
    if (errno == ENOENT) return {};
    return cannot("overwrite", path, errno);
  }
  if (!S_ISREG(status.st_mode)) {
    return unexpected("cannot overwrite '" + path + "': not a regular file");
  }
  const FileDescriptor old(open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (old && is_locked_for_writing(old.get())) {
    return unexpected("cannot overwrite '" + path + "': it is being written");
  }
  if (unlink(path.c_str()) != 0 && errno != ENOENT) return cannot("overwrite", path, errno);
  return {};
}

}  // namespace

FrameWriter::FrameWriter(FileDescriptor file, const std::string& path, int level)
    : file_(std::move(file)), path_(path), compressor_(level) {}

Result<std::unique_ptr<FrameWriter>> FrameWriter::create(const std::string& path, bool force,
                                                         int level) {
  if (force) {
    if (auto removed = remove_existing(path); !removed) return unexpected(removed.error());
  }
  FileDescriptor file(
      open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file) return cannot("create", path, errno);
  // A file system without locks is no reason not to record; the file then looks cut short until it
  // is complete.
  static_cast<void>(lock_for_writing(file.get()));
  return std::unique_ptr<FrameWriter>(new FrameWriter(std::move(file), path, level));
}

Result<void> FrameWriter::append(const Content& content) {
  if (error_) return unexpected(*error_);
  assert(content.parts.size() <= kMaxParts);
  FrameHeader header;
  if (auto compressed = compress(content, &header); !compressed) return fail(compressed.error());
  header.kind = content.kind;
  header.sequence = frames_;
  header.offset = size_;
  header.previous_offset = last_.offset;
  header.time_min = content.time_min;
  header.time_max = content.time_max;
  header.events = content.events;
  header.payload_crc = crc32c(payload_.data(), payload_.size());
  header.previous = last_.chain;
  header.chain = chain_value(sha_, encode_frame_header(header), payload_);

  FrameHeaderBytes bytes = encode_frame_header(header);
  iovec pieces[] = {{bytes.data(), bytes.size()}, {payload_.data(), payload_.size()}};
  if (const int number = write_whole(file_.get(), pieces); number != 0) return fail(number);
  size_ += header.frame_size();
  last_ = header;
  ++frames_;
  return {};
}

// The parts to payload_, and their lengths to the header.
Result<void> FrameWriter::compress(const Content& content, FrameHeader* header) {
  payload_.clear();
  for (size_t i = 0; i < content.parts.size(); ++i) {
    uint64_t raw_length = 0;
    for (const std::span<const uint8_t> chunk : content.parts[i].chunks) {
      const auto length = compressor_.append(chunk, &payload_);
      if (!length) return unexpected(length.error());
      header->part_lengths[i] += *length;
      raw_length += chunk.size();
    }
    if (raw_length > kMaxRawLength) return unexpected("a part is too large for the format");
    header->raw_lengths[i] = static_cast<uint32_t>(raw_length);
  }
  return {};
}

Result<void> FrameWriter::fail(int number) {
  return fail(Error(
      system_message("cannot write '" + path_ + "' at offset " + std::to_string(size_), number)));
}

Result<void> FrameWriter::fail(Error error) {
  error_ = std::move(error);
  // The best that can be done; should it fail, a reader finds an incomplete frame at the end.
  if (file_ && ftruncate(file_.get(), static_cast<off_t>(size_)) != 0) errno = 0;
  return unexpected(*error_);
}

Result<void> FrameWriter::close() {
  if (error_) return unexpected(*error_);
  // EINVAL and EROFS: a file system that cannot sync. Everything else is lost data.
  if (fdatasync(file_.get()) != 0 && errno != EINVAL && errno != EROFS) return fail(errno);
  if (const int number = file_.close(); number != 0) return fail(number);
  error_ = Error("cannot write '" + path_ + "': the recording is finished");
  return {};
}

void FrameWriter::remove() { unlink(path_.c_str()); }

}  // namespace ctrace
