#include "analyze/refusing_rule.h"

#include <gtest/gtest.h>

namespace ctrace {
namespace {

TEST(RefusingRule, SaysWhyACallIsNotLetThrough) {
  const ActionValue allow = {Action::kAllow, 0}, no = {Action::kErrno, 38};
  const auto socket = [&](uint64_t family) {
    return ProfileRule{{"socket"}, allow, {{0, Compare::kMaskedEqual, 0xffffffff, family}}};
  };
  SeccompProfile profile{{}, {Abi::kX86_64}, {}, {{{"read"}, allow}, {{"clone3"}, no}}};
  for (const uint64_t family : {1, 2, 10, 16}) profile.rules.push_back(socket(family));
  profile.rules.push_back(
      {{"kill"}, allow, {{0, Compare::kEqual, 1, 0}, {1, Compare::kLess, 9, 0}}});
  EXPECT_EQ(refusing_rule(profile, Abi::kX86_64, "mount"), "not named");
  EXPECT_EQ(refusing_rule(profile, Abi::kX86_64, "clone3"), "named for SCMP_ACT_ERRNO");
  EXPECT_EQ(refusing_rule(profile, Abi::kX86_64, "kill"), "only with arg0 = 0x1 and arg1 < 0x9");
  EXPECT_EQ(refusing_rule(profile, Abi::kX86_64, "socket"),
            "only with arg0 & 0xffffffff = 0x1, or arg0 & 0xffffffff = 0x2, or "
            "arg0 & 0xffffffff = 0xa (+1)");
  EXPECT_EQ(refusing_rule(profile, Abi::kI386, "read"), "no i386 table");
}

}  // namespace
}  // namespace ctrace
