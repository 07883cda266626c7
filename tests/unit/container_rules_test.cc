// Which cgroup paths are containers, and what the runtimes' files say of them, from a folder.
#include "record/container_rules.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace ctrace {
namespace {

const std::string kId(64, 'a');

struct PathCase {
  std::string path;
  CgroupVerdict verdict;
  std::string id, engine;
};

TEST(CgroupPath, EnginesAreToldByTheirForms) {
  const PathCase cases[] = {
      {"/docker/" + kId, CgroupVerdict::kContainer, kId, "docker"},
      {"/system.slice/docker-" + kId + ".scope", CgroupVerdict::kContainer, kId, "docker"},
      {"/libpod_parent/libpod-" + kId, CgroupVerdict::kContainer, kId, "podman"},
      {"/machine.slice/libpod-" + kId + ".scope/container", CgroupVerdict::kContainer, kId,
       "podman"},
      {"/kubepods/besteffort/pod12-34/" + kId, CgroupVerdict::kContainer, kId, ""},
      {"/kubepods.slice/kubepods-pod1.slice/cri-containerd-" + kId + ".scope",
       CgroupVerdict::kContainer, kId, "containerd"},
      {"/kubepods.slice/kubepods-pod1.slice/crio-" + kId + ".scope", CgroupVerdict::kContainer, kId,
       "cri-o"},
      {"/lxc.payload.web", CgroupVerdict::kContainer, "web", "lxc"},
      {"/docker/" + kId + "/init", CgroupVerdict::kContainer, kId, "docker"},
      {"/web", CgroupVerdict::kUnknown, "web", ""},
      {"/default/web", CgroupVerdict::kUnknown, "web", ""},
      {"/system.slice/cron.service", CgroupVerdict::kNoContainer, "cron.service", ""},
      {"/system.slice", CgroupVerdict::kNoContainer, "system.slice", ""},
      {"/user.slice/user-0.slice/session-1.scope", CgroupVerdict::kNoContainer, "session-1.scope",
       ""},
      {"/machine.slice/libpod-conmon-" + kId + ".scope", CgroupVerdict::kNoContainer,
       "libpod-conmon-" + kId + ".scope", ""},
      {"/docker/" + std::string(63, 'a'), CgroupVerdict::kUnknown, std::string(63, 'a'), ""},
      {"/docker/" + std::string(64, 'G'), CgroupVerdict::kUnknown, std::string(64, 'G'), ""},
      {"", CgroupVerdict::kUnknown, "", ""},
  };
  for (const PathCase& row : cases) {
    const CgroupFacts facts = facts_of_path(row.path);
    EXPECT_EQ(facts.verdict, row.verdict) << row.path;
    EXPECT_EQ(facts.id, row.id) << row.path;
    EXPECT_EQ(facts.engine, row.engine) << row.path;
  }
}

class MetadataTest : public testing::Test {
 protected:
  void SetUp() override {
    char pattern[] = "/tmp/ctrace-rules.XXXXXX";
    ASSERT_NE(mkdtemp(pattern), nullptr);
    root_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  void put(const std::string& file, const std::string& text) {
    const std::filesystem::path path = root_ + file;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }
  Container read(const std::string& id) {
    Container container;
    container.id = id;
    known_ = read_metadata(root_, container);
    return container;
  }

  std::string root_;
  bool known_ = false;
};

TEST_F(MetadataTest, BareRuncIsNamedByItsId) {
  put("/run/runc/web/state.json",
      R"({"id":"web","config":{"no_new_privileges":true,"labels":["bundle=/b","a=b=c"]}})");
  const Container container = read("web");
  EXPECT_TRUE(known_);
  EXPECT_EQ(container.name, "web");
  EXPECT_EQ(container.runtime, "runc");
  EXPECT_TRUE(container.no_new_privs);
  ASSERT_EQ(container.attributes.size(), 2u);
  EXPECT_EQ(container.attributes[1].second, "b=c");
}

TEST_F(MetadataTest, RuncStateIsFoundByCgroupPathToo) {
  put("/run/runc/web/state.json", R"({"id":"web","cgroup_paths":{"":"/sys/fs/cgroup/pods/one"}})");
  Container container;
  container.id = "one";
  container.cgroup_path = "/pods/one";
  EXPECT_TRUE(read_metadata(root_, container));
  EXPECT_EQ(container.id, "web");
}

TEST_F(MetadataTest, DockerGivesNameAndImage) {
  put("/var/lib/docker/containers/" + kId + "/config.v2.json",
      R"({"Name":"/proud_bear","Config":{"Image":"nginx:1"}})");
  const Container container = read(kId);
  EXPECT_TRUE(known_);
  EXPECT_EQ(container.name, "proud_bear");
  EXPECT_EQ(container.image, "nginx:1");
  EXPECT_EQ(container.engine, "docker");
}

TEST_F(MetadataTest, PodmanKeepsItsNamesInTheStorage) {
  put("/var/lib/containers/storage/overlay-containers/containers.json",
      "[{\"id\":\"" + kId +
          R"(","names":["web"],"metadata":"{\"image-name\":\"localhost/bb:latest\"}"}])");
  const Container container = read(kId);
  EXPECT_TRUE(known_);
  EXPECT_EQ(container.name, "web");
  EXPECT_EQ(container.image, "localhost/bb:latest");
}

TEST_F(MetadataTest, KubernetesNamesAreAnnotationsOfTheBundle) {
  put("/run/containerd/io.containerd.runtime.v2.task/k8s.io/" + kId + "/config.json",
      R"({"annotations":{"io.kubernetes.cri.container-name":"app","io.kubernetes.cri.image-name":"i:1"}})");
  const Container container = read(kId);
  EXPECT_TRUE(known_);
  EXPECT_EQ(container.name, "app");
  EXPECT_EQ(container.image, "i:1");
  EXPECT_EQ(container.engine, "containerd");
}

TEST_F(MetadataTest, BadFilesAreNoKnowledge) {
  put("/run/runc/web/state.json", "{\"id\":");
  put("/var/lib/docker/containers/web/config.v2.json", "[1,2]");
  put("/var/lib/containers/storage/overlay-containers/containers.json", "{\"id\":7}");
  put("/run/containerd/io.containerd.runtime.v2.task/ns/web/config.json", "[]");
  EXPECT_NO_THROW(read("web"));
}

TEST_F(MetadataTest, AnIdNeverLeavesItsFolder) {
  put("/run/state.json", R"({"id":"outside"})");
  EXPECT_NE(read("..").id, "outside");
  EXPECT_FALSE(known_);
}

}  // namespace
}  // namespace ctrace
