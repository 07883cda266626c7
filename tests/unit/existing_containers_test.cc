// Which cgroups that exist are containers by the namespaces of their tasks, from a folder.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "record/container_rules.h"

namespace ctrace {
namespace {

namespace fs = std::filesystem;

class ExistingContainersTest : public testing::Test {
 protected:
  void SetUp() override {
    char pattern[] = "/tmp/ctrace-existing.XXXXXX";
    ASSERT_NE(mkdtemp(pattern), nullptr);
    root_ = pattern;
    put("/proc/self/mounts", "cgroup2 /sys/fs/cgroup cgroup2 rw 0 0\n");
    process("1", "0", "1", "host");
    process("20", "1", "20", "host");  // a runtime
  }
  void TearDown() override { fs::remove_all(root_); }

  void put(const std::string& file, const std::string& text) {
    fs::create_directories(fs::path(root_ + file).parent_path());
    std::ofstream(root_ + file) << text;
  }
  // `numbers`: in each pid namespace, the host's first.
  void process(const std::string& pid, const std::string& parent, const std::string& numbers,
               const std::string& mounts) {
    put("/proc/" + pid + "/status", "Name:\tsh\nPPid:\t" + parent + "\nNSpid:\t" + numbers + "\n");
    fs::create_directories(root_ + "/proc/" + pid + "/ns");
    fs::create_symlink("mnt:[" + mounts + "]", root_ + "/proc/" + pid + "/ns/mnt");
  }
  void cgroup(const std::string& path, const std::string& pids) {
    put("/sys/fs/cgroup" + path + "/cgroup.procs", pids);
  }
  std::vector<std::string> found() const {
    std::vector<std::string> paths;
    for (const Container& container : scan_containers(root_).containers)
      paths.push_back(container.cgroup_path);
    return paths;
  }
  using Paths = std::vector<std::string>;

  std::string root_;
};

TEST_F(ExistingContainersTest, ATaskWithPidsAndMountsOfItsOwnTells) {
  process("30", "20", "30\t1", "web");
  cgroup("/web", "30\n");
  EXPECT_EQ(found(), (Paths{"/web"}));
}

// As for what starts: who unshares and then forks has the mounts already.
TEST_F(ExistingContainersTest, TheFirstOfANamespaceMayShareItsParentsMounts) {
  process("21", "20", "21", "web");
  process("30", "21", "30\t1", "web");
  cgroup("/web", "21\n30\n");
  EXPECT_EQ(found(), (Paths{"/web"}));
}

// Wherever the recorder itself lives.
TEST_F(ExistingContainersTest, ThePidsOrTheMountsAloneTellNothing) {
  process("30", "20", "30", "private");
  process("31", "20", "31\t1", "host");
  process("32", "31", "32\t2", "host");
  cgroup("/service", "30\n");
  cgroup("/sandbox", "31\n32\n");
  EXPECT_EQ(found(), Paths{});
}

TEST_F(ExistingContainersTest, WhereNobodyIsAContainerMayBeginLater) {
  cgroup("/empty", "");
  cgroup("/busy", "20\n");
  cgroup("/system.slice", "");
  const ExistingContainers scanned = scan_containers(root_);
  ASSERT_EQ(scanned.empty.size(), 1u);
  EXPECT_EQ(scanned.empty[0].path, "/empty");
}

}  // namespace
}  // namespace ctrace
