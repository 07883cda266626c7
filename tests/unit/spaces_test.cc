// Containers without a cgroup of their own, from the records that tell of them.
#include "record/spaces.h"

#include "tests/unit/tracker_fixture.h"

namespace ctrace {
namespace {

constexpr uint32_t kInode = 4026532281;

class SpacesTest : public TrackerTest {
 protected:
  static constexpr uint64_t kSpace = SPACE_BIT | kInode;
  static constexpr uint64_t kShared = 77;  // the cgroup of all

  void begin(uint64_t start_ns, const char* maker = "bwrap") {
    uint64_t comm[2] = {};
    std::memcpy(comm, maker, std::strlen(maker));
    send(of(wire::REC_SPACE, 0), {kSpace, 9, comm[0], comm[1], start_ns});
  }
  void exec(uint32_t tid) {
    wire::task_record body = {};
    body.cgroup_id = kShared;
    send_in_space(tid);
    send(of(wire::REC_EXEC, tid), {0, 0, tid}, {{0, "/bin/true"}, {1, std::string("true\0", 5)}});
  }
  void send_in_space(uint32_t tid) {
    wire::task_record body = {};
    body.tgid = tid;
    body.cgroup_id = kShared;
    body.top_cgroup = kSpace;
    body.phase = wire::PHASE_OWN;
    body.pid_level = 1;
    std::vector<uint64_t> words(sizeof body / 8);
    std::memcpy(words.data(), &body, sizeof body);
    send(of(wire::REC_TASK, tid), words);
  }
};

TEST_F(SpacesTest, OneIsAContainerFromItsFirstProgramToItsEnd) {
  begin(500);
  exec(10);
  call_getppid(10);
  send(of(wire::REC_EXIT, 10), {7 << 8, 231, 7, 1});
  send(of(wire::REC_SPACE_END, 0), {kSpace});
  EXPECT_EQ(names(), (Names{"container_start", "sched_process_exec", "getppid", "exit_group",
                            "sched_process_exit", "container_stop"}));
  for (const Seen& seen : seen_) EXPECT_EQ(seen.container, "bwrap-4026532281");
  ASSERT_FALSE(announced_.empty());
  EXPECT_EQ(announced_.back().id, "ns-4026532281");
  EXPECT_EQ(announced_.back().engine, "bwrap");
  EXPECT_EQ(announced_.back().wait_status >> 8, 7u);
  // The kernel side forgot it by itself; the number may be another's already.
  EXPECT_TRUE(forgotten_.empty());
}

TEST_F(SpacesTest, WhatItsLastProcessesDoIsItsOwn) {
  begin(500);
  exec(10);
  send(of(wire::REC_SPACE_END, 0), {kSpace});
  send_in_space(11);
  call_getppid(11);
  EXPECT_EQ(seen_.back().name, "getppid");
  EXPECT_EQ(seen_.back().container, "bwrap-4026532281");
  EXPECT_EQ(gone_, 1);
}

TEST_F(SpacesTest, ANumberIsUsedAgain) {
  begin(500);
  exec(10);
  send(of(wire::REC_SPACE_END, 0), {kSpace});
  begin(600, "unshare");
  exec(12);
  EXPECT_EQ(seen_.back().container, "unshare-4026532281");
  EXPECT_EQ(announced_.back().engine, "");
}

TEST_F(SpacesTest, OneThatRanBeforeBeginsNoMore) {
  containers_->recording_begins(1000);
  begin(500);
  exec(10);
  EXPECT_EQ(names(), (Names{"sched_process_exec"}));
  EXPECT_TRUE(announced_.back().existing);
}

// Its first record found no room.
TEST_F(SpacesTest, OneWhoseBeginningWasLostHasItsNumber) {
  exec(10);
  EXPECT_EQ(seen_.back().container, "ns-4026532281");
  EXPECT_FALSE(announced_.back().existing);
}

TEST_F(SpacesTest, OneThatIsNotWantedIsNobodys) {
  start({.containers = {"web"}});
  begin(500);
  exec(10);
  EXPECT_TRUE(seen_.empty());
  EXPECT_EQ(ignored_, (std::vector<uint64_t>{kSpace}));
}

TEST_F(SpacesTest, HostileRecordsAreNoSpaces) {
  send(of(wire::REC_SPACE, 0), {kInode, 9, 0, 0, 0});
  send(of(wire::REC_SPACE, 0), {TOP_UNWANTED, 9, 0, 0, 0});
  send(of(wire::REC_SPACE, 0), {kSpace});
  send(of(wire::REC_SPACE_END, 0), {});
  EXPECT_TRUE(announced_.empty());
}

}  // namespace
}  // namespace ctrace
