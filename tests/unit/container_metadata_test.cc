// What the files of engines and runtimes say of a container: each engine's as it leaves them on a
// machine, cut down to what is read, in a folder.
#include "record/metadata/container_metadata.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>

#include "format/model/container_facts.h"
#include "record/container_rules.h"
#include "tests/unit/stored_file.h"

namespace ctrace {
namespace {

const std::string kId(64, 'a'), kPod(64, 'b');

// "@ID@" and "@POD@" in paths and files stand for 64 digits.
std::string filled(std::string text) {
  for (const auto& [mark, id] :
       {std::pair<std::string, const std::string&>("@ID@", kId), {"@POD@", kPod}}) {
    for (size_t at = 0; (at = text.find(mark, at)) != text.npos;) text.replace(at, mark.size(), id);
  }
  return text;
}

using Labels = std::vector<std::pair<std::string, std::string>>;

class MetadataTest : public testing::Test {
 protected:
  void SetUp() override {
    char pattern[] = "/tmp/ctrace-metadata.XXXXXX";
    ASSERT_NE(mkdtemp(pattern), nullptr);
    root_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  void put(const std::string& file, const std::string& text) {
    const std::filesystem::path path = root_ + filled(file);
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << filled(text);
  }
  // The container of a cgroup, as the recorder begins with it.
  Container read_cgroup(const std::string& path) {
    const CgroupFacts facts = facts_of_path(filled(path));
    Container container;
    container.id = facts.id;
    container.engine = facts.engine;
    container.cgroup_path = filled(path);
    known_ = reader().read(container);
    return container;
  }
  Container read(const std::string& id) {
    Container container;
    container.id = filled(id);
    known_ = reader().read(container);
    return container;
  }
  MetadataReader reader() const { return MetadataReader(root_); }

  std::string root_;
  bool known_ = false;
};

constexpr char kRuncState[] =
    R"({"id":"@ID@","init_process_pid":321,"created":"2026-11-24T00:00:01Z",
        "cgroup_paths":{"":"/sys/fs/cgroup/x"},
        "config":{"no_new_privileges":true,"readonlyfs":true,"hostname":"box",
          "capabilities":{"Bounding":["CAP_KILL","CAP_CHOWN"]},
          "uid_mappings":[{"container_id":0,"host_id":100000,"size":65536}],
          "labels":["bundle=/bundles/@ID@","tier=front=1"]}})";
constexpr char kBundle[] =
    R"({"process":{"args":["sh","-c","a b"],"user":{"uid":5,"gid":6},"noNewPrivileges":true,
          "apparmorProfile":"docker-default","capabilities":{"bounding":["CAP_KILL"]}},
        "root":{"readonly":false},"hostname":"box",
        "mounts":[{"destination":"/proc","type":"proc","source":"proc"},
                  {"destination":"/srv","type":"bind","source":"/data","options":["rbind","ro"]}],
        "linux":{"seccomp":{"defaultAction":"SCMP_ACT_ERRNO"}},"annotations":{"a":"b"}})";
constexpr char kPodmanBundle[] =
    R"({"hostname":"box","annotations":{"io.container.manager":"libpod","io.kubernetes.cri-o.TTY":"false"}})";
constexpr char kDocker[] =
    R"({"Name":"/proud_bear","Image":"sha256:12","Created":"2026-11-24T00:00:00Z",
        "State":{"Pid":321,"StartedAt":"2026-11-24T00:00:01Z","FinishedAt":"0001-01-01T00:00:00Z"},
        "Config":{"Image":"nginx:1","Hostname":"box","User":"www","Labels":{"tier":"front"}},
        "NetworkSettings":{"Networks":{"bridge":{"IPAddress":"172.17.0.2","GlobalIPv6Address":""}},
          "Ports":{"80/tcp":[{"HostIp":"0.0.0.0","HostPort":"8080"}],"81/tcp":null}},
        "AppArmorProfile":"docker-default"})";
constexpr char kDockerBundle[] =
    R"({"process":{"args":["/docker-entrypoint.sh"]},"mounts":[{"destination":"/etc/hosts","type":"bind",
        "source":"/var/docker2/containers/@ID@/hosts","options":["rbind"]}]})";
