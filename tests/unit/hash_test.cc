#include "format/base/hash.h"

#include <gtest/gtest.h>

#include <string>

#include "format/base/crc32c.h"
#include "format/base/flat_map.h"

namespace ctrace {
namespace {

TEST(HashTest, Crc32cOfTheStandard) {
  EXPECT_EQ(crc32c("123456789", 9), 0xe3069283u);
  EXPECT_EQ(crc32c(std::string(32, '\0').data(), 32), 0x8a9136aau);  // RFC 3720 B.4
  EXPECT_EQ(crc32c("", 0), 0u);
  EXPECT_EQ(crc32c("6789", 4, crc32c("12345", 5)), crc32c("123456789", 9));
}

TEST(HashTest, Sha256OfTheStandard) {
  Sha256 sha;
  const uint8_t abc[] = {'a', 'b', 'c'};
  sha.update(abc);
  const Digest digest = sha.finish();
  EXPECT_EQ(digest[0], 0xba);
  EXPECT_EQ(digest[31], 0xad);
}

TEST(HashTest, FlatMapKeepsWhatWasPut) {
  FlatMap<uint64_t> map;
  EXPECT_EQ(map.find(1), nullptr);
  for (uint64_t i = 0; i < 10000; ++i) map[i << 32] = i;
  for (uint64_t i = 0; i < 10000; ++i) EXPECT_EQ(*map.find(i << 32), i);
  EXPECT_EQ(map.find(1), nullptr);
  EXPECT_EQ(map.items()[77].second, 77u);
  map.clear();
  EXPECT_EQ(map.find(0), nullptr);
  EXPECT_EQ(map.size(), 0u);
}

}  // namespace
}  // namespace ctrace
