// Which cgroup paths are containers.
#include "record/container_rules.h"

#include <gtest/gtest.h>

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
      {"/libpod_parent/" + std::string(64, 'b') + "/libpod-" + kId, CgroupVerdict::kContainer, kId,
       "podman"},
      {"/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod1.slice/docker-" + kId +
           ".scope",
       CgroupVerdict::kContainer, kId, "docker"},
      {"/machine.slice/systemd-nspawn@web.service/payload", CgroupVerdict::kContainer, "web",
       "nspawn"},
      {"/machine.slice/machine-web.scope", CgroupVerdict::kContainer, "web", "nspawn"},
      {"/machine.slice/machine-qemu\\x2d1\\x2dvm.scope", CgroupVerdict::kUnknown,
       "machine-qemu\\x2d1\\x2dvm.scope", ""},
      {"/lxc.monitor.web", CgroupVerdict::kNoContainer, "lxc.monitor.web", ""},
      {"/user.slice/user-1000.slice/user@1000.service/app.slice/app-org.chromium.scope",
       CgroupVerdict::kUnknown, "app-org.chromium.scope", ""},
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

}  // namespace
}  // namespace ctrace
