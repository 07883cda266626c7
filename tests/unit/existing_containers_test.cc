// Which cgroups that exist are containers by the namespaces of their tasks, from a folder.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "record/container_rules.h"
#include "record/spaces.h"

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
  void in_pid_namespace(const std::string& pid, const std::string& inode) {
    fs::create_directories(root_ + "/proc/" + pid + "/ns");
    fs::create_symlink("pid:[" + inode + "]", root_ + "/proc/" + pid + "/ns/pid");
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

// In no cgroup of its own: bwrap (21) made the first process of a pid namespace, with mounts of its
// own.
TEST_F(ExistingContainersTest, NamespacesAloneTellToo) {
  process("21", "20", "21", "host");
  put("/proc/21/comm", "bwrap\n");
  process("30", "21", "30\t1", "boxed");
  process("31", "30", "31\t2", "boxed");   // belongs to it
  process("40", "20", "40\t1", "host");    // a browser's sandbox
  process("50", "1", "50\t1", "private");  // a service's
  for (const char* pid : {"30", "31"}) in_pid_namespace(pid, "4026532281");
  in_pid_namespace("40", "4026532282");
  in_pid_namespace("50", "4026532283");
  in_pid_namespace("self", "4026531836");
  const ExistingContainers scanned = scan_containers(root_);
  ASSERT_EQ(scanned.containers.size(), 1u);
  EXPECT_EQ(scanned.containers[0].name, "bwrap-4026532281");
  EXPECT_EQ(scanned.containers[0].cgroup_id, space_of_namespace(4026532281));
  EXPECT_EQ(scanned.containers[0].fact("pid"), "30");
  EXPECT_TRUE(scanned.containers[0].existing);
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
