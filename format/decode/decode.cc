#include "format/decode/decode.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "format/base/hash.h"
#include "format/decode/words.h"

namespace ctrace {
namespace {

using words::Decoder;
using words::Word;

constexpr size_t kMaxKinds = 512;

const Decoder* find_decoder(Kind kind) {
  static const auto table = [] {
    std::array<const Decoder*, kMaxKinds> made{};
    for (auto decoders : {words::files_decoders(), words::net_decoders(), words::process_decoders(),
                          words::system_decoders(), words::struct_decoders()}) {
      for (const Decoder& decoder : decoders) made[static_cast<size_t>(decoder.kind)] = &decoder;
    }
    return made;
  }();
  return table[static_cast<size_t>(kind)];
}

const Word* find_word(std::span<const Word> table, uint64_t value) {
  // Most tables of choices count from 0.
  if (value < table.size() && table[value].value == value) return &table[value];
  for (const Word& word : table) {
    if (word.value == value) return &word;
  }
  return nullptr;
}

uint64_t in_width(Form form, uint64_t value) {
  return form == Form::kSigned32 || form == Form::kUnsigned32 ? static_cast<uint32_t>(value)
                                                              : value;
}

// Parts of a value with a bar between them.
class Parts {
 public:
  explicit Parts(OutputBuffer& out) : out_(out), start_(out.size()) {}

  bool empty() const { return out_.size() == start_; }
  void word(std::string_view name) {
    bar();
    out_.append(name);
  }
  void hex(uint64_t value) {
    bar();
    out_.append_hex(value);
  }
  void octal(uint64_t value) {
    bar();
    char digits[24];
    out_.append('0');
    out_.append({digits, std::to_chars(digits, digits + sizeof digits, value, 8).ptr});
  }

