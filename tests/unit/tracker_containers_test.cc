// Records to events: who is a container, and what is held back until it is known.
#include "tests/unit/tracker_fixture.h"

namespace ctrace {
namespace {

TEST_F(TrackerTest, HoldsAContainersBeginningUntilItsNamespacesTell) {
  make_cgroup(kCgroup, "/web");
  send_task(5, kCgroup, wire::PHASE_SETUP, kHostMnt, 0, "runc");
  call_getppid(5);
  EXPECT_TRUE(seen_.empty());
  send_task(6, kCgroup, wire::PHASE_SETUP, kOwnMnt, 1, "runc");
  call_getppid(6);
  ASSERT_EQ(names(), (Names{"getppid", "getppid"}));
  EXPECT_EQ(seen_[0].container, "web");
  EXPECT_EQ(seen_[0].phase, Phase::kSetup);
  EXPECT_TRUE(forgotten_.empty());
}

TEST_F(TrackerTest, AnEnginesPathTellsAtOnce) {
  make_cgroup(kCgroup, "/docker/" + std::string(64, 'a'));
  send_task(5, kCgroup, wire::PHASE_SETUP, kHostMnt, 0, "runc");
  call_getppid(5);
  EXPECT_EQ(names(), (Names{"getppid"}));
}

TEST_F(TrackerTest, AServiceIsNoContainer) {
  make_cgroup(kCgroup, "/system.slice/cron.service");
  send_task(5, kCgroup, wire::PHASE_SETUP, kHostMnt, 0);
  call_getppid(5);
  EXPECT_TRUE(seen_.empty());
  EXPECT_EQ(forgotten_, (std::vector<uint64_t>{kCgroup}));
  EXPECT_EQ(epochs_, 1);
}

TEST_F(TrackerTest, TheRuntimeMayExecuteItselfInTheCgroup) {
  make_cgroup(kCgroup, "/web");
  send_task(5, kCgroup, wire::PHASE_SETUP, kHostMnt, 0, "runc");
  send(of(wire::REC_EXEC, 5), {0, 0, 5}, {{0, "/dev/fd/6"}, {1, std::string("runc\0init\0", 10)}});
  EXPECT_TRUE(seen_.empty());
  send_task(6, kCgroup, wire::PHASE_SETUP, kOwnMnt, 1, "runc");
  EXPECT_EQ(names(), (Names{"sched_process_exec"}));
  EXPECT_EQ(gate_->dropped(), 0u);
}

TEST_F(TrackerTest, PatienceWithTheUndecidedEnds) {
  make_cgroup(kCgroup, "/plain");
  send_task(5, kCgroup, wire::PHASE_SETUP, kHostMnt, 0);
  call_getppid(5);
  send_task(9, 0, wire::PHASE_HOST, kHostMnt, 0);
  call_getppid(9);  // behind the undecided one, so that the order stays
  EXPECT_TRUE(seen_.empty());
  now_ns_ += 4 * kSecond;
  gate_->release(now_ns_);
  EXPECT_EQ(names(), (Names{"getppid"}));
  EXPECT_EQ(gate_->dropped(), 1u);
}

TEST_F(TrackerTest, WhatWasGivenUpMayBeginLater) {
  make_cgroup(kCgroup, "/web");
  send_task(5, kCgroup, wire::PHASE_SETUP, kHostMnt, 0);
  call_getppid(5);
  now_ns_ += 4 * kSecond;
  gate_->release(now_ns_);
  EXPECT_EQ(gate_->dropped(), 1u);
  EXPECT_EQ(watched_, (std::vector<uint64_t>{kCgroup}));
  EXPECT_TRUE(forgotten_.empty());
  // Told before the kernel side had heard of it.
  send_task(5, kCgroup, wire::PHASE_SETUP, kHostMnt, 0);
  call_getppid(5);
  EXPECT_EQ(gate_->dropped(), 2u);
  send(of(wire::REC_CGROUP_LATE, 0), {kCgroup});
  send_task(6, kCgroup, wire::PHASE_OWN, kOwnMnt, 1);
  send(of(wire::REC_EXEC, 6), {0, 0, 6}, {{0, "/bin/web"}, {1, "web"}});
  ASSERT_EQ(names(), (Names{"container_start", "sched_process_exec"}));
  EXPECT_EQ(seen_[0].container, "web");
}

// What was made in it meanwhile was taken for a part of it, and may be the container itself.
TEST_F(TrackerTest, AContainerMayBeginInsideOfWhatWasGivenUp) {
  make_cgroup(kCgroup, "/batch");
  send_task(5, kCgroup, wire::PHASE_SETUP, kHostMnt, 0);
  call_getppid(5);
  send(of(wire::REC_CGROUP_MKDIR, 0), {88, kCgroup, kCgroup}, {{0, "/batch/web"}});
  now_ns_ += 4 * kSecond;
  gate_->release(now_ns_);
  EXPECT_EQ(watched_, (std::vector<uint64_t>{kCgroup, 88}));
  // Another one after that is looked at by itself.
  send(of(wire::REC_CGROUP_MKDIR, 0), {89, kCgroup, 89}, {{0, "/batch/db"}});
  EXPECT_TRUE(moved_.empty());
  send_task(7, 89, wire::PHASE_OWN, kOwnMnt, 1);
  call_getppid(7);
  send(of(wire::REC_CGROUP_LATE, 0), {88});
  send_task(6, 88, wire::PHASE_OWN, kOwnMnt, 1);
  call_getppid(6);
  ASSERT_EQ(names(), (Names{"getppid", "getppid"}));
  EXPECT_EQ(seen_[0].container, "db");
  EXPECT_EQ(seen_[1].container, "web");
}

TEST_F(TrackerTest, WhatNeverBecomesAContainerIsLeftAloneInTheEnd) {
  make_cgroup(kCgroup, "/batch");
  for (int i = 0; i < 40 && forgotten_.empty(); ++i) {
    send(of(wire::REC_CGROUP_LATE, 0), {kCgroup});
    send_task(5, kCgroup, wire::PHASE_SETUP, kOwnMnt, 0);
    call_getppid(5);
    now_ns_ += 4 * kSecond;
    gate_->release(now_ns_);
  }
  EXPECT_EQ(forgotten_, (std::vector<uint64_t>{kCgroup}));
  EXPECT_TRUE(seen_.empty());
}

TEST_F(TrackerTest, ARemovedCgroupThatNothingToldOfIsDropped) {
  make_cgroup(kCgroup, "/plain");
  send_task(5, kCgroup, wire::PHASE_SETUP, kHostMnt, 0);
  call_getppid(5);
  send(of(wire::REC_CGROUP_RMDIR, 0), {kCgroup});
  EXPECT_TRUE(seen_.empty());
  EXPECT_EQ(gate_->dropped(), 1u);
}

// Nor may the kernel side be told that a container is unwanted that went before it had a name.
TEST_F(TrackerTest, AContainerThatWentUndecidedLeavesNothing) {
  start({.containers = {"web"}});
  make_cgroup(kCgroup, "/docker/" + std::string(64, 'b'));
  send_task(5, kCgroup, wire::PHASE_SETUP, kHostMnt, 0);
  call_getppid(5);
  send(of(wire::REC_CGROUP_RMDIR, 0), {kCgroup});
  EXPECT_TRUE(ignored_.empty());
  EXPECT_EQ(forgotten_, (std::vector<uint64_t>{kCgroup}));
  EXPECT_EQ(gate_->dropped(), 1u);
}

// The kernel side may be told of it after it went: that entry would stay for ever.
TEST_F(TrackerTest, ARemovedCgroupIsForgottenThoughItWasMovedLate) {
  send(of(wire::REC_CGROUP_MKDIR, 0), {50, 1, 50}, {{0, "/docker"}});
  send(of(wire::REC_CGROUP_MKDIR, 0), {51, 50, 50}, {{0, "/docker/" + std::string(64, 'c')}});
  ASSERT_EQ(moved_.size(), 1u);
  forgotten_.clear();
  send(of(wire::REC_CGROUP_RMDIR, 0), {51});
  EXPECT_EQ(forgotten_, (std::vector<uint64_t>{51}));
}

TEST_F(TrackerTest, AFolderOfContainersIsNone) {
  const std::string id(64, 'c');
  send(of(wire::REC_CGROUP_MKDIR, 0), {50, 1, 50}, {{0, "/docker"}});
  // The kernel side takes it for a part of what may be a container.
  send(of(wire::REC_CGROUP_MKDIR, 0), {51, 50, 50}, {{0, "/docker/" + id}});
  EXPECT_EQ(moved_, (std::vector<std::pair<uint64_t, uint64_t>>{{51, 51}}));
  EXPECT_EQ(forgotten_, (std::vector<uint64_t>{50}));
  wire::task_record body = {};
  body.tgid = 5;
  body.cgroup_id = 51;
  body.top_cgroup = 50;  // told before the kernel side knew better
  std::vector<uint64_t> words(sizeof body / 8);
  std::memcpy(words.data(), &body, sizeof body);
  send(of(wire::REC_TASK, 5), words);
  call_getppid(5);
  ASSERT_EQ(names(), (Names{"getppid"}));
  EXPECT_EQ(seen_[0].container, id);
}

TEST_F(TrackerTest, WhatAContainerMakesInItsCgroupIsItsOwn) {
  make_cgroup(kCgroup, "/web");
  send_task(5, kCgroup, wire::PHASE_SETUP, kOwnMnt, 1);
  send(of(wire::REC_CGROUP_MKDIR, 0), {kCgroup + 1, kCgroup, kCgroup}, {{0, "/web/init.scope"}});
  EXPECT_TRUE(moved_.empty());
  EXPECT_TRUE(forgotten_.empty());
}

TEST_F(TrackerTest, StartAndStopStandAtTheirPlaces) {
  make_cgroup(kCgroup, "/web");
  send_task(6, kCgroup, wire::PHASE_OWN, kOwnMnt, 1, "true");
  send(of(wire::REC_EXEC, 6), {0, 0, 6}, {{0, "/bin/true"}, {1, std::string("true\0", 5)}});
  send(of(wire::REC_SYSCALL, 6, 59, 0), {0, 0, 0});
  send(of(wire::REC_EXIT, 6), {3 << 8, 231, 3, 1});
  send(of(wire::REC_CGROUP_RMDIR, 0), {kCgroup});
  ASSERT_EQ(names(), (Names{"container_start", "sched_process_exec", "execve", "exit_group",
                            "sched_process_exit", "container_stop"}));
  EXPECT_EQ(seen_[0].texts[0], "web");
  EXPECT_EQ(seen_[2].texts[0], "/bin/true");
  EXPECT_EQ(seen_[2].texts[1], std::string("true\0", 5));
  EXPECT_EQ(seen_[3].args[0], 3u);
  EXPECT_EQ(seen_[4].args[0], 3u);  // exit code
  EXPECT_EQ(seen_[4].args[1], 0u);  // signal
  EXPECT_EQ(seen_[5].container, "web");
  ASSERT_FALSE(announced_.empty());
  EXPECT_NE(announced_.back().stopped_ns, 0u);
  EXPECT_EQ(announced_.back().wait_status, 3u << 8);
  EXPECT_EQ(announced_.back().fact("pid"), "6");
  EXPECT_EQ(gone_, 1);
  EXPECT_EQ(seen_[5].args[2], seen_[5].time_ns - seen_[0].time_ns);
  // Exit code, signal; calls, failed, lost.
  EXPECT_EQ(std::vector<uint64_t>(seen_[5].args.begin() + 3, seen_[5].args.end()),
            (std::vector<uint64_t>{3, 0, 12, 3, 1}));
}

TEST_F(TrackerTest, CgroupsInsideOfAContainer) {
  const std::string id(64, 'a'), path = "/docker/" + id;
  make_cgroup(kCgroup, path);
  EXPECT_TRUE(seen_.empty());
  send(of(wire::REC_CGROUP_MKDIR, 0), {90, kCgroup, kCgroup}, {{0, path + "/job"}});
  send(of(wire::REC_CGROUP_ATTACH, 0), {90, kCgroup, 5, 6, 0}, {{0, path + "/job"}});
  send(of(wire::REC_CGROUP_RMDIR, 0), {90, kCgroup}, {{0, path + "/job"}});
  ASSERT_EQ(names(), (Names{"cgroup_mkdir", "cgroup_attach_task", "cgroup_rmdir"}));
  for (const Seen& seen : seen_) {
    EXPECT_EQ(seen.container, id);
    EXPECT_EQ(seen.texts[0], path + "/job");
    EXPECT_EQ(seen.args[1], 90u);
  }
  EXPECT_EQ(seen_[1].args[2], 5u);
  // Of nobody that is recorded.
  send(of(wire::REC_CGROUP_MKDIR, 0), {91, 1, 91}, {{0, "/system.slice/x.service"}});
  send(of(wire::REC_CGROUP_RMDIR, 0), {91, 0}, {{0, "/system.slice/x.service"}});
  EXPECT_EQ(seen_.size(), 3u);
  // By a task that is: its event, wherever that cgroup is.
  send_task(9, 0, wire::PHASE_HOST, kHostMnt, 0, "mkdir");
  send(of(wire::REC_CGROUP_MKDIR, 9), {92, 1, 92}, {{0, "/mine"}});
  ASSERT_EQ(seen_.size(), 4u);
  EXPECT_EQ(seen_[3].comm, "mkdir");
}

TEST_F(TrackerTest, OnlyItsFirstProcessTellsTheStatusOfAContainer) {
  make_cgroup(kCgroup, "/web");
  send_task(6, kCgroup, wire::PHASE_OWN, kOwnMnt, 1, "sh");
  send(of(wire::REC_EXEC, 6), {0, 0, 6}, {{0, "/bin/sh"}, {1, "sh"}});
  send_task(7, kCgroup, wire::PHASE_OWN, kOwnMnt, 1, "worker");
  send(of(wire::REC_EXIT, 7), {9, uint64_t(-1), 0, 1});
  EXPECT_FALSE(containers_->all_ended(now_ns_ + 1));
  EXPECT_EQ(announced_.back().ended_ns, 0u);
  send(of(wire::REC_EXIT, 6), {15, uint64_t(-1), 0, 1});
  EXPECT_TRUE(containers_->all_ended(now_ns_ + 1));
  EXPECT_FALSE(containers_->all_ended(now_ns_));  // its cgroup may still go
  send(of(wire::REC_CGROUP_RMDIR, 0), {kCgroup});
  EXPECT_TRUE(containers_->all_ended(0));
  EXPECT_EQ(seen_.back().args[3], 0u);
  EXPECT_EQ(seen_.back().args[4], 15u);
}

TEST_F(TrackerTest, WhereTheHostIsRecordedANewCgroupMayBeItsOwn) {
  start({.containers = {"web"}, .host = true});
  send_task(4, 0, wire::PHASE_HOST, kHostMnt, 0);
  call_getppid(4);
  EXPECT_EQ(seen_.back().container, "");
  make_cgroup(kCgroup, "/batch");
  send_task(5, kCgroup, wire::PHASE_SETUP, kHostMnt, 0);
  call_getppid(5);
  EXPECT_EQ(seen_.size(), 1u);
  now_ns_ += 4 * kSecond;
  gate_->release(now_ns_);
  ASSERT_EQ(seen_.size(), 2u);
  EXPECT_EQ(seen_[1].container, "");
  EXPECT_EQ(seen_[1].phase, Phase::kHost);
  EXPECT_EQ(gate_->dropped(), 0u);
  // A container that is not wanted is nobody's.
  make_cgroup(kCgroup + 1, "/libpod_parent/libpod-" + std::string(64, 'b'));
  send_task(7, kCgroup + 1, wire::PHASE_SETUP, kHostMnt, 0);
  for (int i = 0; i < 20; ++i) containers_->refresh();
  call_getppid(7);
  EXPECT_EQ(ignored_, std::vector<uint64_t>{kCgroup + 1});
  EXPECT_EQ(seen_.size(), 2u);
  EXPECT_EQ(gate_->dropped(), 1u);
  EXPECT_EQ(containers_->unmatched_words(), std::vector<std::string>{"web"});
}

TEST_F(TrackerTest, NewAndExistingAreKnownFromTheStart) {
  start({.only_existing = true});
  make_cgroup(kCgroup, "/docker/" + std::string(64, 'a'));
  EXPECT_EQ(forgotten_, std::vector<uint64_t>{kCgroup});
  EXPECT_EQ(containers_->kept_count(), 0u);
}

TEST_F(TrackerTest, UnwantedContainersAreForgotten) {
  start({.containers = {"web"}});
  make_cgroup(kCgroup, "/web");
  make_cgroup(kCgroup + 1, "/other");
  send_task(5, kCgroup, wire::PHASE_SETUP, kOwnMnt, 1);
  call_getppid(5);
  send_task(6, kCgroup + 1, wire::PHASE_SETUP, kOwnMnt, 1);
  call_getppid(6);
  EXPECT_EQ(names(), (Names{"getppid"}));
  // Its runtime may still tell another name of it, up to its start.
  EXPECT_TRUE(forgotten_.empty());
  send(of(wire::REC_EXEC, 6), {0, 0, 6}, {{0, "/bin/other"}, {1, "other"}});
  EXPECT_EQ(forgotten_, std::vector<uint64_t>());
  send_task(6, kCgroup + 1, wire::PHASE_OWN, kOwnMnt, 1);
  send(of(wire::REC_EXEC, 6), {0, 0, 6}, {{0, "/bin/other"}, {1, "other"}});
  EXPECT_EQ(forgotten_, (std::vector<uint64_t>{kCgroup + 1}));
  EXPECT_EQ(names(), (Names{"getppid"}));
}

TEST_F(TrackerTest, AnUnnamedContainerWaitsForItsName) {
  const std::string id(64, 'b');
  char pattern[] = "/tmp/ctrace-tracker.XXXXXX";
  ASSERT_NE(mkdtemp(pattern), nullptr);
  root_ = pattern;
  start({.containers = {"web"}});
  make_cgroup(kCgroup, "/docker/" + id);
  send_task(5, kCgroup, wire::PHASE_SETUP, kHostMnt, 0);
  call_getppid(5);
  EXPECT_TRUE(seen_.empty());
  const std::string folder = root_ + "/var/lib/docker/containers/" + id;
  std::filesystem::create_directories(folder);
  std::ofstream(folder + "/config.v2.json") << R"({"Name":"/web","Config":{"Image":"i"}})";
  containers_->refresh();
  gate_->release(now_ns_);
  ASSERT_EQ(names(), (Names{"getppid"}));
  EXPECT_EQ(seen_[0].container, "web");
}

TEST_F(TrackerTest, CommandModeDropsNothingForWantOfAContainer) {
  start({}, true);
  make_cgroup(kCgroup, "/plain");
  send_task(5, kCgroup, wire::PHASE_SETUP, kHostMnt, 0);
  call_getppid(5);
  ASSERT_EQ(names(), (Names{"getppid"}));
  EXPECT_EQ(seen_[0].container, "");
}

// A recorder that runs for months meets any number of containers.
TEST_F(TrackerTest, NothingStaysOfAContainerThatIsGone) {
  make_cgroup(kCgroup, "/docker/" + std::string(64, 'a'));
  send_task(5, kCgroup, wire::PHASE_OWN, kOwnMnt, 1);
  call_getppid(5);
  const auto entry = containers_->known(kCgroup)->weak_from_this();
  send(of(wire::REC_CGROUP_RMDIR, 0), {kCgroup});
  EXPECT_FALSE(entry.expired()) << "its task may still be told of";
  send(of(wire::REC_EXIT, 5), {0, 231, 0, 1});
  EXPECT_TRUE(entry.expired());
  EXPECT_EQ(names(), (Names{"getppid", "exit_group", "sched_process_exit"}));
}

}  // namespace
}  // namespace ctrace
