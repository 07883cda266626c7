// Text that is appended again and again: a copy of a fixed length takes no call.
#pragma once

#include <cstring>
#include <string>

#include "format/print/output_buffer.h"

namespace ctrace {

class Piece {
 public:
  Piece() = default;
  explicit Piece(std::string text) : text_(std::move(text)) {
    if (text_.size() <= sizeof bytes_) std::memcpy(bytes_, text_.data(), text_.size());
  }

  void append_to(OutputBuffer& out) const {
    if (text_.size() > sizeof bytes_) return out.append(text_);
    char* to = out.reserve(sizeof bytes_);
    std::memcpy(to, bytes_, sizeof bytes_);
    out.commit(to + text_.size());
  }

 private:
  char bytes_[64] = {};
  std::string text_;
};

}  // namespace ctrace
