// Records to events: what belongs together, who is a container, what is held back until it is
// known.
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

TEST_F(TrackerTest, DurationsOfCalls) {
  durations_ = true;
  start({});
  now_ns_ = 1'000'000;
  wire::task_record task = {};
  task.start_ns = 500'000;
  send_task(task, 9, 0, wire::PHASE_HOST, kHostMnt, 0, "sh");
  constexpr uint16_t kClose = 3, kExecve = 59;
  const auto close_began = [&](uint64_t began_ns) {
    send(of(wire::REC_SYSCALL, 9, kClose), {7, began_ns});
    return seen_.back();
  };
  Seen seen = close_began(now_ns_ - 99);
  EXPECT_EQ(seen.duration_ns, 100U);
  EXPECT_EQ(seen.args, (std::vector<uint64_t>{7}));
  EXPECT_EQ(close_began(now_ns_ + 1).duration_ns, 1U);  // no clock is so fine
  EXPECT_EQ(close_began(0).duration_ns, 0U);
  EXPECT_EQ(close_began(now_ns_ + 2).duration_ns, 0U);
  EXPECT_EQ(close_began(499'999).duration_ns, 0U);  // of who had the tid before
  // What the leader was in the middle of is not how long a thread's execve took.
  send(of(wire::REC_EXEC, 9), {0, 0, 10}, {{0, "/bin/true"}, {1, std::string("true\0", 5)}});
  send(of(wire::REC_SYSCALL, 9, kExecve), {0, 0, 0, now_ns_ - 50});
  EXPECT_EQ(seen_.back().name, "execve");
  EXPECT_EQ(seen_.back().duration_ns, 0U);
  send(of(wire::REC_EXEC, 9), {0, 0, 9}, {{0, "/bin/true"}, {1, std::string("true\0", 5)}});
  send(of(wire::REC_SYSCALL, 9, kExecve), {0, 0, 0, now_ns_ - 49});
  EXPECT_EQ(seen_.back().duration_ns, 50U);
}

// Nobody waits for longer, but a container that begins then is one all the same.
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

TEST_F(TrackerTest, ChangedRightsAreAnEvent) {
  wire::task_record root = {}, user = {};
  root.uts_ns = user.uts_ns = root.mnt_ns = user.mnt_ns = 5;
  root.cap_eff = 1 << 5 | 1;
  user.euid = 1000;
  send_task(root, 9, 0, wire::PHASE_HOST, kHostMnt, 0, "su");
  EXPECT_TRUE(seen_.empty());
  send(of(wire::REC_SYSCALL, 9, 105, 0), {1000});
  send_task(user, 9, 0, wire::PHASE_HOST, kHostMnt, 0, "su");
  ASSERT_EQ(names(), (Names{"setuid", "commit_creds"}));
  EXPECT_EQ(seen_[1].args, (std::vector<uint64_t>{0, 1000, 0, 0, 0, 0, 0, 0}));
  EXPECT_EQ(seen_[1].texts[6], "CAP_CHOWN|CAP_KILL");
  EXPECT_EQ(seen_[1].texts[7], "0");
  // A child is compared with who made it.
  send(of(wire::REC_FORK, 9), {10, 10, 10, 10});
  user.mnt_ns = 6;
  send_task(user, 10, 0, wire::PHASE_HOST, kHostMnt, 0, "su");
  ASSERT_EQ(names().size(), 4u);
  EXPECT_EQ(seen_[3].name, "switch_task_ns");
  EXPECT_EQ(seen_[3].args, (std::vector<uint64_t>{10, 6, 0, 0, 0, 0, 0, 0}));
  EXPECT_EQ(seen_[3].comm, "su");
}

TEST_F(TrackerTest, MemoryThatBecomesExecutable) {
  send_task(9, 0, wire::PHASE_HOST, kHostMnt, 0);
  send(of(wire::REC_SYSCALL, 9, 9, 0x7000), {0, 4096, 3, 0x22, ~0u, 0});
  send(of(wire::REC_FORK, 9), {10, 10, 10, 10});
  send(of(wire::REC_SYSCALL, 10, 10, 0), {0x7000, 4096, 5});
  ASSERT_EQ(names(), (Names{"mmap", "sched_process_fork", "mprotect", "mem_prot_alert"}));
  EXPECT_EQ(seen_[3].args, (std::vector<uint64_t>{0, 0x7000, 4096, 5, 0, 0}));
  EXPECT_EQ(seen_[3].texts, (Names{"Protection changed to Executable!", "", "", "",
                                   "PROT_READ|PROT_WRITE", "mprotect"}));
  send(of(wire::REC_EXEC, 9), {0, 0, 9}, {{0, "/bin/x"}, {1, "x"}});
  send(of(wire::REC_SYSCALL, 9, 10, 0), {0x7000, 4096, 5});
  EXPECT_EQ(seen_.back().texts[4], "?");  // another program: not known
}

TEST_F(TrackerTest, SignalsTellWhoSentThem) {
  const auto info = [](uint64_t pid, uint64_t uid) { return pid | uid << 32; };
  send_task(9, 0, wire::PHASE_HOST, kHostMnt, 0);
  send(of(wire::REC_SIGNAL, 9), {10, uint64_t(-6), info(21, 1000), 99, 0x4000});
  send(of(wire::REC_SIGNAL, 9), {17, 1, info(22, 0), 7, 0});
  send(of(wire::REC_SIGNAL, 9), {11, 1, 0xdead, 99, 0});
  uint64_t comm[2] = {};
  std::memcpy(comm, "killer", 6);
  send(of(wire::REC_SIGNAL_SENT, 9), {9, 0, 9, 9, 30, 31, comm[0], comm[1], 1, 2});
  ASSERT_EQ(names(),
            (Names{"signal_deliver", "signal_deliver", "signal_deliver", "signal_generate"}));
  EXPECT_EQ(seen_[0].args, (std::vector<uint64_t>{10, 0, 21, 1000, 0, 0, 0x4000}));
  EXPECT_EQ(seen_[1].args, (std::vector<uint64_t>{17, 0, 22, 0, 7, 0, 0}));
  EXPECT_EQ(seen_[2].args, (std::vector<uint64_t>{11, 0, 0, 0, 0, 0xdead, 0}));
  EXPECT_EQ(seen_[3].args, (std::vector<uint64_t>{9, 0, 9, 9, 30, 0, 1, 0}));
  EXPECT_EQ(seen_[0].texts[1], "SI_TKILL");
  EXPECT_EQ(seen_[1].texts[1], "CLD_EXITED");
  EXPECT_EQ(seen_[2].texts[1], "SEGV_MAPERR");
  EXPECT_EQ(seen_[3].texts[1], "SI_USER");
  EXPECT_EQ(seen_[3].texts[7], "ALREADY_PENDING");
  EXPECT_EQ(seen_[3].texts[5], "killer");
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

TEST_F(TrackerTest, AKilledProcessMakesNoExitCall) {
  send_task(9, 0, wire::PHASE_HOST, kHostMnt, 0);
  send(of(wire::REC_EXIT, 9), {9, uint64_t(-1), 0, 1});
  ASSERT_EQ(names(), (Names{"sched_process_exit"}));
  EXPECT_EQ(seen_[0].args[1], 9u);
}

TEST_F(TrackerTest, AnExecveIntoAnotherWordSizeIsTheCallersCall) {
  send_task(9, 0, wire::PHASE_HOST, kHostMnt, 0);
  call_getppid(9);
  send(of(wire::REC_EXEC, 9), {0, 0, 9}, {{0, "/bin/i386"}, {1, "x"}});
  send(of(wire::REC_SYSCALL, 9, 11, 0, wire::ABI_I386), {0, 0, 0});
  send(of(wire::REC_SYSCALL, 9, 64, 1, wire::ABI_I386), {});
  ASSERT_EQ(names(), (Names{"getppid", "sched_process_exec", "execve", "getppid"}));
  EXPECT_EQ(seen_[2].abi, Abi::kX86_64);
  EXPECT_EQ(seen_[2].texts[0], "/bin/i386");
  EXPECT_EQ(seen_[3].abi, Abi::kI386);
}

TEST_F(TrackerTest, AnExitIsOfTheTableItWasMadeIn) {
  send_task(9, 0, wire::PHASE_HOST, kHostMnt, 0);
  send(of(wire::REC_SYSCALL, 9, 20, 9, wire::ABI_I386), {});
  send(of(wire::REC_EXIT, 9), {0, 231, 0, 1});
  EXPECT_EQ(names(), (Names{"getpid", "exit_group", "sched_process_exit"}));
}

// At its end the registers say execve and hold no argument.
TEST_F(TrackerTest, AnExecveatThatSucceedsIsToldAsItWasMade) {
  send_task(9, 0, wire::PHASE_HOST, kHostMnt, 0);
  send(of(wire::REC_EXEC, 9, 322), {0, 0, 9, 5, 0x10, 0x20, 0x30, 0x100},
       {{0, "/dev/fd/5/bin/ls"}, {1, std::string("ls\0", 3)}});
  send(of(wire::REC_SYSCALL, 9, 59, 0), {0, 0, 0});
  ASSERT_EQ(names(), (Names{"sched_process_exec", "execveat"}));
  EXPECT_EQ(seen_[1].args[0], 5u);
  EXPECT_EQ(seen_[1].texts[1], "bin/ls");
  EXPECT_EQ(seen_[1].args[3], 0x30u);
  EXPECT_EQ(seen_[1].args[4], 0x100u);
}

TEST_F(TrackerTest, AFailedExecveKeepsItsOwnArguments) {
  send_task(9, 0, wire::PHASE_HOST, kHostMnt, 0);
  send(of(wire::REC_SYSCALL, 9, 59, -2), {1, 2, 3}, {{0, "/no"}, {1, std::string("no\0", 3)}});
  ASSERT_EQ(names(), (Names{"execve"}));
  EXPECT_EQ(seen_[0].result, -2);
  EXPECT_EQ(seen_[0].texts[0], "/no");
}

TEST_F(TrackerTest, ALossStandsBeforeTheRecordThatShowsIt) {
  send_task(9, 0, wire::PHASE_HOST, kHostMnt, 0);
  send(of(wire::REC_SYSCALL, 9, 110, 1), {}, {}, 12);
  ASSERT_EQ(names(), (Names{"lost", "getppid"}));
  EXPECT_EQ(seen_[0].args[1], 12u);
  EXPECT_EQ(seen_[0].time_ns, seen_[1].time_ns);
  EXPECT_EQ(tracker_->lost(), 12u);
}

TEST_F(TrackerTest, NumbersBeyondEveryTableAreToldAsTheyAre) {
  send_task(9, 0, wire::PHASE_HOST, kHostMnt, 0);
  send(of(wire::REC_SYSCALL, 9, 490, -38), {1, 2, 3, 4, 5, 6});
  send(of(wire::REC_SYSCALL, 9, wire::NR_OUT_OF_RANGE, -38), {1, 2, 3, 4, 5, 6, uint64_t(-5)});
  ASSERT_EQ(names(), (Names{"syscall_490", "syscall_invalid"}));
  EXPECT_EQ(seen_[0].args[5], 6u);
  EXPECT_EQ(seen_[1].args[0], uint64_t(-5));
  EXPECT_EQ(seen_[1].args[1], 1u);
}

TEST_F(TrackerTest, AnUnknownTaskIsShownByItsNumber) {
  call_getppid(4321);
  ASSERT_EQ(names(), (Names{"getppid"}));
  EXPECT_EQ(seen_[0].comm, "");
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

TEST_F(TrackerTest, CommandModeLeavesOutTheRecordersOwnCalls) {
  start({}, true, 9);
  send_task(9, 0, wire::PHASE_HOST, kHostMnt, 0, "ctrace-record");
  call_getppid(9);
  send(of(wire::REC_EXEC, 9), {0, 0, 9}, {{0, "/bin/ls"}, {1, "ls"}});
  send(of(wire::REC_SYSCALL, 9, 59, 0), {0, 0, 0});
  EXPECT_EQ(names(), (Names{"sched_process_exec", "execve"}));
}

TEST_F(TrackerTest, CommandModeDropsNothingForWantOfAContainer) {
  start({}, true);
  make_cgroup(kCgroup, "/plain");
  send_task(5, kCgroup, wire::PHASE_SETUP, kHostMnt, 0);
  call_getppid(5);
  ASSERT_EQ(names(), (Names{"getppid"}));
  EXPECT_EQ(seen_[0].container, "");
}

// The kernel side tells only whoever made the call anew.
TEST_F(TrackerTest, ANewHostNameIsThatOfAllTasksOfItsNamespace) {
  start({}, true);
  const auto tell = [this](uint32_t tid, uint32_t uts_ns, const char* name) {
    wire::task_record body = {};
    body.uts_ns = uts_ns;
    std::strncpy(body.nodename, name, sizeof body.nodename - 1);
    send_task(body, tid, 0, wire::PHASE_HOST, kHostMnt, 0, "sh");
  };
  tell(5, 1, "old");
  tell(6, 1, "old");
  tell(7, 2, "old");
  call_getppid(6);
  tell(5, 1, "new");
  for (uint32_t tid : {5, 6, 7, 6}) call_getppid(tid);
  std::vector<std::string> host_names;
  for (const Seen& seen : seen_) host_names.push_back(seen.host_name);
  EXPECT_EQ(host_names, (Names{"old", "new", "new", "old", "new"}));
}

wire::in_flight_record read_in_flight(uint32_t tid, uint64_t time_ns) {
  wire::in_flight_record call = {};
  call.time_ns = time_ns;
  call.tid = tid;
  call.wanted = 1;
  call.args[0] = 5;
  call.args[2] = 100;
  call.task.tgid = tid;
  std::strcpy(call.task.comm, "waits");
  return call;
}

TEST_F(TrackerTest, ACallThatHadNotEndedIsToldLast) {
  start({}, true);
  tracker_->expect_unfinished({read_in_flight(9, now_ns_)});
  const auto calls = tracker_->finish(now_ns_ + 5);
  ASSERT_EQ(names(), (Names{"read"}));
  EXPECT_EQ(seen_[0].result, kNoResult);
  EXPECT_EQ(seen_[0].time_ns, now_ns_ + 5);
  EXPECT_EQ(seen_[0].args, (std::vector<uint64_t>{5, 0, 100}));
  EXPECT_EQ(seen_[0].comm, "waits");
  EXPECT_EQ(calls.size(), 1u);
}

// Told once, for as many calls as have it; also for one that had not ended.
TEST_F(TrackerTest, DescriptorsAreNamed) {
  start({}, true);
  send_file(77, std::string("passwd\0etc", 11));
  const auto ids = [](uint64_t first) {
    return Text{wire::BLOB_FILES, std::string(reinterpret_cast<const char*>(&first), sizeof first)};
  };
  send(of(wire::REC_SYSCALL, 9, 0, 1), {5, 0, 100}, {ids(77)});
  send(of(wire::REC_SYSCALL, 9, 0, 1), {6, 0, 100}, {ids(78)});
  wire::in_flight_record call = read_in_flight(9, now_ns_);
  call.files[0] = 77;
  tracker_->expect_unfinished({call});
  tracker_->finish(now_ns_ + 5);
  ASSERT_EQ(names(), (Names{"read", "read", "read"}));
  EXPECT_EQ(seen_[0].descriptors, (Names{"/etc/passwd"}));
  EXPECT_EQ(seen_[1].descriptors, (Names{""}));
  EXPECT_EQ(seen_[2].descriptors, (Names{"/etc/passwd"}));
}

TEST_F(TrackerTest, TheProgramOfATask) {
  start({}, true);
  send_file(77, std::string("sh\0bin", 7));
  wire::task_record task = {};
  task.start_ns = 5;
  task.exe = 77;
  send_task(task, 9, 0, wire::PHASE_HOST, kHostMnt, 0, "sh");
  call_getppid(9);
  task.exe = 0;  // as before
  send_task(task, 9, 0, wire::PHASE_HOST, kHostMnt, 0, "renamed");
  call_getppid(9);
  task.exe = 78;  // its record was lost
  send_task(task, 9, 0, wire::PHASE_HOST, kHostMnt, 0, "sh");
  call_getppid(9);
  task.exe = 77;
  send_task(task, 9, 0, wire::PHASE_HOST, kHostMnt, 0, "sh");
  task.start_ns = 6;  // another task has the number
  task.exe = 0;
  send_task(task, 9, 0, wire::PHASE_HOST, kHostMnt, 0, "sh");
  call_getppid(9);
  std::vector<std::string> programs;
  for (const Seen& seen : seen_)
    if (seen.name == "getppid") programs.push_back(seen.exe);
  EXPECT_EQ(programs, (Names{"/bin/sh", "/bin/sh", "", ""}));
}

TEST_F(TrackerTest, ACallThatEndedAfterTheLookIsNotToldTwice) {
  start({}, true);
  tracker_->expect_unfinished(
      {read_in_flight(9, now_ns_), read_in_flight(10, now_ns_ + 100), read_in_flight(11, now_ns_)});
  send(of(wire::REC_SYSCALL, 9, 0, 1), {5, 0, 100});
  send(of(wire::REC_SYSCALL, 10, 0, 1), {5, 0, 100});  // an earlier one
  send(of(wire::REC_EXIT, 11), {9, uint64_t(-1), 0, 1});
  const auto calls = tracker_->finish(now_ns_ + 200);
  ASSERT_EQ(names(), (Names{"read", "read", "sched_process_exit", "read"}));
  EXPECT_EQ(seen_[0].result, 1);
  EXPECT_EQ(seen_[3].result, kNoResult);
  ASSERT_EQ(calls.size(), 1u);
  EXPECT_EQ(calls[0].tid, 10u);
}

}  // namespace
}  // namespace ctrace
