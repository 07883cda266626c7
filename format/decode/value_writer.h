// A value with parts, written as strace has it or as JSON: {tv_sec=1, tv_nsec=0} and
// {"tv_sec":1,"tv_nsec":0}. One description of a structure gives both.
#pragma once

#include <cstdint>
#include <string_view>

#include "format/catalogue/kinds.h"
#include "format/model/event.h"
#include "format/print/output_buffer.h"

namespace ctrace {

class ValueWriter {
 public:
  ValueWriter(OutputBuffer& out, bool json, size_t string_limit = SIZE_MAX)
      : out_(out), json_(json), string_limit_(string_limit) {}

  bool json() const { return json_; }
  void open(char bracket) { before(), out_.append(bracket), first_ = true; }
  void close(char bracket) { out_.append(bracket), first_ = false; }
  void key(std::string_view name);

  void number(int64_t value);
  void number(uint64_t value);
  void hex(uint64_t value);      // in JSON a string
  void pointer(uint64_t value);  // the same; NULL
  void octal(uint64_t value);    // likewise
  void word(std::string_view word);
  // The words of `kind` in calls of `abi`; without any the number, read as signed or not.
  void words(Abi abi, Kind kind, uint64_t value, bool is_signed);
  // Hostile bytes: escaped, and cut at the limit where people read them.
  void text(std::string_view bytes, bool cut = false);
  void hex_bytes(std::string_view bytes);
  // What is missing at the end; JSON tells it elsewhere.
  void dots();
  // A separator where one is due; what follows is appended to out().
  OutputBuffer& begin_value() { return before(), out_; }

 private:
  void before();

  OutputBuffer& out_;
  bool json_;
  size_t string_limit_;
  bool first_ = true, keyed_ = false;
};

}  // namespace ctrace
