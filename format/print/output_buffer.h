// Bytes on their way to a file descriptor: appended cheaply, written in large pieces.
#pragma once

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

#include "format/base/result.h"

namespace ctrace {

class OutputBuffer {
 public:
  // Does not own `fd`. -1: keeps everything in memory (tests take it with text()).
  explicit OutputBuffer(int fd);
  ~OutputBuffer();  // flushes, errors ignored
  OutputBuffer(const OutputBuffer&) = delete;
  OutputBuffer& operator=(const OutputBuffer&) = delete;

  void append(std::string_view text) { data_.append(text); }
  void append(char c) { data_.push_back(c); }
  template <typename Integer>
  void append_decimal(Integer value) {
    char digits[24];
    data_.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
  }
  void append_hex(uint64_t value);  // "0x7f..", lower-case
  // Pads with spaces until `width` bytes stand since `start` (a value of size()).
  void pad(size_t start, size_t width);
  size_t size() const { return data_.size(); }

  // Writes when much is held; call it once an event.
  Result<void> flush_if_full() { return data_.size() < kFlushBytes ? Result<void>() : flush(); }
  // A closed pipe (EPIPE) is an error like any other; the caller decides that it is quiet.
  Result<void> flush();

  const std::string& text() const { return data_; }
  void clear() { data_.clear(); }

 private:
  static constexpr size_t kFlushBytes = 256 * 1024;
  int fd_;
  std::string data_;
};

}  // namespace ctrace
