// Records to events: what belongs together, and who did it.
#include "tests/unit/tracker_fixture.h"

namespace ctrace {
namespace {

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

TEST_F(TrackerTest, CommandModeLeavesOutTheRecordersOwnCalls) {
  start({}, true, 9);
  send_task(9, 0, wire::PHASE_HOST, kHostMnt, 0, "ctrace-record");
  call_getppid(9);
  send(of(wire::REC_EXEC, 9), {0, 0, 9}, {{0, "/bin/ls"}, {1, "ls"}});
  send(of(wire::REC_SYSCALL, 9, 59, 0), {0, 0, 0});
  EXPECT_EQ(names(), (Names{"sched_process_exec", "execve"}));
}

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
