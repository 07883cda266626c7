// Files of engines that are kept packed, in tests/unit/stores.
#pragma once

#include <zstd.h>

#include <fstream>
#include <sstream>
#include <string>

namespace ctrace {

// Empty when it is not there: tests run where the repository begins.
inline std::string unpacked_store(const std::string& name) {
  std::ifstream file("tests/unit/stores/" + name, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  const std::string packed = text.str();
  std::string bytes(4u << 20, '\0');
  const size_t size = ZSTD_decompress(bytes.data(), bytes.size(), packed.data(), packed.size());
  bytes.resize(ZSTD_isError(size) ? 0 : size);
  return bytes;
}

}  // namespace ctrace
