#include "format/decode/structures.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>

#include "format/catalogue/catalogue.h"
#include "format/decode/structure.h"

namespace ctrace {
namespace structs {
namespace {

constexpr size_t kMaxMembers = 40;

size_t unit_size(const Member& member, const Layout& layout) {
  switch (member.unit) {
    case Unit::kS16:
    case Unit::kU16:
      return 2;
    case Unit::kS32:
    case Unit::kU32:
      return 4;
    case Unit::kS64:
    case Unit::kU64:
      return 8;
    case Unit::kWord:
    case Unit::kUWord:
    case Unit::kPointer:
      return layout.word;
    case Unit::kTime:
      return layout.time_word;
    case Unit::kText:
      return 1;
    case Unit::kStruct:
      return size_of(*member.structure, layout);
  }
  return 0;
}

bool is_signed(Unit unit) {
  return unit == Unit::kS16 || unit == Unit::kS32 || unit == Unit::kS64 || unit == Unit::kWord ||
         unit == Unit::kTime;
}

size_t alignment(const Structure& structure, const Layout& layout);

size_t alignment(const Member& member, const Layout& layout) {
  if (member.unit == Unit::kStruct) return alignment(*member.structure, layout);
  return std::min<size_t>(unit_size(member, layout), layout.align64);
}

size_t alignment(const Structure& structure, const Layout& layout) {
  if (structure.packed_x86 && !layout.is_arm) return 1;
  size_t most = 1;
  for (const Member& member : structure.members) most = std::max(most, alignment(member, layout));
  return most;
}

size_t aligned(size_t at, size_t alignment) { return (at + alignment - 1) / alignment * alignment; }

// Calls `each` with every member and where it begins. Returns where the last one ends.
template <typename Each>
size_t for_members(const Structure& structure, const Layout& layout, Each each) {
  const bool packed = structure.packed_x86 && !layout.is_arm;
  size_t at = 0;
  for (size_t i = 0; i < structure.members.size(); ++i) {
    const Member& member = structure.members[i];
    if (!packed) at = aligned(at, alignment(member, layout));
    each(i, at);
    at += unit_size(member, layout) * member.count;
  }
  return at;
}

void append_one(const Member& member, std::string_view bytes, size_t at, const Decoding& decoding) {
  ValueWriter& out = decoding.out;
  const uint64_t value =
      number_at(bytes, at, unit_size(member, decoding.layout), is_signed(member.unit));
  if (member.append) return member.append(decoding, value);
  if (member.unit == Unit::kPointer) return out.pointer(value);
  out.words(decoding.event.abi, member.words, value, is_signed(member.unit));
}

// False: some of it is not there.
bool append_member(const Member& member, std::string_view bytes, const Decoding& decoding) {
  ValueWriter& out = decoding.out;
  if (member.unit == Unit::kStruct) return append_structure(*member.structure, bytes, decoding);
  if (member.unit == Unit::kText) {
    const std::string_view text = bytes.substr(0, member.count);
    out.text(text.substr(0, text.find('\0')));
    return true;
  }
  if (member.count == 1) {
    append_one(member, bytes, 0, decoding);
    return true;
  }
  out.open('[');
  for (size_t i = 0; i < member.count; ++i) {
    append_one(member, bytes, i * unit_size(member, decoding.layout), decoding);
  }
  out.close(']');
  return true;
}

bool is_shown(const Member& member, std::string_view bytes, const Decoding& decoding) {
  if (member.name.empty()) return false;
  const bool in_view = member.view == StructView::kAll || decoding.view == StructView::kAll ||
                       member.view == decoding.view;
  return in_view && !(member.silent_zero && bytes.find_first_not_of('\0') == bytes.npos);
}

const Pointee* find_pointee(Kind kind) {
  constexpr size_t kMaxKinds = 512;
  static const auto table = [] {
    std::array<const Pointee*, kMaxKinds> made{};
    for (auto rows : {time_pointees(), signal_pointees(), process_pointees(), file_pointees(),
                      net_pointees(), message_pointees(), system_pointees()}) {
      for (const Pointee& row : rows) made[static_cast<size_t>(row.kind)] = &row;
    }
    return made;
  }();
  return table[static_cast<size_t>(kind)];
}

}  // namespace

size_t size_of(const Structure& structure, const Layout& layout) {
  const size_t end = for_members(structure, layout, [](size_t, size_t) {});
  // What goes on is read as far as it is described.
  return structure.goes_on ? end : aligned(end, alignment(structure, layout));
}

size_t offset_of(const Structure& structure, size_t member, const Layout& layout) {
  size_t found = 0;
  for_members(structure, layout, [&](size_t i, size_t at) {
    if (i == member) found = at;
  });
  return found;
}

uint64_t number_at(std::string_view bytes, size_t at, size_t size, bool is_signed) {
  uint64_t value = 0;
  if (size > sizeof value || at > bytes.size() || size > bytes.size() - at) return 0;
  std::memcpy(&value, bytes.data() + at, size);
  const unsigned unused = 64 - 8 * static_cast<unsigned>(size);
  if (!is_signed || unused >= 64) return value;
  return static_cast<uint64_t>(static_cast<int64_t>(value << unused) >> unused);
}

const uint64_t* argument(const Event& event, Kind kind) {
  const auto& args = event.type->args;
  const auto found = std::ranges::find(args, kind, &ArgType::kind);
  return found == args.end() ? nullptr : &event.args[found - args.begin()];
}

const Structure& structure_of(const Pointee& pointee, const Layout& layout) {
  if (layout.word == 4 && pointee.compat) return *pointee.compat;
  return layout.is_arm && pointee.arm64 ? *pointee.arm64 : *pointee.native;
}

bool append_structure(const Structure& structure, std::string_view bytes,
                      const Decoding& decoding) {
  ValueWriter& out = decoding.out;
  bool whole = true;
  size_t offsets[kMaxMembers];
  assert(structure.members.size() <= kMaxMembers);
  for_members(structure, decoding.layout, [&](size_t i, size_t at) { offsets[i] = at; });
  if (!structure.is_bare) out.open('{');
  const size_t shown = structure.order.empty() ? structure.members.size() : structure.order.size();
  for (size_t i = 0; i < shown; ++i) {
    const size_t index = structure.order.empty() ? i : structure.order[i];
    const Member& member = structure.members[index];
    const size_t at = offsets[index], size = unit_size(member, decoding.layout) * member.count;
    const bool is_there = at <= bytes.size() && size <= bytes.size() - at;
    if (!is_there) whole = whole && (structure.grows || member.name.empty());
    if (!is_there || !is_shown(member, bytes.substr(at, size), decoding)) continue;
    if (!structure.is_bare) out.key(member.name);
    whole = append_member(member, bytes.substr(at, size), decoding) && whole;
  }
  if (structure.is_bare && !whole && out.json()) out.pointer(0);
  if (!whole || structure.goes_on) out.dots();
  if (!structure.is_bare) out.close('}');
  return whole;
}

bool append_list(const Structure& structure, std::string_view bytes, const Decoding& decoding) {
  const size_t size = size_of(structure, decoding.layout);
  const bool cut = decoding.event.texts[decoding.index].state == Text::State::kCut;
  decoding.out.open('[');
  for (; bytes.size() >= size; bytes.remove_prefix(size)) {
    append_structure(structure, bytes.substr(0, size), decoding);
  }
  if (!bytes.empty() || cut) decoding.out.dots();
  decoding.out.close(']');
  return bytes.empty();
}

}  // namespace structs

Layout layout_of(Abi abi, int32_t number) {
  switch (abi) {
    case Abi::kI386:
    case Abi::kArm:
      return kLayoutI386;
    case Abi::kX32:
      return number >= 512 ? kLayoutX32 : kLayoutX86;
    case Abi::kArm64:
      return kLayoutArm64;
    case Abi::kX86_64:
      break;
  }
  return kLayoutX86;
}

Layout layout_of(const Event& event) {
  const bool asks = event.abi == Abi::kX32;
  return layout_of(event.abi, asks ? syscall_number(event.type->id, event.abi).value_or(0) : 0);
}

StructSize struct_size(Kind kind, const Layout& layout) {
  const structs::Pointee* pointee = structs::find_pointee(kind);
  if (!pointee) return {};
  const size_t size = structs::size_of(structs::structure_of(*pointee, layout), layout);
  return {static_cast<uint16_t>(size), pointee->elements};
}

bool append_struct(const Event& event, size_t index, const StructForm& form, OutputBuffer& out) {
  ValueWriter writer(out, form.json, form.string_limit);
  const std::string_view bytes = event.texts[index].bytes;
  const structs::Pointee* pointee = structs::find_pointee(event.type->args[index].kind);
  if (!pointee) {
    writer.hex_bytes(bytes);
    return true;
  }
  const structs::Decoding decoding{event, index, layout_of(event), form.view, writer};
  if (pointee->append) return pointee->append(bytes, decoding);
  const structs::Structure& structure = structs::structure_of(*pointee, decoding.layout);
  if (pointee->is_list) return structs::append_list(structure, bytes, decoding);
  // strace's [16] of an int.
  const bool bracketed = structure.is_bare && structure.brackets && !form.json;
  if (bracketed) out.append('[');
  const bool whole = structs::append_structure(structure, bytes, decoding);
  if (bracketed) out.append(']');
  return whole;
}

bool is_pointer_here(const Event& event, size_t index) {
  const Decider* decider = decider_of(event.type->args[index].kind);
  if (!decider) return true;
  const uint64_t* value = structs::argument(event, decider->by);
  return value && decider->decides(*value);
}

}  // namespace ctrace
