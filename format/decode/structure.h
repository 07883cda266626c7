// How structures are described: their members in the order of memory, without offsets, which follow
// from the layout of the call's table. One description serves 64-bit and 32-bit calls; where these
// have different members there are two. The descriptions are in structs_*.cc.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "format/catalogue/kinds.h"
#include "format/decode/structures.h"
#include "format/decode/value_writer.h"
#include "format/model/event.h"

namespace ctrace::structs {

// How a member lies in memory. kWord, kUWord, kPointer: a long of the table; kTime: what it has for
// seconds (on x32 more than a long).
enum class Unit : uint8_t {
  kS16,
  kU16,
  kS32,
  kU32,
  kS64,
  kU64,
  kWord,
  kUWord,
  kPointer,
  kTime,
  kText,
  kStruct
};

struct Structure;

// Everything that a member or a structure is shown by.
struct Decoding {
  const Event& event;
  size_t index;  // of the argument
  Layout layout;
  StructView view;
  ValueWriter& out;
};

using AppendValue = void (*)(const Decoding&, uint64_t value);

struct Member {
  std::string_view name;  // empty: not shown
  Unit unit = Unit::kS32;
  Kind words = Kind::kUnknown;
  AppendValue append = nullptr;  // in place of words
  uint16_t count = 1;            // of a list; of text: its bytes
  const Structure* structure = nullptr;
  StructView view = StructView::kAll;  // kBefore, kAfter: the call reads it, or writes it, alone
  bool silent_zero = false;
};

struct Structure {
  std::span<const Member> members;
  std::span<const uint8_t> order = {};  // in which they are shown: strace's; empty: of memory
  bool goes_on = false;                 // there is more of it, which is not read
  bool grows = false;       // an older program's ends earlier, and that is not a cut one
  bool packed_x86 = false;  // without padding there
  bool is_bare = false;     // one member, shown without braces and name
  bool brackets = false;    // around that, as strace has it: [16]
};

// Sizes and offsets by the rules of C.
size_t size_of(const Structure& structure, const Layout& layout);
size_t offset_of(const Structure& structure, size_t member, const Layout& layout);

// Shows what is there of it. False: some of it is not.
bool append_structure(const Structure& structure, std::string_view bytes, const Decoding& decoding);
// The same of one after the other, in brackets.
bool append_list(const Structure& structure, std::string_view bytes, const Decoding& decoding);
// A number of `size` bytes at `at`; 0 where the bytes end before.
uint64_t number_at(std::string_view bytes, size_t at, size_t size, bool is_signed = false);
// The value of the event's argument of this kind; empty: it has none.
const uint64_t* argument(const Event& event, Kind kind);

// What an argument of a kind points to.
struct Pointee {
  Kind kind;
  const Structure* native;            // of 64-bit calls
  const Structure* compat = nullptr;  // of 32-bit calls; null: as native
  const Structure* arm64 = nullptr;   // null: as native
  uint16_t elements = 1;              // of a list the most that are read
  bool is_list = false;
  // In place of the members; false: some of it is not there.
  bool (*append)(std::string_view bytes, const Decoding&) = nullptr;
};

const Structure& structure_of(const Pointee& pointee, const Layout& layout);

std::span<const Pointee> time_pointees();
std::span<const Pointee> signal_pointees();
std::span<const Pointee> process_pointees();
std::span<const Pointee> file_pointees();
std::span<const Pointee> net_pointees();
std::span<const Pointee> message_pointees();
std::span<const Pointee> system_pointees();

}  // namespace ctrace::structs
