#include "format/decode/value_writer.h"

#include <charconv>

#include "format/decode/decode.h"
#include "format/print/escape.h"
#include "format/print/json_value.h"

namespace ctrace {

void ValueWriter::before() {
  if (!first_ && !keyed_) out_.append(json_ ? "," : ", ");
  first_ = keyed_ = false;
}

void ValueWriter::key(std::string_view name) {
  before();
  if (json_) out_.append('"');
  out_.append(name);
  out_.append(json_ ? "\":" : "=");
  keyed_ = true;
}

void ValueWriter::number(int64_t value) {
  before();
  json_ ? append_json_number(value, out_) : out_.append_decimal(value);
}

void ValueWriter::number(uint64_t value) {
  before();
  json_ ? append_json_number(value, out_) : out_.append_decimal(value);
}

void ValueWriter::hex(uint64_t value) {
  before();
  if (!json_) return value == 0 ? out_.append('0') : out_.append_hex(value);
  out_.append('"');
  out_.append_hex(value);
  out_.append('"');
}

void ValueWriter::pointer(uint64_t value) {
  if (value != 0) return hex(value);
  before();
  out_.append(json_ ? "null" : "NULL");
}

void ValueWriter::octal(uint64_t value) {
  char digits[24] = "0";
  const auto end = std::to_chars(digits + 1, digits + sizeof digits, value, 8).ptr;
  word({digits, value == 0 ? digits + 1 : end});
}

void ValueWriter::word(std::string_view word) {
  before();
  if (json_) out_.append('"');
  out_.append(word);
  if (json_) out_.append('"');
}

void ValueWriter::words(Abi abi, Kind kind, uint64_t value, bool is_signed) {
  OutputBuffer made(-1);
  if (kind != Kind::kUnknown && append_decoded(abi, kind, value, made)) {
    return word(made.since(0));
  }
  is_signed ? number(static_cast<int64_t>(value)) : number(value);
}

void ValueWriter::text(std::string_view bytes, bool cut) {
  before();
  if (json_) return append_json_string(bytes, out_);
  append_quoted(bytes.substr(0, string_limit_), out_);
  if (cut || bytes.size() > string_limit_) out_.append("...");
}

void ValueWriter::hex_bytes(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  before();
  if (json_) out_.append('"');
  for (const unsigned char byte : bytes) {
    out_.append(kDigits[byte >> 4]);
    out_.append(kDigits[byte & 15]);
  }
  if (json_) out_.append('"');
}

void ValueWriter::dots() {
  if (json_) return;
  before();
  out_.append("...");
}

}  // namespace ctrace
