#include "format/print/output_buffer.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace ctrace {
namespace {

constexpr size_t kFirstBytes = 4096;

}  // namespace

OutputBuffer::OutputBuffer(int fd) : fd_(fd) {
  // With a descriptor the size is known: all that a flush waits for, and one more long line.
  grow(fd < 0 ? kFirstBytes : kFlushBytes + 64 * kFirstBytes);
}

OutputBuffer::~OutputBuffer() { (void)flush().has_value(); }

bool OutputBuffer::is_terminal() const { return fd_ >= 0 && isatty(fd_) == 1; }

size_t OutputBuffer::terminal_columns() const {
  winsize size = {};
  return fd_ >= 0 && ioctl(fd_, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

void OutputBuffer::append_hex(uint64_t value) {
  char* to = reserve(18);
  *to++ = '0';
  *to++ = 'x';
  commit(std::to_chars(to, to + 16, value, 16).ptr);
}

Result<void> OutputBuffer::flush() {
  if (given_up_) clear();
  if (fd_ < 0 || given_up_) return {};
  const char* from = data_.get();
  const char* const end = end_;
  clear();
  while (from < end) {
    const ssize_t written = ::write(fd_, from, static_cast<size_t>(end - from));
    if (written >= 0) {
      from += written;
    } else if (errno == EINTR && give_up_ != nullptr && *give_up_ != 0) {
      given_up_ = true;  // nobody reads, and somebody wants the program to end
      return unexpected("cannot write the output: interrupted while nobody read it");
    } else if (errno != EINTR) {
      pipe_closed_ = errno == EPIPE;
      return unexpected(system_message("cannot write the output", errno));
    }
  }
  return {};
}

void OutputBuffer::grow(size_t size) {
  const size_t used = end_ == nullptr ? 0 : this->size();
  const size_t capacity = std::max(used + size, 2 * used);
  std::unique_ptr<char[]> data(new char[capacity]);
  if (used > 0) std::memcpy(data.get(), data_.get(), used);
  data_ = std::move(data);
  end_ = data_.get() + used;
  limit_ = data_.get() + capacity;
}

}  // namespace ctrace
