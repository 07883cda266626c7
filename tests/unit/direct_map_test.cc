#include "record/direct_map.h"

#include <gtest/gtest.h>

#include <set>

namespace ctrace {
namespace {

constexpr uint64_t kGiB = 1ull << 30;

TEST(DirectMap, IsFoundBelowAnAddressInIt) {
  constexpr uint64_t kBase = 0xffff'9a40'4000'0000;
  const auto found =
      find_direct_map(kBase + 21 * kGiB + 12345, 24 * kGiB,
                      [](const DirectMap& map) { return map.base == kBase && map.five_levels; });
  ASSERT_TRUE(found);
  EXPECT_EQ(found->base, kBase);
  EXPECT_TRUE(found->five_levels);
}

TEST(DirectMap, IsLookedForAsFarAsMemoryMayReachAndNoFurther) {
  constexpr uint64_t kInside = 0xffff'9a40'4000'0000;
  std::set<uint64_t> tried;
  const auto found = find_direct_map(kInside, 24 * kGiB, [&](const DirectMap& map) {
    tried.insert(map.base);
    return false;
  });
  EXPECT_FALSE(found);
  EXPECT_EQ(*tried.rbegin(), kInside);
  EXPECT_EQ(*tried.begin(), kInside - (2 * 24 + 64) * kGiB);
}

TEST(DirectMap, IsNotLookedForBelowZero) {
  EXPECT_FALSE(find_direct_map(3 * kGiB, 1 << 20, [](const DirectMap& map) {
    EXPECT_GT(map.base, 0u);
    EXPECT_LE(map.base, 3 * kGiB);
    return false;
  }));
}

}  // namespace
}  // namespace ctrace
