#include "analyze/info.h"

#include <gtest/gtest.h>

#include "tests/unit/fake_recording.h"

namespace ctrace {
namespace {

FakeRecording small_recording() {
  FakeRecording recording;
  recording.header_.host_name = "box\x1b[2J";
  recording.header_.command_line = {"ctrace-record", "-o", "a.ctr"};
  recording.header_.monotonic_ns = 1'000;
  recording.header_.realtime_ns = 1'700'000'000'000'000'042;
  recording.header_.utc_offset_s = -5400;
  recording.totals_.events = 3;
  recording.totals_.lost = 1;
  recording.totals_.end_ns = 3'000;
  recording.size_bytes_ = 100;
  recording.container(small_container());
  recording.own("getuid").call(1, Phase::kSetup, "mount").call(0, Phase::kHost, "reboot");
  return recording;
}

TEST(Info, CountsByContainer) {
  auto recording = small_recording();
  const RecordingInfo info = gather_info("a.ctr", recording);
  ASSERT_EQ(info.containers.size(), 1U);
  EXPECT_EQ(info.containers.front().events, 2U);
  EXPECT_EQ(info.host_events, 1U);
  EXPECT_EQ(info.duration_ns, 2'000U);
}

TEST(Info, DurationWithoutATrailerEndsWithTheLastEvent) {
  auto recording = small_recording();
  recording.totals_.end_ns = 0;
  recording.range_ns_ = {1'500, 1'700};
  EXPECT_EQ(gather_info("a.ctr", recording).duration_ns, 700U);
  recording.range_ns_ = {0, 0};
  EXPECT_EQ(gather_info("a.ctr", recording).duration_ns, 0U);
}

TEST(Info, JsonHasWhatScriptsAskFor) {
  auto recording = small_recording();
  recording.state_ = RecordingState::kCutShort;
  const auto json = info_json(gather_info("a.ctr", recording));
  EXPECT_EQ(json["events"], 3);
  EXPECT_EQ(json["lost"], 1);
  EXPECT_EQ(json["bytes"], 100);
  EXPECT_EQ(json["bytes_per_event"].dump(), "33.333");
  EXPECT_EQ(json["duration_ns"], 2'000);
  EXPECT_EQ(json["state"], "cut short");
  EXPECT_EQ(json["host"], "box\\x1b[2J");
  EXPECT_EQ(json["started"], "2023-11-14T20:43:20.000000042-01:30");
  EXPECT_EQ(json["containers"][0]["id"], "c0ffee1");
  EXPECT_EQ(json["containers"][0]["events"], 2);
}

TEST(Info, TellsWhatWasLostAndWhose) {
  auto recording = small_recording();
  CpuTotals cpu = {.produced = 20, .received = 13, .dropped = 7, .classes = {}};
  cpu.classes.dropped[0] = 6;
  cpu.classes.dropped[1] = 1;
  cpu.classes.shed[1] = 4;
  recording.totals_.cpus = {cpu};
  recording.totals_.full_members = 2;
  recording.drops_ = {{1, Phase::kOwn, cpu.classes}};
  const RecordingInfo info = gather_info("a.ctr", recording);
  const auto json = info_json(info);
  EXPECT_EQ(json["cpus"][0]["calls"], 6);
  EXPECT_EQ(json["cpus"][0]["texts_not_read"], 4);
  EXPECT_EQ(json["full_tables"]["tasks"], 2);
  EXPECT_EQ(json["lost_by"][0]["container_index"], 1);
  EXPECT_EQ(json["lost_by"][0]["lifecycle"], 1);
  OutputBuffer out(-1);
  print_info(info, out);
  const std::string text(out.text());
  EXPECT_NE(text.find("lost what   6 calls, 1 lifecycle, 4 texts not read\n"), text.npos) << text;
  EXPECT_NE(text.find(" (own): 6 calls, 1 lifecycle, 4 texts not read\n"), text.npos) << text;
  EXPECT_NE(text.find("missed      2 times a table had no room for a task\n"), text.npos) << text;
}

TEST(Info, NoEventsAreNoDivision) {
  FakeRecording empty;
  EXPECT_EQ(info_json(gather_info("a.ctr", empty))["bytes_per_event"], 0);
}

TEST(Info, TellsThatTheKernelRefusedToTellOfCapabilities) {
  auto recording = small_recording();
  OutputBuffer without(-1), with(-1);
  print_info(gather_info("a.ctr", recording), without);
  EXPECT_EQ(without.text().find("capabilities"), std::string::npos);
  recording.header_.capability_checks = CapabilityChecks::kRefused;
  const RecordingInfo info = gather_info("a.ctr", recording);
  EXPECT_EQ(info_json(info)["capability_checks"], "refused");
  print_info(info, with);
  EXPECT_NE(with.text().find("checks      of capabilities are missing"), std::string::npos);
}

TEST(Info, TextEscapesWhatCameFromTheRecording) {
  auto recording = small_recording();
  recording.containers_[1].name = "evil\nline";
  OutputBuffer out(-1);
  print_info(gather_info("a.ctr", recording), out);
  const std::string text(out.text());
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_NE(text.find("evil\\nline"), std::string::npos);
  EXPECT_NE(text.find("33.33 bytes/event"), std::string::npos);
}

TEST(Info, TextSurvivesNamesThatAreNoUtf8) {
  auto recording = small_recording();
  recording.containers_[1].image = "\xff\xfe";
  EXPECT_NO_THROW((void)info_json(gather_info("a.ctr", recording)).dump());
}

}  // namespace
}  // namespace ctrace
