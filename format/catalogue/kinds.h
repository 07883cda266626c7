// Argument kinds: what an argument means, so how it is read by the kernel side, stored and shown.
// One row a kind in kinds.cc; a row of the system call table names one kind an argument.
#pragma once

#include <cstdint>
#include <string_view>

namespace ctrace {

// How a value is held and stored, and how it is shown when its kind is not known to the reader.
// The numbers are part of the file format (FORMAT.md): append, never renumber.
enum class Form : uint8_t {
  kSigned32 = 0,
  kUnsigned32 = 1,
  kSigned64 = 2,
  kUnsigned64 = 3,
  kHex = 4,       // pointer or opaque 64-bit value
  kText = 5,      // a string: a path, a name
  kBytes = 6,     // a buffer
  kSockaddr = 7,  // struct sockaddr as the call passed it, family in host byte order
  kStrings = 8,   // argv, envp: each string with its final NUL
};
inline constexpr unsigned kFormCount = 9;
constexpr bool has_text(Form form) { return form >= Form::kText; }

// What the kernel side does for an argument at the call's exit.
enum class Capture : uint8_t {
  kValue,        // the register alone
  kText,         // the NUL-terminated string that it points to
  kTextOut,      // on success, as many bytes as the result says (readlink, getcwd)
  kSockaddrIn,   // the next argument is its length
  kSockaddrOut,  // on success; the next argument points to its length
  kStrings,      // an array of pointers to strings, ended by NULL
};

// Names follow the C declarations: the man page's word for the thing.
enum class Kind : uint8_t {
  kUnknown = 0,
#define CTRACE_KIND(name, ...) name,
#include "format/catalogue/kinds.inc"
#undef CTRACE_KIND
};

struct KindRow {
  Kind kind;
  std::string_view name;    // in files: "open_flags"
  std::string_view c_type;  // in JSON: "int"
  Form form;
  Capture capture;
};

const KindRow& kind_row(Kind kind);
// Kind::kUnknown when there is none of that name.
Kind kind_by_name(std::string_view name);

}  // namespace ctrace
