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
  kStruct = 9,    // a structure, or several, as they lay in memory; the kind says which
};
inline constexpr unsigned kFormCount = 10;
constexpr bool has_text(Form form) { return form >= Form::kText; }

// What the kernel side does for an argument at the call's exit. Sizes of structures and the
// greatest number of them: format/decode/structures.h.
enum class Capture : uint8_t {
  kValue,           // the register alone
  kText,            // the NUL-terminated string that it points to
  kStrings,         // an array of pointers to strings, ended by NULL
  kIn,              // one structure
  kOut,             // on success
  kOutPositive,     // when the result is more than 0
  kOutInterrupted,  // when a signal ended the call
  kListIn,          // the next argument says how many
  kListInBefore,    // the argument before does
  kListOut,         // on success, as many as the result says
  kBytesIn,         // bytes; the next argument says how many
  kBytesInBefore,   // the argument before does
  kBytesOut,        // on success, as many bytes as the result says
  kBytesOutAt,      // on success; the next argument points to how many
  kBitsInOut,       // bits; the first argument says how many
  kMessageIn,       // struct msghdr, and what it leads to
  kMessageOut,      // on success
  kMessagesIn,      // the first of several
  kMessagesOut,     // when there is one
};

// Names follow the C declarations: the man page's word for the thing.
enum class Kind : uint16_t {
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

// Where another argument decides whether one of a kind points to something at all (futex's timeout:
// the operation does), or else is a number.
struct Decider {
  Kind kind;
  Kind by;          // kind of the argument that decides
  uint64_t mask;    // of its value these bits
  uint64_t values;  // a pointer for the values whose bits are set; all are below 64
  bool decides(uint64_t value) const {
    return (value & mask) < 64 && (values >> (value & mask) & 1) != 0;
  }
};

const KindRow& kind_row(Kind kind);
// Null: an argument of this kind is always what its row says.
const Decider* decider_of(Kind kind);
// Kind::kUnknown when there is none of that name.
Kind kind_by_name(std::string_view name);

}  // namespace ctrace