constexpr char kPodman[] =
    R"([{"id":"@ID@","names":["web"],"image":"77","created":"2026-11-24T00:00:00Z","metadata":
        "{\"image-name\":\"localhost/bb:latest\",\"image-id\":\"77\",\"name\":\"web\"}"}])";
constexpr char kCri[] =
    R"({"annotations":{"io.kubernetes.cri.container-type":"container","io.kubernetes.cri.container-name":"app",
        "io.kubernetes.cri.image-name":"reg/app:1","io.kubernetes.cri.sandbox-name":"front-1",
        "io.kubernetes.cri.sandbox-namespace":"shop","io.kubernetes.cri.sandbox-uid":"u-1"}})";
constexpr char kCrio[] =
    R"({"annotations":{"io.kubernetes.container.name":"app","io.kubernetes.pod.name":"front-1",
        "io.kubernetes.pod.namespace":"shop","io.kubernetes.pod.uid":"u-1",
        "io.kubernetes.cri-o.ImageName":"reg/app:1","io.kubernetes.cri-o.ImageRef":"ff"}})";

struct EngineCase {
  std::string what, cgroup;
  std::map<std::string, std::string> files;
  std::string name, image, runtime, engine;
  std::map<std::string, std::string> facts;  // the first of each key; "key@source" for who said it
};

