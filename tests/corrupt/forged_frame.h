// Frames whose checksums are right and whose content is what a test wants.
#pragma once

#include <zstd.h>

#include <cstdint>
#include <string>
#include <vector>

#include "format/base/crc32c.h"
#include "format/file/frame.h"

namespace ctrace::testing {

using Raw = std::vector<uint8_t>;

inline std::string compress(const Raw& raw) {
  std::string out(ZSTD_compressBound(raw.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), raw.data(), raw.size(), 3));
  return out;
}

// A frame with right checksums, whatever is in it; `header` is completed.
inline std::string forge(FrameHeader header, const std::vector<std::string>& parts) {
  std::string payload;
  header.part_lengths = {};
  for (size_t i = 0; i < parts.size(); ++i) {
    header.part_lengths[i] = static_cast<uint32_t>(parts[i].size());
    payload += parts[i];
  }
  header.payload_crc = crc32c(payload.data(), payload.size());
  Sha256 sha;
  const auto* bytes = reinterpret_cast<const uint8_t*>(payload.data());
  header.chain = chain_value(sha, encode_frame_header(header), {bytes, payload.size()});
  const FrameHeaderBytes head = encode_frame_header(header);
  return std::string(reinterpret_cast<const char*>(head.data()), head.size()) + payload;
}

}  // namespace ctrace::testing
