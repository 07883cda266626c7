#include "analyze/caps.h"

#include <gtest/gtest.h>
#include <linux/capability.h>

#include "tests/unit/fake_recording.h"

namespace ctrace {
namespace {

constexpr uint64_t kUnaudited = 0, kAudited = 1, kUnknown = ~uint64_t{0};

struct Checks : FakeRecording {
  Checks() {
    container(small_container());
    header_.capability_checks = CapabilityChecks::kAudited;
  }
  Checks& check(int capability, const std::string& call, uint64_t audited = kAudited,
                uint64_t user_ns = 0, Phase phase = Phase::kOwn) {
    event(1, phase, "cap_capable", {static_cast<uint64_t>(capability), 0, user_ns, audited});
    text(1, call);
    return *this;
  }
};

CapabilityNeeds needs_of(FakeRecording& run) {
  CapabilityNeeds needs;
  EXPECT_TRUE(needs.add(run, Scope({}).choose(run)));
  return needs;
}

using Names = std::vector<std::string>;

TEST(Caps, ThoseThatWereUsedByTheContainerItself) {
  Checks run;
  run.check(CAP_SYS_ADMIN, "mount", kAudited, 0, Phase::kSetup);
  run.check(CAP_CHOWN, "fchownat").check(CAP_CHOWN, "fchownat").check(CAP_KILL, "kill");
  run.check(CAP_SYS_ADMIN, "mount", kAudited, 77);  // in a namespace of its own
  run.check(CAP_SYS_PTRACE, "openat", kUnaudited);  // by the way
  run.check(200, "kill");
  const CapabilityNeeds needs = needs_of(run);
  EXPECT_EQ(capability_names(needs.set()), (Names{"CAP_CHOWN", "CAP_KILL"}));
  EXPECT_EQ(needs.used().at(CAP_CHOWN).by.at({"fchownat", "app"}), 2U);
  EXPECT_FALSE(needs.is_derived());
  EXPECT_FALSE(needs.is_unsure());
}

TEST(Caps, AFilterIsRefusedWithoutAWord) {
  Checks run;
  run.check(CAP_SYS_ADMIN, "seccomp", kUnaudited);
  EXPECT_EQ(capability_names(needs_of(run).set()), Names{"CAP_SYS_ADMIN"});
}

TEST(Caps, WhereTheAuditedAreNotToldApartMemoryDoesNotCount) {
  Checks run;
  run.check(CAP_SYS_ADMIN, "mmap", kUnknown).check(CAP_SYS_ADMIN, "", kUnknown);
  EXPECT_EQ(needs_of(run).set(), 0U);
  run.check(CAP_SYS_ADMIN, "mount", kUnknown);
  const CapabilityNeeds needs = needs_of(run);
  EXPECT_EQ(capability_names(needs.set()), Names{"CAP_SYS_ADMIN"});
  EXPECT_TRUE(needs.is_unsure());
}

TEST(Caps, WhereTheKernelRefusedToTellCallsTell) {
  Checks run;
  run.header_.capability_checks = CapabilityChecks::kRefused;
  run.event(1, Phase::kOwn, "chroot");
  const CapabilityNeeds needs = needs_of(run);
  EXPECT_TRUE(needs.is_derived());
  EXPECT_EQ(needs.set(), capability_bit(CAP_SYS_CHROOT));
}

TEST(Caps, DerivedFromCallsThatSucceeded) {
  FakeRecording run;
  run.container(small_container());
  run.event(1, Phase::kOwn, "chroot");
  run.event(1, Phase::kOwn, "mount", {}, -1);
  run.event(1, Phase::kOwn, "sethostname", {}, 0).denied(Denied::kErrno);
  run.event(1, Phase::kSetup, "pivot_root");
  run.event(1, Phase::kOwn, "socket", {2, 1, 0}, 3);
  run.event(1, Phase::kOwn, "unshare", {0x10000000 | 0x20000});
  run.event(1, Phase::kOwn, "bind").text(1, std::string("\2\0\x1f\x90\0\0\0\0", 8));
  CapabilityNeeds needs = needs_of(run);
  EXPECT_TRUE(needs.is_derived());
  EXPECT_EQ(capability_names(needs.set()), Names{"CAP_SYS_CHROOT"});
  run.event(1, Phase::kOwn, "socket", {2, 3 | 02000000, 1}, 3);
  run.event(1, Phase::kOwn, "unshare", {0x20000});
  run.event(1, Phase::kOwn, "bind").text(1, std::string("\2\0\0\x50\0\0\0\0", 8));
  needs = needs_of(run);
  EXPECT_EQ(capability_names(needs.set()),
            (Names{"CAP_NET_BIND_SERVICE", "CAP_NET_RAW", "CAP_SYS_ADMIN", "CAP_SYS_CHROOT"}));
}

TEST(Caps, Formats) {
  const CapabilitySet two = capability_bit(CAP_CHOWN) | capability_bit(CAP_BPF);
  EXPECT_EQ(format_capabilities(two, CapsFormat::kDocker),
            "--cap-drop ALL --cap-add BPF --cap-add CHOWN\n");
  EXPECT_EQ(format_capabilities(0, CapsFormat::kDocker), "--cap-drop ALL\n");
  EXPECT_EQ(format_capabilities(two, CapsFormat::kSystemd),
            "CapabilityBoundingSet=CAP_BPF CAP_CHOWN\n");
  EXPECT_EQ(format_capabilities(0, CapsFormat::kSystemd), "CapabilityBoundingSet=\n");
  EXPECT_EQ(format_capabilities(capability_bit(CAP_KILL), CapsFormat::kKubernetes),
            "securityContext:\n  capabilities:\n    drop:\n    - ALL\n    add:\n    - KILL\n");
  EXPECT_EQ(nlohmann::json::parse(format_capabilities(two, CapsFormat::kOci))["bounding"],
            (Names{"CAP_BPF", "CAP_CHOWN"}));
  EXPECT_EQ(capability_name(57), "CAP_57");
  EXPECT_FALSE(caps_format_by_name("yaml"));
}

}  // namespace
}  // namespace ctrace
