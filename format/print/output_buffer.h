// Bytes on their way to a file descriptor: appended cheaply, written in large pieces.
#pragma once

#include <charconv>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <memory>
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

  void append(std::string_view text) {
    if (text.empty()) return;
    char* to = reserve(text.size());
    std::memcpy(to, text.data(), text.size());
    commit(to + text.size());
  }
  void append(char c) {
    char* to = reserve(1);
    *to = c;
    commit(to + 1);
  }
  template <typename Integer>
  void append_decimal(Integer value) {
    char* to = reserve(24);
    commit(std::to_chars(to, to + 24, value).ptr);
  }
  void append_hex(uint64_t value);  // "0x7f..", lower-case
  // Pads with spaces until `width` bytes stand since `start` (a value of size()).
  void pad(size_t start, size_t width) {
    const size_t used = size() - start;
    if (used < width) spaces(width - used);
  }
  // Mostly a few: written as a piece that is always as long, which takes no call.
  void spaces(size_t count) {
    constexpr std::string_view kSpaces = "                ";
    for (; count > kSpaces.size(); count -= kSpaces.size()) append(kSpaces);
    char* to = reserve(kSpaces.size());
    std::memcpy(to, kSpaces.data(), kSpaces.size());
    commit(to + count);
  }
  size_t size() const { return static_cast<size_t>(end_ - data_.get()); }

  // For those who know how much they will write at most: room for `size` bytes at the end, of which
  // commit() takes over those before `end`. Any other append ends the permission to write there.
  char* reserve(size_t size) {
    if (static_cast<size_t>(limit_ - end_) < size) grow(size);
    return end_;
  }
  void commit(char* end) { end_ = end; }
  // What was appended since `start` (a value of size()); lives until the next append.
  std::string_view since(size_t start) const { return {data_.get() + start, size() - start}; }
  // Takes back what was appended since size() was `size`.
  void truncate(size_t size) { end_ = data_.get() + size; }

  // Writes when much is held; call it once an event.
  Result<void> flush_if_full() { return size() < kFlushBytes ? Result<void>() : flush(); }
  // A closed pipe (EPIPE) is an error like any other; the caller decides that it is quiet. What
  // could not be written is dropped: after an error the output is not worth going on with.
  Result<void> flush();
  // A write that waits for a reader ends when a signal comes and `flag` is set: then all further
  // output is dropped. The flag must outlive the buffer.
  void give_up_when(const volatile std::sig_atomic_t* flag) { give_up_ = flag; }
  bool given_up() const { return given_up_; }
  bool is_terminal() const;         // does the descriptor lead to one?
  size_t terminal_columns() const;  // how wide it is; 0: not known, or there is none
  // A flush found that nobody reads any more.
  bool pipe_closed() const { return pipe_closed_; }

  // All that is held. The string is a copy, made by each call.
  const std::string& text() const { return text_.assign(data_.get(), size()); }
  void clear() { end_ = data_.get(); }

 private:
  static constexpr size_t kFlushBytes = 256 * 1024;
  void grow(size_t size);

  int fd_;
  const volatile std::sig_atomic_t* give_up_ = nullptr;
  bool given_up_ = false;
  bool pipe_closed_ = false;
  // Not a std::string: its appends are calls and its resize() writes zeroes.
  std::unique_ptr<char[]> data_;
  char* end_ = nullptr;
  char* limit_ = nullptr;
  mutable std::string text_;
};

}  // namespace ctrace
