// By which hierarchy containers are told apart, from a folder with a machine's mounts.
#include "record/cgroup_hierarchy.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace ctrace {
namespace {

class CgroupHierarchyTest : public testing::Test {
 protected:
  void SetUp() override {
    char pattern[] = "/tmp/ctrace-hierarchy.XXXXXX";
    ASSERT_NE(mkdtemp(pattern), nullptr);
    root_ = pattern;
    std::filesystem::create_directories(root_ + "/proc/self");
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  CgroupHierarchy find(const std::string& mounts, const std::string& cgroup) {
    std::ofstream(root_ + "/proc/self/mounts") << "proc /proc proc rw 0 0\n" << mounts;
    std::ofstream(root_ + "/proc/self/cgroup") << cgroup;
    return find_cgroup_hierarchy(root_);
  }

  std::string root_;
};

const std::string kMemory = "cgroup /sys/fs/cgroup/memory cgroup rw,nosuid,memory 0 0\n";
const std::string kPids = "cgroup /sys/fs/cgroup/pids cgroup rw,pids 0 0\n";
const std::string kCpu = "cgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,cpu,cpuacct 0 0\n";
const std::string kUnified = "cgroup2 /sys/fs/cgroup/unified cgroup2 rw,nsdelegate 0 0\n";
const std::string kIds = "7:pids:/user\n12:memory:/a:b\n3:cpu,cpuacct:/\n0::/user\n";

TEST_F(CgroupHierarchyTest, Version2IsTakenWhereverItIs) {
  const CgroupHierarchy found = find(kPids + kUnified + kMemory, kIds);
  EXPECT_FALSE(found.is_v1());
  EXPECT_EQ(found.mount, "/sys/fs/cgroup/unified");
  EXPECT_EQ(found.id, 0u);
}

TEST_F(CgroupHierarchyTest, OfVersion1TheFirstInOrderThatIsMounted) {
  CgroupHierarchy found = find(kCpu + kMemory + kPids, kIds);
  EXPECT_EQ(found.controller, "pids");
  EXPECT_EQ(found.mount, "/sys/fs/cgroup/pids");
  EXPECT_EQ(found.id, 7u);
  found = find(kCpu + kMemory, kIds);
  EXPECT_EQ(found.controller, "memory");
  EXPECT_EQ(found.id, 12u);
  found = find(kCpu, kIds);
  EXPECT_EQ(found.controller, "cpu");
  EXPECT_EQ(found.mount, "/sys/fs/cgroup/cpu,cpuacct");
  EXPECT_EQ(found.id, 3u);
}

TEST_F(CgroupHierarchyTest, OneWithoutAControllerTellsNothing) {
  EXPECT_EQ(
      find("cgroup /sys/fs/cgroup/systemd cgroup rw,name=systemd 0 0\n", "1:name=systemd:/\n0::/\n")
          .mount,
      "");
  EXPECT_EQ(find(kPids, "no such lines").mount, "");
  EXPECT_EQ(find("", "").mount, "");
}

// The offset can only be asked of the running kernel.
TEST(CssSetOffset, ControllersHaveDifferentOnesAndOthersNone) {
  if (access("/sys/kernel/btf/vmlinux", R_OK) != 0) GTEST_SKIP() << "no BTF here";
  const KernelTypes types;
  EXPECT_EQ(css_set_offset(types, "no such controller"), 0u);
  EXPECT_NE(css_set_offset(types, "pids"), 0u);
  EXPECT_NE(css_set_offset(types, "pids"), css_set_offset(types, "cpu"));
}

}  // namespace
}  // namespace ctrace
