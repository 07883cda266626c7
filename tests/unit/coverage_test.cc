#include "analyze/coverage.h"

#include <gtest/gtest.h>

#include "tests/unit/fake_recording.h"

namespace ctrace {
namespace {

FakeRecording run(const std::vector<std::string>& calls) {
  FakeRecording recording;
  recording.container(small_container());
  uint64_t time_ns = 0;
  for (const std::string& call : calls) {
    recording.event(1, Phase::kOwn, call, {}, 0, "app", time_ns += 100);
  }
  return recording.event(1, Phase::kSetup, "mount");
}

Coverage coverage_of(std::vector<FakeRecording> recordings) {
  Coverage coverage;
  Scope scope({});
  for (FakeRecording& recording : recordings) {
    EXPECT_TRUE(coverage.add("a.ctr", recording, scope.choose(recording)));
  }
  return coverage;
}

// Worked by hand from the formulas of Chao (1987) and Chao and Jost (2012).
TEST(Coverage, EstimatesWhatWasNotSeen) {
  const Estimate made = estimate({{"a", 4}, {"b", 2}, {"c", 1}, {"d", 1}}, 4);
  EXPECT_EQ(made.in_one, 2U);
  EXPECT_EQ(made.in_two, 1U);
  EXPECT_EQ(made.incidences, 8U);
  // 1 - 2/8 * (3*2 / (3*2 + 2*1)) = 1 - 0.1875
  EXPECT_NEAR(made.coverage, 0.8125, 1e-9);
  // 4 + 3/4 * 4/2 = 5.5
  EXPECT_NEAR(made.total, 5.5, 1e-9);
  EXPECT_GT(made.low, 4);
  EXPECT_LT(made.low, made.total);
  EXPECT_GT(made.high, made.total);
}

TEST(Coverage, WithoutRareCallsItIsWhole) {
  const Estimate made = estimate({{"a", 3}, {"b", 3}}, 3);
  EXPECT_EQ(made.coverage, 1);
  EXPECT_EQ(made.total, 2);
  EXPECT_EQ(made.low, 2);
  EXPECT_EQ(made.high, 2);
}

TEST(Coverage, NoDoubletonsAreNoDivision) {
  const Estimate made = estimate({{"a", 3}, {"b", 1}, {"c", 1}, {"d", 1}}, 3);
  EXPECT_NEAR(made.total, 4 + 2.0 / 3 * 3, 1e-9);
  EXPECT_GE(made.high, made.total);
  EXPECT_GE(made.low, 4);
  EXPECT_NEAR(made.coverage, 1 - 3.0 / 6, 1e-9);
}

TEST(Coverage, OneSampleSaysNothing) {
  EXPECT_FALSE(estimate({{"a", 1}}, 1).is_possible);
  EXPECT_EQ(estimate({{"a", 1}}, 1).coverage, 0);
  EXPECT_FALSE(estimate({}, 5).is_possible);
  OutputBuffer out(-1);
  print_coverage(coverage_of({run({"read"})}), out);
  EXPECT_NE(out.text().find("not known"), std::string::npos);
}

TEST(Coverage, CountsRunsAndTime) {
  const Coverage coverage = coverage_of(
      {run({"read", "write"}), run({"read", "write", "read", "getuid"}), run({"read", "write"})});
  EXPECT_TRUE(coverage.by_run());
  EXPECT_EQ(coverage.runs()[1].fresh, 1U);
  EXPECT_EQ(coverage.runs()[2].total, 3U);
  EXPECT_EQ(coverage.rare(), std::vector<std::string>{"getuid"});
  EXPECT_EQ(coverage.curve(), (std::vector<uint64_t>{0, 0, 1, 1, 2, 2, 2, 2, 2, 3}));
  EXPECT_EQ(coverage_json(coverage)["samples_are"], "recordings");
  EXPECT_FALSE(coverage_of({run({"read"}), run({"read"})}).by_run());
}

}  // namespace
}  // namespace ctrace