// The paths and files of testing machines, an engine a row.
// clang-format off
std::vector<EngineCase> engine_cases() {
  const std::string task = "/run/containerd/io.containerd.runtime.v2.task/";
  return {
      {"runc alone",
       "/@ID@",
       {{"/run/runc/@ID@/state.json", kRuncState}, {"/bundles/@ID@/config.json", kBundle}},
       kId,
       "",
       "runc",
       "",
       {{"pid", "321"},
        {"pid@", "runc"},
        {"command", "sh -c 'a b'"},
        {"command@", "bundle"},
        {"mount", "/srv=/data (ro)"},
        {"seccomp", "filter, else SCMP_ACT_ERRNO"},
        {"user", "5:6"},
        {"user_map", "0 100000 65536"},
        {"capabilities", "CAP_KILL"},
        {"hostname", "box"},
        {"no_new_privileges", "true"},
        {"read_only_root", "false"},
        {"apparmor", "docker-default"},
        {"bundle", "/bundles/@ID@"}}},
      {"runc in a cgroup of another name",
       "/pods/one",
       {{"/run/runc/web/state.json",
         R"({"id":"web","cgroup_paths":{"":"/sys/fs/cgroup/pods/one"}})"},
        {"/run/runc/other/state.json",
         R"({"id":"other","cgroup_paths":{"":"/sys/fs/cgroup/x/y/pods/one"}})"}},
       "web",
       "",
       "runc",
       "",
       {}},
      {"crun",
       "/one",
       {{"/run/crun/web/status",
         R"({"pid":7,"cgroup-path":"/one","bundle":"/b","created":"2026-11-24"})"},
        {"/b/config.json", kBundle}},
       "web",
       "",
       "crun",
       "",
       {{"pid", "7"}, {"hostname", "box"}}},
      {"docker, cgroupfs",
       "/docker/@ID@",
       {{"/var/lib/docker/containers/@ID@/config.v2.json", kDocker},
        {"/var/lib/docker/containers/@ID@/hostconfig.json",
         R"({"Privileged":true,"Runtime":"io.containerd.runc.v2"})"},
        {"/run/docker/runtime-runc/moby/@ID@/state.json", kRuncState}},
       "proud_bear",
       "nginx:1",
       "runc",
       "docker",
       {{"name@", "docker"},
        {"image.id", "sha256:12"},
        {"privileged", "true"},
        {"user", "www"},
        {"address", "172.17.0.2"},
        {"port", "0.0.0.0:8080->80/tcp"},
        {"finished", ""},
        {"started", "2026-11-24T00:00:01Z"},
        {"pid", "321"}}},
      {"docker, systemd, another data root",
       "/system.slice/docker-@ID@.scope",
       {{"/var/docker2/containers/@ID@/config.v2.json", kDocker},
        {task + "moby/@ID@/config.json", kDockerBundle}},
       "proud_bear",
       "nginx:1",
       "",
       "docker",
       {{"engine.namespace", "moby"}, {"command", "/docker-entrypoint.sh"}}},
      {"podman, cgroupfs, in a pod",
       "/libpod_parent/@POD@/libpod-@ID@",
       {{"/var/lib/containers/storage/overlay-containers/containers.json", kPodman},
        {"/var/lib/containers/storage/overlay-containers/@ID@/userdata/config.json", kPodmanBundle}},
       "web",
       "localhost/bb:latest",
       "",
       "podman",
       {{"pod.uid", "@POD@"}, {"image.id", "sha256:77"}, {"hostname", "box"}, {"name@", "podman"}}},
      {"podman, systemd, another root",
       "/machine.slice/machine-libpod_pod_@POD@.slice/libpod-@ID@.scope/container",
       {{"/srv/pods/vfs-containers/containers.json", kPodman},
        {"/srv/pods/vfs-containers/@ID@/userdata/config.json", kBundle},
        {"/run/runc/@ID@/state.json",
         R"({"id":"@ID@","config":{"labels":["bundle=/srv/pods/vfs-containers/@ID@/userdata"]}})"}},
       "web",
       "localhost/bb:latest",
       "runc",
       "podman",
       {{"pod.uid", "@POD@"}, {"user", "5:6"}}},
      {"containerd",
       "/default/web",
       {{"/run/containerd/runc/default/web/state.json", R"({"id":"web","init_process_pid":9,
          "config":{"labels":["bundle=/run/containerd/io.containerd.runtime.v2.task/default/web"]}})"},
        {task + "default/web/config.json", kBundle}},
       "web",
       "",
       "runc",
       "containerd",
       {{"engine.namespace", "default"}, {"pid", "9"}}},
      {"Kubernetes, containerd, cgroupfs",
       "/kubepods/besteffort/pod01234567-89ab-cdef-0123-456789abcdef/@ID@",
       {{task + "k8s.io/@ID@/config.json", kCri}},
       "app",
       "reg/app:1",
       "",
       "containerd",
       {{"pod.name", "front-1"},
        {"pod.namespace", "shop"},
        {"pod.uid", "u-1"},
        {"pod.container", "app"},
        {"engine.namespace", "k8s.io"}}},
      {"Kubernetes, containerd, systemd; no files any more",
       "/kubepods.slice/kubepods-besteffort.slice/"
       "kubepods-besteffort-pod01234567_89ab_cdef_0123_456789abcdef.slice/"
       "cri-containerd-@ID@.scope",
       {},
       "",
       "",
       "",
       "containerd",
       {{"pod.uid", "01234567-89ab-cdef-0123-456789abcdef"}, {"pod.uid@", "cgroup"}}},
      {"a pod's sandbox",
       "/kubepods/pod1/@ID@",
       {{task + "k8s.io/@ID@/config.json",
         R"({"annotations":{"io.kubernetes.cri.container-type":"sandbox","io.kubernetes.cri.sandbox-name":"front-1"}})"}},
       "POD",
       "",
       "",
       "containerd",
       {{"pod.name", "front-1"}}},
      {"CRI-O",
       "/kubepods.slice/kubepods-pod1.slice/crio-@ID@.scope",
       {{"/run/containers/storage/overlay-containers/@ID@/userdata/config.json", kCrio}},
       "app",
       "reg/app:1",
       "",
       "cri-o",
       {{"pod.name", "front-1"}, {"image.id", "ff"}}},
      {"lxc",
       "/lxc.payload.web",
       {{"/var/lib/lxc/web/config", "lxc.uts.name = box\nlxc.apparmor.profile = generated\n"}},
       "web",
       "",
       "",
       "lxc",
       {{"hostname", "box"}, {"apparmor", "generated"}}},
      {"nspawn",
       "/machine.slice/systemd-nspawn@my\\x2dweb.service/payload",
       {{"/run/systemd/machines/my-web",
         "NAME=my-web\nSERVICE=\"systemd-nspawn\"\nLEADER=12\nROOT=/srv/web\n"}},
       "my-web",
       "",
       "systemd-nspawn",
       "nspawn",
       {{"pid", "12"}, {"bundle", "/srv/web"}}},
  };
}

