// The decoders' tables: which words the values of a kind have. One row a kind, one table a subject
// (words_files.cc, words_net.cc, ...); decode.cc reads them.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "format/catalogue/kinds.h"

namespace ctrace::words {

struct Word {
  uint64_t value;
  std::string_view name;
};

struct Options {
  std::string_view zero = {};          // the word for 0; none: "0"
  uint64_t octal_mask = 0;             // bits that are shown as an octal number (permissions)
  bool zero_choice_is_silent = false;  // an absent choice is the usual case (no exit signal)
  bool others_are_numbers = false;     // what has no word is a plain number (a descriptor)
};

// A value is (value & choice_mask), one of `choices`, and any of `flags`, the first that fit: a
// composite flag stands before its parts. What is left over is shown as hex.
struct Decoder {
  Kind kind;
  uint64_t choice_mask;
  std::span<const Word> choices;
  std::span<const Word> flags;
  Options options = {};
};

inline constexpr uint64_t kWhole = ~uint64_t{0};

std::span<const Decoder> files_decoders();
std::span<const Decoder> net_decoders();
std::span<const Decoder> process_decoders();
std::span<const Decoder> system_decoders();
std::span<const Decoder> struct_decoders();

// For calls of ABI arm64 or arm, before the others.
std::span<const Decoder> arm_decoders();

// Words that depend on another argument.
std::span<const Word> inet_protocols();
std::span<const Word> netlink_protocols();
std::span<const Word> socket_options();
std::span<const Word> tcp_options();
std::span<const Word> ip_options();
std::span<const Word> ipv6_options();
std::span<const Word> udp_options();
std::span<const Word> netlink_options();
std::span<const Word> packet_options();

}  // namespace ctrace::words
