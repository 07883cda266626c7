#include "replay/profile_marks.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/unit/fake_recording.h"

namespace ctrace {
namespace {

// The answers that `reader`'s events are marked with: "bind ERRNO(EPERM)"; nothing for "".
std::string marks_of(FakeRecording& reader) {
  const std::string path = testing::TempDir() + "/marks.json";
  std::ofstream(path) << R"({"defaultAction":"SCMP_ACT_ALLOW","syscalls":[
      {"names":["mount"],"action":"SCMP_ACT_ERRNO"},
      {"names":["unshare"],"action":"SCMP_ACT_KILL_PROCESS",
       "args":[{"index":0,"value":268435456,"op":"SCMP_CMP_EQ"}]}]})";
  auto marks = ProfileMarks::make(path, reader);
  EXPECT_TRUE(marks);
  std::string text;
  EXPECT_TRUE(reader.read({}, [&](const Event& event) {
    const Event& marked = marks->mark(event);
    EXPECT_NE(marked.profile_answer, nullptr);
    EXPECT_EQ(marked.type, event.type);
    EXPECT_EQ(marked.task, event.task);
    if (!marked.profile_answer->empty())
      text += event.type->name + " " + *marked.profile_answer + ";";
    return true;
  }));
  return text;
}

TEST(ProfileMarks, AreOnTheContainersOwnCalls) {
  FakeRecording reader;
  reader.container(small_container())
      .event(1, Phase::kSetup, "mount")
      .event(1, Phase::kOwn, "mount")
      .event(1, Phase::kEntered, "mount")
      .event(0, Phase::kHost, "mount")
      .event(1, Phase::kOwn, "read")
      .event(1, Phase::kOwn, "sched_process_exit");
  EXPECT_EQ(marks_of(reader), "mount ERRNO(EPERM);mount ERRNO(EPERM);");
}

TEST(ProfileMarks, LookAtArguments) {
  FakeRecording reader;
  reader.container(small_container())
      .event(1, Phase::kOwn, "unshare", {0x10000000})
      .event(1, Phase::kOwn, "unshare", {0x20000});
  EXPECT_EQ(marks_of(reader), "unshare KILL_PROCESS;");
}

TEST(ProfileMarks, AreOnACommandThatHasNoContainer) {
  FakeRecording command;
  command.header_.command_mode = true;
  command.event(0, Phase::kHost, "mount");
  EXPECT_EQ(marks_of(command), "mount ERRNO(EPERM);");
  // Of one that started a container, the container's calls are meant.
  command.container(small_container()).event(1, Phase::kOwn, "mount");
  EXPECT_EQ(marks_of(command), "mount ERRNO(EPERM);");
}

TEST(ProfileMarks, WantAProfile) {
  FakeRecording reader;
  EXPECT_FALSE(ProfileMarks::make("/none/such", reader));
}

}  // namespace
}  // namespace ctrace
