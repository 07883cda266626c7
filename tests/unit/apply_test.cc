#include "analyze/apply.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/unit/file_samples.h"

namespace ctrace {
namespace {

using testing::read_file;
using testing::TempFolder;
using testing::write_file;

SeccompProfile small() { return {{}, {Abi::kX86_64}, {}, {{{"read"}}}}; }

TEST(Apply, WritesIntoABundleAndLeavesTheRest) {
  TempFolder folder;
  const std::string path = folder.path("config.json");
  write_file(path,
             R"({"ociVersion":"1.0.2","zeta":1,"linux":{"seccomp":{"x":1},"maskedPaths":[]}})");
  chmod(path.c_str(), 0640);
  ASSERT_TRUE(apply_to_bundle(small(), folder.path(".")));
  const std::string text = read_file(path);
  EXPECT_NE(text.find("\"zeta\": 1"), std::string::npos);
  EXPECT_NE(text.find("\"maskedPaths\""), std::string::npos);
  EXPECT_NE(text.find("\"SCMP_ACT_ALLOW\""), std::string::npos);
  EXPECT_EQ(text.find("\"x\""), std::string::npos);
  struct stat status = {};
  ASSERT_EQ(stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0640U);
}

TEST(Apply, TouchesNothingThatIsNoBundle) {
  TempFolder folder;
  EXPECT_FALSE(apply_to_bundle(small(), folder.path("nothing")));
  for (const char* bad : {"", "{", "[]", "{}", R"({"ociVersion":"1","linux":[]})"}) {
    write_file(folder.path("config.json"), bad);
    EXPECT_FALSE(apply_to_bundle(small(), folder.path("."))) << bad;
    EXPECT_EQ(read_file(folder.path("config.json")), bad);
  }
}

TEST(Apply, Snippets) {
  EXPECT_EQ(compose_snippet("./a.json"),
            "services:\n  SERVICE:  # the name of yours\n    security_opt:\n"
            "      - \"seccomp:./a.json\"\n");
  EXPECT_TRUE(kubernetes_snippet("/x/a.json")
                  .ends_with("type: Localhost\n    localhostProfile: \"profiles/a.json\"\n"));
  EXPECT_EQ(systemd_drop_in(small(), "web.service"),
            "# /etc/systemd/system/web.service.d/50-seccomp.conf\n[Service]\n"
            "SystemCallArchitectures=x86-64\nSystemCallErrorNumber=EPERM\nSystemCallFilter=read\n");
}

}  // namespace
}  // namespace ctrace