// clang-format on

TEST_F(MetadataTest, EachEngineTellsByItsOwnFiles) {
  for (const EngineCase& row : engine_cases()) {
    TearDown();
    SetUp();
    for (const auto& [file, text] : row.files) put(file, text);
    const Container container = read_cgroup(row.cgroup);
    EXPECT_EQ(known_, !row.files.empty()) << row.what;
    EXPECT_EQ(container.name, row.name) << row.what;
    EXPECT_EQ(container.image, row.image) << row.what;
    EXPECT_EQ(container.runtime, row.runtime) << row.what;
    EXPECT_EQ(container.engine, row.engine) << row.what;
    for (const auto& [key, value] : row.facts) {
      const bool of_source = key.ends_with('@');
      const auto found = std::ranges::find(
          container.facts, of_source ? key.substr(0, key.size() - 1) : key, &Fact::key);
      const std::string got = found == container.facts.end() ? ""
                              : of_source                    ? found->source
                                                             : found->value;
      EXPECT_EQ(got, filled(value)) << row.what << ": " << key;
    }
    for (const Fact& fact : container.facts) {
      EXPECT_NE(std::ranges::find(kFactKeys, fact.key, &FactKey::key), std::end(kFactKeys))
          << fact.key;
      EXPECT_NE(fact.source, "") << fact.key;
    }
  }
}

// Labels and the image of containerd's, the labels and the pod of podman's stand in databases.
TEST_F(MetadataTest, EnginesWithDatabases) {
  const auto unpack = [this](const std::string& name, const std::string& file) {
    put(file, unpacked_store(name));
  };
  unpack("containerd-meta.db.zst", "/srv/containerd/io.containerd.metadata.v1.bolt/meta.db");
  const std::string task = "/run/containerd/io.containerd.runtime.v2.task/default/cwctr";
  put(task + "/config.json", kBundle);
  std::filesystem::create_symlink("/srv/containerd/io.containerd.runtime.v2.task/default/cwctr",
                                  root_ + task + "/work");
  const Container one = read_cgroup("/default/cwctr");
  EXPECT_EQ(one.engine, "containerd");
  EXPECT_EQ(one.image, "localhost/busybox:test");
  EXPECT_TRUE(one.fact("image.digest").starts_with("localhost/busybox@sha256:45468cb0"));
  EXPECT_NE(std::ranges::find(one.attributes, std::pair<std::string, std::string>("tier", "front")),
            one.attributes.end());

  unpack("podman-bolt_state.db.zst", "/var/lib/containers/storage/libpod/bolt_state.db");
  const std::string id = "710ad317b5f7324564318e92b411239ac076d7426ca3939bb5fd9bbcca6b4142";
  const std::string storage = "/var/lib/containers/storage/";
  put(storage + "overlay-containers/containers.json",
      R"([{"id":")" + id + R"(","names":["cwpod2"],"image":"77"}])");
  put(storage + "overlay-images/images.json",
      R"([{"id":"77","digest":"sha256:b61a","names":["localhost:5000/bb:1"]},7])");
  const Container two = read_cgroup("/libpod_parent/libpod-" + id);
  EXPECT_EQ(two.name, "cwpod2");
  EXPECT_EQ(two.fact("pod.name"), "cwp1");
  EXPECT_EQ(two.fact("image.digest"), "localhost:5000/bb@sha256:b61a");
  EXPECT_EQ(two.attributes, (Labels{{"tier", "inpod"}}));
}

TEST_F(MetadataTest, ARegistrysDigestOfDockers) {
  put("/var/lib/docker/containers/@ID@/config.v2.json",
      R"({"Name":"/a","Driver":"overlay2","Image":"sha256:12","Config":{"Image":"nginx:1"}})");
  put("/var/lib/docker/image/overlay2/repositories.json",
      R"({"Repositories":{"nginx":{"nginx:1":"sha256:12","nginx@sha256:ab":"sha256:12",
          "nginx@sha256:cd":"sha256:13"},"x":7}})");
  EXPECT_EQ(read_cgroup("/docker/@ID@").fact("image.digest"), "nginx@sha256:ab");
}

