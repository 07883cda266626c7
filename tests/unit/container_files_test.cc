#include "replay/container_files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/unit/fake_recording.h"

namespace ctrace {
namespace {

Container named(const std::string& name, const std::string& id, uint32_t index = 1) {
  Container row;
  row.index = index;
  row.name = name;
  row.id = id;
  return row;
}

TEST(ContainerFiles, NamesHoldNothingThatAShellOrAFolderWouldTake) {
  const std::string hex(64, 'a');
  const std::pair<Container, const char*> cases[] = {
      {named("web", hex), "web-aaaaaaaaaaaa"},
      {named("web", "web"), "web"},
      {named("", hex), "aaaaaaaaaaaa"},
      {named("", ""), "container-1"},
      {named("../../etc/x", "y"), "_._.._etc_x-y"},
      {named("-rf", "\x1b[31m\n"), "_rf-__31m_"},
      {named(".hidden", "i"), "_hidden-i"},
  };
  for (const auto& [container, wanted] : cases)
    EXPECT_EQ(ContainerFiles::file_name(container), wanted);
  EXPECT_LE(ContainerFiles::file_name(named(std::string(9000, 'n'), "i")).size(), 200u);
  // A bare runtime lets the id be as long as a cgroup's name, and an ending comes behind it.
  EXPECT_LE(ContainerFiles::file_name(named("", std::string(255, 'i'))).size(), 200u);
  EXPECT_LE(ContainerFiles::file_name(named("web", std::string(255, 'i'))).size(), 200u);
}

class ContainerFilesTest : public testing::Test {
 protected:
  void SetUp() override {
    char pattern[] = "/tmp/ctrace-files.XXXXXX";
    ASSERT_NE(mkdtemp(pattern), nullptr);
    folder_ = std::string(pattern) + "/out";
    recording_.container(named("a", "a1"))
        .container(named("b", "b1", 2))
        .container(named("a", "a1", 3));
  }
  void TearDown() override {
    std::filesystem::remove_all(std::filesystem::path(folder_).parent_path());
  }
  std::unique_ptr<ContainerFiles> run(FakeRecording& recording) {
    auto files = ContainerFiles::make(folder_, OutputFormat::kJson);
    EXPECT_TRUE(files.has_value());
    (*files)->next_recording(recording);
    (void)recording.read({}, [&](const Event& event) {
      (*files)->event(event);
      return true;
    });
    (*files)->finish();
    return std::move(*files);
  }
  std::vector<std::string> lines(const std::string& name) {
    std::ifstream stream(folder_ + "/" + name);
    std::vector<std::string> found;
    for (std::string line; std::getline(stream, line);) {
      const size_t at = line.find("\"eventName\":\"") + 13;
      found.push_back(line.substr(at, line.find('"', at) - at));
    }
    return found;
  }
  using Names = std::vector<std::string>;

  std::string folder_;
  FakeRecording recording_;
};

TEST_F(ContainerFilesTest, EachHasItsEventsInOrderAndAllLosses) {
  recording_.event(1, Phase::kOwn, "getpid").event(2, Phase::kOwn, "getuid");
  recording_.event(0, Phase::kHost, "lost", {0, 5}).event(0, Phase::kHost, "reboot");
  recording_.event(3, Phase::kOwn, "getgid");
  EXPECT_FALSE(run(recording_)->trouble());
  EXPECT_EQ(lines("a-a1.json"), (Names{"getpid", "lost", "getgid"}));  // two runs of one
  EXPECT_EQ(lines("b-b1.json"), (Names{"getuid", "lost"}));
  EXPECT_EQ(lines("host.json"), (Names{"lost", "reboot"}));
}

TEST_F(ContainerFilesTest, NamesThatDifferInWhatCannotStandInAFileStayApart) {
  recording_.container(named("x/y", "1")).container(named("x y", "1", 2));
  recording_.containers_[2].id = "1 ";
  recording_.containers_[1].id = "1/";
  recording_.event(1, Phase::kOwn, "getpid").event(2, Phase::kOwn, "getuid");
  run(recording_);
  EXPECT_EQ(lines("x_y-1_.json"), Names{"getpid"});
  EXPECT_EQ(lines("x_y-1__2.json"), Names{"getuid"});
}

TEST_F(ContainerFilesTest, NamesThatAreCutStayApart) {
  recording_.container(named("", std::string(255, 'i')))
      .container(named("", std::string(254, 'i'), 2));
  recording_.event(1, Phase::kOwn, "getpid").event(2, Phase::kOwn, "getuid");
  EXPECT_FALSE(run(recording_)->trouble());
  size_t files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder_)) ++files;
  EXPECT_EQ(files, 2u);
}

TEST_F(ContainerFilesTest, APipeInAFilesPlaceIsNotWaitedFor) {
  std::filesystem::create_directories(folder_);
  ASSERT_EQ(mkfifo((folder_ + "/a-a1.json").c_str(), 0600), 0);
  recording_.event(1, Phase::kOwn, "getpid");
  EXPECT_TRUE(run(recording_)->trouble());
}

// No container takes the host's file, whatever it is called.
TEST_F(ContainerFilesTest, AContainerCalledHost) {
  recording_.container(named("host", "host"));
  recording_.event(1, Phase::kOwn, "getpid").event(0, Phase::kHost, "reboot");
  run(recording_);
  EXPECT_EQ(lines("host.json"), Names{"reboot"});
  EXPECT_EQ(lines("host_2.json"), Names{"getpid"});
}

TEST_F(ContainerFilesTest, ALinkInAFilesPlaceIsNotFollowed) {
  std::filesystem::create_directories(folder_);
  std::filesystem::create_symlink(folder_ + "/elsewhere", folder_ + "/a-a1.json");
  recording_.event(1, Phase::kOwn, "getpid");
  EXPECT_TRUE(run(recording_)->trouble());
  EXPECT_FALSE(std::filesystem::exists(folder_ + "/elsewhere"));
}

TEST(ContainerFiles, AFolderThatCannotBeMadeIsAnError) {
  EXPECT_FALSE(ContainerFiles::make("/no/such/folder", OutputFormat::kJson).has_value());
}

}  // namespace
}  // namespace ctrace
