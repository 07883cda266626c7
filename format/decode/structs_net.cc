// Sockets: their options, and memory in pieces.
#include "format/decode/decode.h"
#include "format/decode/structure.h"

namespace ctrace::structs {
namespace {

using enum Unit;

void append_error(const Decoding& decoding, uint64_t value) {
  const std::string_view name = errno_name(static_cast<int>(value));
  if (name.empty()) return decoding.out.number(static_cast<int64_t>(value));
  decoding.out.word(name);
}

// clang-format off
constexpr Member kIntMembers[] = {{"value", kS32}};
constexpr Structure kInt{.members = kIntMembers, .is_bare = true, .brackets = true};
constexpr Member kErrorMembers[] = {{"value", kS32, Kind::kUnknown, append_error}};
constexpr Structure kError{.members = kErrorMembers, .is_bare = true, .brackets = true};
constexpr Member kTypeMembers[] = {{"value", kS32, Kind::socket_type}};
constexpr Structure kType{.members = kTypeMembers, .is_bare = true, .brackets = true};
constexpr Member kFamilyMembers[] = {{"value", kS32, Kind::socket_family}};
constexpr Structure kFamily{.members = kFamilyMembers, .is_bare = true, .brackets = true};
constexpr Member kLingerMembers[] = {{"l_onoff", kS32}, {"l_linger", kS32}};
constexpr Structure kLinger{kLingerMembers};
constexpr Member kTimevalMembers[] = {{"tv_sec", kTime}, {"tv_usec", kTime}};
constexpr Structure kTimeval{kTimevalMembers};
constexpr Member kTimeval64Members[] = {{"tv_sec", kS64}, {"tv_usec", kS64}};
constexpr Structure kTimeval64{kTimeval64Members};
constexpr Member kUcredMembers[] = {{"pid", kS32}, {"uid", kS32}, {"gid", kS32}};
constexpr Structure kUcred{kUcredMembers};
constexpr Member kFprogMembers[] = {{"len", kU16}, {"filter", kPointer}};
constexpr Structure kFprog{kFprogMembers};
constexpr Member kNameMembers[] = {{.name = "name", .unit = kText, .count = 16}};
constexpr Structure kName{.members = kNameMembers, .is_bare = true};

constexpr Member kByteMembers[] = {{.name = "bytes", .unit = kText, .count = 64}};
constexpr Structure kBytes{.members = kByteMembers, .is_bare = true};

// Options whose value is more than a number. By level (1: SOL_SOCKET, 6: SOL_TCP) and option.
struct OptionRow {
  uint32_t level, option;
  const Structure* structure;
};
constexpr OptionRow kOptions[] = {
    {1, 3, &kType},    {1, 4, &kError},    {1, 13, &kLinger},    {1, 17, &kUcred},
    {1, 20, &kTimeval}, {1, 21, &kTimeval}, {1, 25, &kName},     {1, 26, &kFprog},
    {1, 39, &kFamily}, {1, 51, &kFprog},   {1, 66, &kTimeval64}, {1, 67, &kTimeval64},
    {6, 13, &kName},   {6, 31, &kName},
};
// clang-format on

const Structure* option_structure(const Event& event) {
  const uint64_t* level = argument(event, Kind::socket_level);
  const uint64_t* option = argument(event, Kind::socket_option);
  if (!level || !option) return nullptr;
  for (const OptionRow& row : kOptions) {
    if (row.level == static_cast<uint32_t>(*level) &&
        row.option == static_cast<uint32_t>(*option)) {
      return row.structure;
    }
  }
  return nullptr;
}

bool append_option(std::string_view bytes, const Decoding& decoding) {
  constexpr size_t kInts = 4;
  const Structure* structure = option_structure(decoding.event);
  if (structure == &kName) {
    decoding.out.text(bytes.substr(0, bytes.find('\0')));
    return true;
  }
  // Older programs pass less of some, so does who asks for one number alone.
  if (!structure || bytes.size() < size_of(*structure, decoding.layout)) {
    structure = bytes.size() == kInts ? &kInt : nullptr;
  }
  if (!structure) {
    if (decoding.out.json()) return decoding.out.hex_bytes(bytes), true;
    return decoding.out.text(bytes), true;
  }
  const bool brackets = structure->brackets && !decoding.out.json();
  if (brackets) decoding.out.open('[');
  const bool whole = append_structure(*structure, bytes, decoding);
  if (brackets) decoding.out.close(']');
  return whole;
}

// clang-format off
constexpr Pointee kPointees[] = {
    {.kind = Kind::sockopt_in, .native = &kBytes, .append = append_option},
    {.kind = Kind::sockopt_out, .native = &kBytes, .append = append_option},
    {Kind::int_out, &kInt},
};
// clang-format on

}  // namespace

std::span<const Pointee> net_pointees() { return kPointees; }

}  // namespace ctrace::structs
