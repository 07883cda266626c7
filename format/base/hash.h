// Hashes: XXH3 for tables in memory, SHA-256 for evidence.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace ctrace {

inline uint64_t hash_bytes(std::string_view bytes) {
  return XXH3_64bits(bytes.data(), bytes.size());
}

// A cheap mix of a number for open-addressing tables: a multiplication that carries every bit of
// `key` into the upper half, folded back.
inline uint64_t hash_number(uint64_t key) {
  const uint64_t product = key * 0x9e3779b97f4a7c15ull;
  return product ^ (product >> 32);
}

using Digest = std::array<uint8_t, 32>;

// SHA-256 (FIPS 180-4) over what `update` is given.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void reset();
  void update(std::span<const uint8_t> bytes);
  Digest finish();  // reset() before the next update()

 private:
  void* context_;  // EVP_MD_CTX, kept out of this header
};

}  // namespace ctrace
