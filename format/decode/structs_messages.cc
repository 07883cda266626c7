// Messages of sockets and memory in pieces, which lead to more: names, buffers.
#include <algorithm>
#include <cstring>

#include "format/decode/decode.h"
#include "format/decode/structure.h"

namespace ctrace::structs {
namespace {

using enum Unit;

// clang-format off
constexpr Member kIovecMembers[] = {{"iov_base", kPointer}, {"iov_len", kUWord}};
constexpr Structure kIovec{kIovecMembers};

constexpr Member kMsghdrMembers[] = {
    {"msg_name", kPointer}, {"msg_namelen", kS32}, {"msg_iov", kPointer}, {"msg_iovlen", kUWord},
    {"msg_control", kPointer}, {"msg_controllen", kUWord}, {"msg_flags", kU32, Kind::msg_flags}};
constexpr Structure kMsghdr{kMsghdrMembers};
enum { kName, kNameLength, kVectors, kVectorCount, kControl, kControlLength, kFlags };

constexpr Member kMmsghdrMembers[] = {
    {.name = "msg_hdr", .unit = kStruct, .structure = &kMsghdr}, {"msg_len", kU32}};
constexpr Structure kMmsghdr{kMmsghdrMembers};
// clang-format on

// Pieces with what they hold, as far as that was recorded: `contents` of the first ones, one after
// the other. `most`: bytes that a call read into them.
bool append_pieces(std::string_view vectors, std::string_view contents, uint64_t most,
                   const Decoding& decoding) {
  if (contents.empty()) return append_list(kIovec, vectors, decoding);
  ValueWriter& out = decoding.out;
  const size_t size = size_of(kIovec, decoding.layout), word = decoding.layout.word;
  out.open('[');
  for (; vectors.size() >= size; vectors.remove_prefix(size)) {
    const uint64_t base = number_at(vectors, 0, word), length = number_at(vectors, word, word);
    const uint64_t filled = std::min(length, most);
    const std::string_view piece = contents.substr(0, filled);
    most -= filled;
    contents.remove_prefix(piece.size());
    out.open('{');
    out.key("iov_base");
    if (piece.empty() || out.json()) {
      out.pointer(base);
    } else {
      out.text(piece, piece.size() < filled);
    }
    out.key("iov_len");
    out.number(length);
    if (!piece.empty() && out.json()) {
      out.key("contents");
      out.text(piece);
    }
    out.close('}');
  }
  if (!vectors.empty() || decoding.event.texts[decoding.index].state == Text::State::kCut)
    out.dots();
  out.close(']');
  return vectors.empty();
}

uint64_t received_bytes(const Decoding& decoding) {
  const Kind kind = decoding.event.type->args[decoding.index].kind;
  const bool is_out = kind == Kind::iovecs_out || kind == Kind::msghdr_out;
  if (!is_out) return UINT64_MAX;
  return static_cast<uint64_t>(std::max<int64_t>(decoding.event.result, 0));
}

// How many pieces there are the next argument says.
bool append_vectors(std::string_view bytes, const Decoding& decoding) {
  constexpr uint64_t kMost = 16;
  const size_t size = size_of(kIovec, decoding.layout);
  const uint64_t next = decoding.index + 1 < kMaxArgs ? decoding.event.args[decoding.index + 1] : 0;
  const size_t pieces = std::min<uint64_t>(static_cast<uint32_t>(next), kMost) * size;
  if (bytes.size() <= pieces) return append_list(kIovec, bytes, decoding);
  return append_pieces(bytes.substr(0, pieces), bytes.substr(pieces), received_bytes(decoding),
                       decoding);
}

// What a message leads to, behind the structure: FORMAT.md.
struct Parts {
  std::string_view header, name, vectors, contents;
};

Parts parts_of(std::string_view bytes, const Layout& layout) {
  const size_t room = layout.word == 4 ? 32 : 64;
  constexpr size_t kSizes = 8;
  Parts parts{bytes.substr(0, room), {}, {}, {}};
  if (bytes.size() < room + kSizes) return parts;
  const size_t name = number_at(bytes, room, 2), vectors = number_at(bytes, room + 2, 2);
  std::string_view rest = bytes.substr(room + kSizes);
  parts.name = rest.substr(0, name);
  rest.remove_prefix(std::min(rest.size(), (name + 7) / 8 * 8));
  parts.vectors = rest.substr(0, vectors);
  parts.contents = rest.substr(parts.vectors.size());
  return parts;
}

void append_name(std::string_view name, uint64_t address, ValueWriter& out) {
  if (name.empty()) return out.pointer(address);
  if (!out.json()) return append_plain_sockaddr(name, out.begin_value());
  OutputBuffer text(-1);
  append_sockaddr(name, text);
  out.text(text.since(0));
}

// The structure's own members are plain numbers.
bool append_header(const Parts& parts, uint64_t most, const Decoding& decoding) {
  ValueWriter& out = decoding.out;
  const Layout& layout = decoding.layout;
  const auto member = [&](size_t index) {
    const size_t size =
        kMsghdrMembers[index].unit == kS32 || kMsghdrMembers[index].unit == kU32 ? 4 : layout.word;
    return number_at(parts.header, offset_of(kMsghdr, index, layout), size);
  };
  const auto number = [&](size_t index) {
    out.key(kMsghdrMembers[index].name);
    out.number(member(index));
  };
  const bool whole = parts.header.size() >= size_of(kMsghdr, layout);
  out.open('{');
  if (whole) {
    out.key("msg_name");
    append_name(parts.name, member(kName), out);
    number(kNameLength);
    out.key("msg_iov");
    if (member(kVectors) == 0 || (parts.vectors.empty() && member(kVectorCount) > 0)) {
      out.pointer(member(kVectors));
    } else {
      append_pieces(parts.vectors, parts.contents, most, decoding);
    }
    number(kVectorCount);
    if (member(kControlLength) != 0) {
      out.key("msg_control");
      out.pointer(member(kControl));
    }
    number(kControlLength);
    out.key("msg_flags");
    out.words(decoding.event.abi, Kind::msg_flags, member(kFlags), false);
  } else {
    out.dots();
  }
  out.close('}');
  return whole;
}

bool append_message(std::string_view bytes, const Decoding& decoding) {
  return append_header(parts_of(bytes, decoding.layout), received_bytes(decoding), decoding);
}

// The first of several.
bool append_messages(std::string_view bytes, const Decoding& decoding) {
  ValueWriter& out = decoding.out;
  const Parts parts = parts_of(bytes, decoding.layout);
  const uint64_t count =
      decoding.index + 1 < kMaxArgs ? decoding.event.args[decoding.index + 1] : 0;
  const bool is_out = decoding.event.type->args[decoding.index].kind == Kind::mmsghdr_out;
  const uint64_t done = is_out ? static_cast<uint64_t>(std::max<int64_t>(decoding.event.result, 0))
                               : static_cast<uint32_t>(count);
  out.open('[');
  out.open('{');
  out.key("msg_hdr");
  const size_t at = offset_of(kMmsghdr, 1, decoding.layout);
  const uint64_t most = is_out ? number_at(parts.header, at, 4) : UINT64_MAX;
  bool whole = append_header(parts, most, decoding);
  if (parts.header.size() >= at + 4) {
    out.key("msg_len");
    out.number(number_at(parts.header, at, 4));
  } else {
    whole = false;
  }
  out.close('}');
  if (done > 1) out.dots();
  out.close(']');
  return whole && done <= 1;
}

// clang-format off
constexpr Pointee kPointees[] = {
    {.kind = Kind::iovecs, .native = &kIovec, .elements = 16, .is_list = true},
    {.kind = Kind::iovecs_in, .native = &kIovec, .elements = 16, .append = append_vectors},
    {.kind = Kind::iovecs_out, .native = &kIovec, .elements = 16, .append = append_vectors},
    {.kind = Kind::msghdr_in, .native = &kMsghdr, .append = append_message},
    {.kind = Kind::msghdr_out, .native = &kMsghdr, .append = append_message},
    {.kind = Kind::mmsghdr_in, .native = &kMmsghdr, .append = append_messages},
    {.kind = Kind::mmsghdr_out, .native = &kMmsghdr, .append = append_messages},
};
// clang-format on

}  // namespace

std::span<const Pointee> message_pointees() { return kPointees; }

}  // namespace ctrace::structs