 private:
  void bar() {
    if (!empty()) out_.append('|');
  }
  OutputBuffer& out_;
  size_t start_;
};

bool append_words(const Decoder& decoder, uint64_t value, OutputBuffer& out) {
  Parts parts(out);
  if (decoder.options.no_flags_in_minus_one && value == UINT32_MAX) {
    parts.hex(value);
    return true;
  }
  const uint64_t choice = value & decoder.choice_mask;
  uint64_t octal = 0;
  if (decoder.choice_mask != 0 && !(choice == 0 && decoder.options.zero_choice_is_silent)) {
    if (const Word* word = find_word(decoder.choices, choice)) {
      parts.word(word->name);
    } else if (decoder.options.others_are_numbers) {
      return false;
    } else if (decoder.options.octal_mask != 0) {
      octal = choice;
    } else {
      parts.hex(choice);
    }
  }
  uint64_t rest = value & ~decoder.choice_mask;
  for (const Word& flag : decoder.flags) {
    if ((rest & flag.value) != flag.value) continue;
    parts.word(flag.name);
    rest &= ~flag.value;
  }
  octal |= rest & decoder.options.octal_mask;
  rest &= ~octal;
  if (octal != 0) parts.octal(octal);
  if (rest != 0) parts.hex(rest);
  if (parts.empty()) parts.word(decoder.options.zero.empty() ? "0" : decoder.options.zero);
  return true;
}

// What was put into words lately: values of flags repeat, and their tables are walked bit by bit.
struct Remembered {
  const Decoder* decoder = nullptr;
  uint64_t value = 0;
  uint8_t size = 0;
  char text[47];
};

bool append_remembered(const Decoder& decoder, uint64_t value, OutputBuffer& out) {
  thread_local std::array<Remembered, 256> slots;
  const uint64_t key = value ^ static_cast<uint64_t>(decoder.kind) << 40;
  Remembered& slot = slots[hash_number(key) >> 16 & 255];
  if (slot.decoder == &decoder && slot.value == value) {
    char* const to = out.reserve(sizeof slot.text);
    std::memcpy(to, slot.text, sizeof slot.text);  // always as long: it takes no call
    out.commit(to + slot.size);
    return true;
  }
  const size_t start = out.size();
  if (!append_words(decoder, value, out)) return false;
  const std::string_view text = out.since(start);
  if (text.size() > sizeof slot.text) return true;
  slot.decoder = &decoder;
  slot.value = value;
  slot.size = static_cast<uint8_t>(text.size());
  std::memcpy(slot.text, text.data(), text.size());
  return true;
}

// Words of a table that another argument chose; a number without a word stays a number.
bool append_choice(std::span<const Word> table, uint64_t value, OutputBuffer& out) {
  const Word* word = find_word(table, value);
  if (word) out.append(word->name);
  return word != nullptr;
}

// The table for a socket's protocol or option: by the value of the argument that decides.
struct DependentRow {
  Kind kind, decider;
  uint64_t decided_by;
  std::span<const Word> table;
};

std::span<const Word> dependent_words(Kind kind, Kind decider, uint64_t value) {
  static const DependentRow kRows[] = {
      {Kind::socket_protocol, Kind::socket_family, 2, words::inet_protocols()},      // AF_INET
      {Kind::socket_protocol, Kind::socket_family, 10, words::inet_protocols()},     // AF_INET6
      {Kind::socket_protocol, Kind::socket_family, 16, words::netlink_protocols()},  // AF_NETLINK
      {Kind::socket_protocol, Kind::socket_family, 17, words::packet_protocols()},   // AF_PACKET
      {Kind::socket_option, Kind::socket_level, 1, words::socket_options()},         // SOL_SOCKET
      {Kind::socket_option, Kind::socket_level, 0, words::ip_options()},             // SOL_IP
      {Kind::socket_option, Kind::socket_level, 6, words::tcp_options()},            // SOL_TCP
      {Kind::socket_option, Kind::socket_level, 41, words::ipv6_options()},          // SOL_IPV6
      {Kind::socket_option, Kind::socket_level, 17, words::udp_options()},           // SOL_UDP
      {Kind::socket_option, Kind::socket_level, 270, words::netlink_options()},      // SOL_NETLINK
      {Kind::socket_option, Kind::socket_level, 263, words::packet_options()},       // SOL_PACKET
  };
  for (const DependentRow& row : kRows) {
    if (row.kind == kind && row.decider == decider && row.decided_by == value) return row.table;
  }
  return {};
}

bool append_dependent(const Event& event, size_t index, OutputBuffer& out) {
  const auto& args = event.type->args;
  for (size_t i = 0; i < index; ++i) {
    const auto table =
        dependent_words(args[index].kind, args[i].kind, static_cast<uint32_t>(event.args[i]));
    if (!table.empty()) {
      return append_choice(table, static_cast<uint32_t>(event.args[index]), out);
    }
  }
  return false;
}

// What an argument that may be a pointer is otherwise: by the value that decides. Kind::i32: a
// decimal number.
struct NumberRow {
  Kind kind;
  uint64_t decided_by;
  Kind words;
};
constexpr NumberRow kNumbers[] = {
    {Kind::fcntl_arg, 0, Kind::i32},             // F_DUPFD
    {Kind::fcntl_arg, 2, Kind::fcntl_setfd},     // F_SETFD
    {Kind::fcntl_arg, 4, Kind::open_flags},      // F_SETFL
    {Kind::fcntl_arg, 8, Kind::i32},             // F_SETOWN
    {Kind::fcntl_arg, 10, Kind::signal},         // F_SETSIG
    {Kind::fcntl_arg, 1024, Kind::lock_type},    // F_SETLEASE
    {Kind::fcntl_arg, 1030, Kind::i32},          // F_DUPFD_CLOEXEC
    {Kind::fcntl_arg, 1031, Kind::i32},          // F_SETPIPE_SZ
    {Kind::fcntl_arg, 1033, Kind::fcntl_seals},  // F_ADD_SEALS
    {Kind::name_arg, 1, Kind::signal},           // PR_SET_PDEATHSIG
    {Kind::name_arg, 23, Kind::capability},      // PR_CAPBSET_READ
    {Kind::name_arg, 24, Kind::capability},      // PR_CAPBSET_DROP
};

bool append_number_instead(const Event& event, size_t index, OutputBuffer& out) {
  const auto& args = event.type->args;
  const Kind kind = args[index].kind == Kind::fcntl64_arg ? Kind::fcntl_arg : args[index].kind;
  const Decider* decider = decider_of(kind);
  if (!decider) return false;
  for (size_t i = 0; i < index; ++i) {
    if (args[i].kind != decider->by) continue;
    for (const NumberRow& row : kNumbers) {
      if (row.kind != kind || row.decided_by != static_cast<uint32_t>(event.args[i])) continue;
      if (row.words != Kind::i32)
        return append_decoded(event.abi, row.words, event.args[index], out);
      out.append_decimal(static_cast<int32_t>(event.args[index]));
      return true;
    }
  }
  return false;
}

// As calls pass it: the kernel's 32 bits, in which the minor number is in two parts. Of other
// events it is half of what identifies a file, and a number.
bool append_device(uint64_t device, OutputBuffer& out) {
  if (device == 0 || device > UINT32_MAX) return false;
  const auto number = [&](uint64_t part) { part == 0 ? out.append('0') : out.append_hex(part); };
  out.append("makedev(");
  number(device >> 8 & 0xfff);
  out.append(", ");
  number((device & 0xff) | (device >> 12 & 0xfff00));
  out.append(')');
  return true;
}

}  // namespace

bool append_decoded(Kind kind, uint64_t value, OutputBuffer& out) {
  const Decoder* decoder = find_decoder(kind);
  return decoder && append_remembered(*decoder, in_width(kind_row(kind).form, value), out);
}

bool append_decoded(Abi abi, Kind kind, uint64_t value, OutputBuffer& out) {
  if (abi == Abi::kArm64 || abi == Abi::kArm) {
    for (const Decoder& decoder : words::arm_decoders()) {
      if (decoder.kind == kind)
        return append_remembered(decoder, in_width(kind_row(kind).form, value), out);
    }
  }
  return append_decoded(kind, value, out);
}

bool append_decoded(const Event& event, size_t index, OutputBuffer& out) {
  const Kind kind = event.type->args[index].kind;
  if (kind == Kind::socket_protocol || kind == Kind::socket_option) {
    return append_dependent(event, index, out);
  }
  if (kind == Kind::dev) return event.type->is_syscall && append_device(event.args[index], out);
  if (has_text(event.type->args[index].form)) return append_number_instead(event, index, out);
  return append_decoded(event.abi, kind, event.args[index], out);
}

bool is_never_decoded(Kind kind) {
  return !has_text(kind_row(kind).form) && kind != Kind::socket_protocol &&
         kind != Kind::socket_option && kind != Kind::dev && !find_decoder(kind) &&
         std::ranges::find(words::arm_decoders(), kind, &Decoder::kind) ==
             words::arm_decoders().end();
}

}  // namespace ctrace
