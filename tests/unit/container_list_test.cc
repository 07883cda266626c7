// What `ls` finds below a folder that looks like a host.
#include "record/container_list.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace ctrace {
namespace {

namespace fs = std::filesystem;

class ContainerListTest : public testing::Test {
 protected:
  void SetUp() override {
    char pattern[] = "/tmp/ctrace-list.XXXXXX";
    ASSERT_NE(mkdtemp(pattern), nullptr);
    root_ = pattern;
    put("/proc/self/mounts", "cgroup2 /cg cgroup2 rw 0 0\n");
    put("/proc/stat", "cpu 1 2 3\nbtime 1000000\nprocesses 7\n");
  }
  void TearDown() override { fs::remove_all(root_); }

  void put(const std::string& path, const std::string& text) {
    fs::create_directories(fs::path(root_ + path).parent_path());
    std::ofstream(root_ + path, std::ios::binary) << text;
  }
  void put_process(int pid, uint64_t ticks, const std::string& cmdline) {
    const std::string proc = "/proc/" + std::to_string(pid);
    std::string stat = std::to_string(pid) + " (a) 1 (b) S";  // a name that looks like more
    for (int field = 4; field < 22; ++field) stat += " 0";
    put(proc + "/stat", stat + " " + std::to_string(ticks) + " 0\n");
    put(proc + "/cmdline", cmdline);
  }

  std::string root_;
};

TEST_F(ContainerListTest, OldestProcessOfAllSubCgroupsIsTheContainers) {
  const std::string id(64, 'b');
  put("/cg/docker/" + id + "/cgroup.procs", "30\n");
  put("/cg/docker/" + id + "/cgroup.events", "populated 1\nfrozen 1\n");
  put("/cg/docker/" + id + "/inner/cgroup.procs", "20\n31\n");
  put("/cg/system.slice/cgroup.procs", "1\n");
  put_process(30, 700, std::string("late\0", 5));
  put_process(20, 500, std::string("nginx\0-g\0daemon off;\0", 21));
  put_process(31, 900, "");
  put("/proc/20/net/fib_trie",
      "Local:\n  +-- 0.0.0.0/0 3 0 5\n     |-- 10.0.0.0\n        /24 link UNICAST\n"
      "     |-- 10.0.0.2\n        /32 host LOCAL\n     |-- 127.0.0.1\n        /32 host LOCAL\n");
  put("/proc/1/net/fib_trie", "Local:\n     |-- 192.168.0.1\n        /32 host LOCAL\n");
  put("/proc/20/cgroup", "0::/docker/" + id + "/inner\n");
  put("/proc/20/net/if_inet6",
      "00000000000000000000000000000001 01 80 10 80       lo\n"
      "fd000000000000000000000000000002 05 40 00 80     eth0\n"
      "fe80000000000000000000000000abcd 05 40 20 80     eth0\n");
  put("/var/lib/docker/containers/" + id + "/config.v2.json",
      R"({"Name":"/web","Config":{"Image":"nginx:1"},
          "NetworkSettings":{"Ports":{"80/tcp":[{"HostIp":"0.0.0.0","HostPort":"8080"}],"1/udp":null}}})");
  const auto list = list_containers(root_);
  ASSERT_EQ(list.size(), 1u);
  const ListedContainer& row = list[0];
  EXPECT_EQ(row.container.name, "web");
  EXPECT_EQ(row.container.image, "nginx:1");
  EXPECT_EQ(row.pid, 20u);
  EXPECT_TRUE(row.paused);
  EXPECT_EQ(row.argv, (std::vector<std::string>{"nginx", "-g", "daemon off;"}));
  EXPECT_EQ(row.addresses, (std::vector<std::string>{"10.0.0.2", "fd00::2"}));
  EXPECT_EQ(row.ports, std::vector<std::string>{"0.0.0.0:8080->80/tcp"});
  EXPECT_GE(row.started_s, 1000000u);
}

TEST_F(ContainerListTest, OneWithoutProcessesIsListedAsEmpty) {
  put("/cg/libpod_parent/libpod-" + std::string(64, 'c') + "/cgroup.procs", "");
  const auto list = list_containers(root_);
  ASSERT_EQ(list.size(), 1u);
  EXPECT_EQ(list[0].pid, 0u);
  EXPECT_EQ(list[0].started_s, 0u);
  EXPECT_FALSE(list[0].paused);
}

TEST_F(ContainerListTest, DamagedEngineFilesAreNoTrouble) {
  const std::string id(64, 'd');
  put("/cg/docker/" + id + "/cgroup.procs", "x\n");
  for (const char* text : {"", "{", "[]", R"({"NetworkSettings":{"Ports":[1]}})",
                           R"({"NetworkSettings":{"Ports":{"80/tcp":[1,{"HostIp":2}]}}})"}) {
    put("/var/lib/docker/containers/" + id + "/config.v2.json", text);
    EXPECT_EQ(list_containers(root_).size(), 1u) << text;
  }
}

}  // namespace
}  // namespace ctrace