// What is in force, of a container that has begun.
TEST_F(MetadataTest, TheKernelsWordOnTheFirstProcess) {
  put("/run/runc/@ID@/state.json", R"({"id":"@ID@","init_process_pid":321})");
  put("/proc/stat", "btime 1000000\n");
  put("/proc/321/cgroup", "5:pids:/x\n0::/@ID@/inner\n");
  put("/proc/321/status",
      "Name:\tsh\nCapBnd:\t0000000000000021\nCapEff:\t0000000000000000\n"
      "NoNewPrivs:\t1\nSeccomp:\t2\nSeccomp_filters:\t3\n");
  put("/proc/321/uid_map", "         0     100000      65536\n");
  put("/proc/321/gid_map", "         0          0 4294967295\n");
  put("/proc/321/attr/current", "docker-default (enforce)\n");
  put("/proc/321/net/fib_trie", "     |-- 10.0.0.2\n        /32 host LOCAL\n");
  std::filesystem::create_directories(root_ + "/proc/321/ns");
  std::filesystem::create_symlink("time:[4026531834]", root_ + "/proc/321/ns/time");
  Container container = read_cgroup("/@ID@");
  EXPECT_EQ(container.fact("seccomp"), "") << "it has not begun";
  container.started_ns = 1;
  reader().read(container);
  const std::pair<const char*, const char*> wanted[] = {{"capabilities", "CAP_CHOWN CAP_KILL"},
                                                        {"capabilities.effective", "none"},
                                                        {"no_new_privileges", "true"},
                                                        {"seccomp", "filter"},
                                                        {"seccomp.filters", "3"},
                                                        {"user_map", "0 100000 65536"},
                                                        {"group_map", ""},
                                                        {"apparmor", "docker-default"},
                                                        {"address", "10.0.0.2"},
                                                        {"ns.time", "4026531834"}};
  for (const auto& [key, value] : wanted) EXPECT_EQ(container.fact(key), value) << key;
  // Its number may be another's now.
  put("/proc/321/cgroup", "0::/@ID@0\n");
  reader().read(container);
  EXPECT_EQ(container.fact("seccomp"), "");
}

TEST_F(MetadataTest, LabelsAndAnnotations) {
  put("/run/runc/@ID@/state.json", kRuncState);
  put("/bundles/@ID@/config.json", kBundle);
  const Container container = read("@ID@");
  EXPECT_TRUE(container.no_new_privs);
  const std::vector<std::pair<std::string, std::string>> wanted = {{"tier", "front=1"}, {"a", "b"}};
  EXPECT_EQ(container.attributes, wanted);
}

TEST_F(MetadataTest, WhatIsReadAgainIsTheSame) {
  put("/var/lib/docker/containers/@ID@/config.v2.json", kDocker);
  Container container = read_cgroup("/docker/@ID@");
  container.facts.push_back({"pid", "321", "kernel"});
  reader().read(container);
  const Container again = [&] {
    Container copy = container;
    reader().read(copy);
    return copy;
  }();
  EXPECT_EQ(again, container);
  EXPECT_EQ(container.fact("pid"), "321");
}

TEST_F(MetadataTest, AFileThatChangedIsReadAnew) {
  const std::string file = "/var/lib/containers/storage/overlay-containers/containers.json";
  MetadataReader reader(root_);
  Container container;
  container.id = kId;
  put(file, "[]");
  EXPECT_FALSE(reader.read(container));
  put(file, kPodman);
  EXPECT_TRUE(reader.read(container));
  EXPECT_EQ(container.name, "web");
}

