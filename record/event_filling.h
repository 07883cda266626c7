// What several parts of the tracker need to fill events.
#pragma once

#include <cstring>
#include <string>
#include <string_view>

#include "bpf/event.h"
#include "format/model/event.h"
#include "record/ring_reader.h"

namespace ctrace {

inline constexpr Abi kNativeAbi = static_cast<Abi>(wire::ABI_NATIVE);

// Tids are below PID_MAX_LIMIT (include/linux/threads.h).
inline constexpr uint32_t kTidLimit = 1u << 22;

inline Abi abi_of(uint8_t wire_abi) {
  return static_cast<Abi>(wire_abi);  // the numbers are the same, see bpf/event.h
}
static_assert(static_cast<int>(Abi::kX86_64) == wire::ABI_X86_64);
static_assert(static_cast<int>(Abi::kI386) == wire::ABI_I386);
static_assert(static_cast<int>(Abi::kX32) == wire::ABI_X32);
static_assert(static_cast<int>(Abi::kArm64) == wire::ABI_ARM64);
static_assert(static_cast<int>(Abi::kArm) == wire::ABI_ARM);
static_assert(static_cast<int>(Text::State::kNotRead) == wire::TEXT_NOT_READ);

// Bytes up to a NUL, if there is one.
inline std::string fixed_text(const char* bytes, size_t size) {
  return std::string(bytes, strnlen(bytes, size));
}

// `bytes` must live until the event is sent.
inline void set_text(Event& event, size_t arg, std::string_view bytes,
                     Text::State state = Text::State::kWhole) {
  event.texts[arg] = {bytes, state};
  if (state != Text::State::kUnreadable && state != Text::State::kNotRead) event.args[arg] = 0;
}

// getcwd's result counts the final NUL, as no other text does.
inline std::string_view without_final_nul(std::string_view bytes, Kind kind) {
  if (kind == Kind::out_path && bytes.ends_with('\0')) bytes.remove_suffix(1);
  return bytes;
}

// i386 registers hold 32 bits; a signed 64-bit argument means a negative number by them.
inline void extend_signs(Event& event) {
  for (size_t i = 0; i < event.type->args.size(); ++i) {
    if (event.type->args[i].form == Form::kSigned64)
      event.args[i] = static_cast<uint64_t>(int64_t{static_cast<int32_t>(event.args[i])});
  }
}

// Texts live as long as the record.
inline void take_blobs(Event& event, const RecordView& view) {
  size_t offset = 0;
  BlobView blob;
  for (int i = 0; i < view.record->blobs && next_blob(view, offset, blob); ++i) {
    if (blob.arg >= event.type->args.size()) continue;
    set_text(event, blob.arg,
             without_final_nul({blob.data, blob.size}, event.type->args[blob.arg].kind),
             static_cast<Text::State>(blob.state));
  }
}

}  // namespace ctrace
