// Files by descriptor: closed when they go out of scope, whole reads, whole writes.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace ctrace {

class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int number) : number_(number) {}
  FileDescriptor(FileDescriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~FileDescriptor();

  int get() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }
  // Closes now: 0 or the errno value.
  int close();

 private:
  int number_ = -1;
};

// Fills `out` from `offset` on: 0, an errno value, or kEndOfFile when the file ends before.
inline constexpr int kEndOfFile = -1;
int read_whole(int fd, std::span<uint8_t> out, uint64_t offset);

// Writes all of `pieces` where the descriptor stands (one writev unless the kernel takes less): 0
// or an errno value. Changes `pieces`.
int write_whole(int fd, std::span<iovec> pieces);

// Open-file-description locks on the whole file: dropped by the kernel with the last descriptor.
bool lock_for_writing(int fd);       // false: somebody else has it, or no locks here
bool is_locked_for_writing(int fd);  // by another open file description

}  // namespace ctrace
