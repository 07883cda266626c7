#include "analyze/containers.h"

#include <gtest/gtest.h>

#include "tests/unit/fake_recording.h"

namespace ctrace {
namespace {

FakeRecording recording_of(Container row) {
  FakeRecording recording;
  recording.container(std::move(row)).container(small_container(2, "db"));
  recording.event(1, Phase::kSetup, "mount", {}, 0, "runc", 100);
  recording.event(1, Phase::kOwn, "openat", {}, -1, "app", 200).denied(Denied::kErrno);
  recording.event(1, Phase::kOwn, "container_stop", {}, 0, "", 300);
  recording.event(2, Phase::kOwn, "getpid", {}, 0, "app", 250);
  recording.drops_ = {{1, Phase::kOwn, {}}};
  recording.drops_[0].counts.dropped[0] = 4;
  return recording;
}

ContainerReport first_of(Container row) {
  FakeRecording recording = recording_of(std::move(row));
  auto reports = gather_containers(recording, Scope({}).choose(recording));
  EXPECT_EQ(reports->size(), 2U);
  return reports->front();
}

TEST(Containers, CountsAndTimes) {
  const ContainerReport report = first_of(small_container());
  EXPECT_EQ(report.events, 3U);
  EXPECT_EQ(report.calls, 2U);
  EXPECT_EQ(report.denied, 1U);
  EXPECT_EQ(report.lost, 4U);
  EXPECT_EQ(report.first_ns, 100U);
  EXPECT_EQ(report.last_ns, 300U);
  EXPECT_EQ(report.status, "running");
}

TEST(Containers, Status) {
  Container row = small_container();
  row.stopped_ns = 5;
  EXPECT_EQ(first_of(row).status, "ended");
  row.ended_ns = 4;
  row.wait_status = 7 << 8;
  EXPECT_EQ(first_of(row).status, "exited (7)");
  row.wait_status = 9 | 0x80;
  EXPECT_EQ(first_of(row).status, "killed (SIGKILL)");
}

TEST(Containers, WhatAContainerSaysOfItselfIsEscaped) {
  Container row = small_container(1, "we\x1b[2Jb");
  row.facts = {{"hostname", "a\nb", "kernel"}};
  FakeRecording recording = recording_of(row);
  auto reports = gather_containers(recording, Scope({"c0ffee1"}).choose(recording));
  ASSERT_EQ(reports->size(), 1U);
  const auto json = containers_json(*reports, recording.header_);
  EXPECT_EQ(json[0]["name"], "we\\x1b[2Jb");
  EXPECT_EQ(json[0]["facts"][0]["source"], "kernel");
  EXPECT_EQ(json[0]["exit"], nullptr);
  OutputBuffer out(-1);
  print_containers(*reports, recording.header_, out);
  EXPECT_EQ(out.text().find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace ctrace