TEST_F(MetadataTest, BadFilesAreNoKnowledge) {
  for (const char* text :
       {"{\"id\":", "[1,2]", "7", "{\"id\":7}", "{\"id\":null,\"config\":[]}",
        R"({"annotations":[],"mounts":{"a":1},"process":{"args":[1,{}],"user":"x"}})",
        R"([{"id":[]},{"names":7},3])",
        R"({"config":{"labels":[1,"x","=","bundle=/nowhere"],"uid_mappings":[1,{}]}})",
        R"({"NetworkSettings":{"Networks":{"a":1},"Ports":{"b":[1,{"HostIp":2}]}},"Config":7})",
        ""}) {
    put("/run/runc/web/state.json", text);
    put("/run/crun/web/status", text);
    put("/var/lib/docker/containers/web/config.v2.json", text);
    put("/var/lib/docker/containers/web/hostconfig.json", text);
    put("/var/lib/containers/storage/overlay-containers/containers.json", text);
    put("/run/containerd/io.containerd.runtime.v2.task/ns/web/config.json", text);
    EXPECT_NO_THROW(read("web")) << text;
    EXPECT_NO_THROW(read_cgroup("/x")) << text;
  }
}

TEST_F(MetadataTest, NobodyTellsMoreThanOneMayWant) {
  std::string many = R"({"mounts":[)";
  for (int i = 0; i < 2000; ++i)
    many += R"({"type":"bind","destination":"/)" + std::to_string(i) + R"(","source":"/s"},)";
  many += R"({}],"hostname":")" + std::string(100000, 'h') + R"("})";
  put("/run/containerd/io.containerd.runtime.v2.task/ns/web/config.json", many);
  const Container container = read("web");
  EXPECT_LE(container.facts.size(), 256u);
  EXPECT_LE(container.fact("hostname").size(), 4096u);
}

// What the recorder knows of them is what the file takes: live output and replay are the same.
TEST_F(MetadataTest, LabelsAndNamesAreNoLongerThanTheFileTakes) {
  const std::string huge(200000, 'x');
  std::string mounts, labels;
  for (int i = 0; i < 300; ++i)
    mounts += R"({"type":"bind","destination":"/)" + std::to_string(i) + R"(","source":"/s"},)";
  for (int i = 0; i < 600; ++i)
    labels += (i ? ",\"" : "\"") + std::string(4000, 'k') + std::to_string(i) + R"(":")" +
              huge.substr(0, 4000) + '"';
  put("/run/containerd/io.containerd.runtime.v2.task/moby/@ID@/config.json",
      R"({"annotations":{"long":")" + huge + R"("},"mounts":[)" + mounts + "{}]}");
  put("/var/lib/docker/containers/@ID@/config.v2.json", R"({"Name":"/)" + huge +
                                                            R"(","Config":{"Image":")" + huge +
                                                            R"(","Labels":{)" + labels + "}}}");
  const Container container = read_cgroup("/docker/@ID@");
  EXPECT_EQ(container.name.size(), 4096u);
  EXPECT_EQ(container.image.size(), 4096u);
  ASSERT_FALSE(container.attributes.empty());
  EXPECT_EQ(container.attributes[0].second.size(), 4096u);
  EXPECT_TRUE(container.attributes[0].second.ends_with("..."));
  size_t bytes = 0;
  for (const auto& [key, value] : container.attributes) bytes += key.size() + value.size();
  EXPECT_GT(bytes, 1000000u);
  EXPECT_LE(bytes, 1048576u);
}

TEST_F(MetadataTest, AnIdNeverLeavesItsFolder) {
  put("/run/state.json", R"({"id":"outside"})");
  EXPECT_NE(read("..").id, "outside");
  EXPECT_FALSE(known_);
}

TEST_F(MetadataTest, APipeInAFilesPlaceIsNotWaitedFor) {
  std::filesystem::create_directories(root_ + "/run/runc/web");
  ASSERT_EQ(mkfifo((root_ + "/run/runc/web/state.json").c_str(), 0600), 0);
  read("web");
  EXPECT_FALSE(known_);
  std::filesystem::create_directories(root_ + "/var/lib/lxc/box");
  ASSERT_EQ(mkfifo((root_ + "/var/lib/lxc/box/config").c_str(), 0600), 0);
  EXPECT_EQ(read_cgroup("/lxc.payload.box").fact("hostname"), "");
}

}  // namespace
}  // namespace ctrace
