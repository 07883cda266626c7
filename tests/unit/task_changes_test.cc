#include "record/task_changes.h"

#include <gtest/gtest.h>

#include <vector>

#include "format/catalogue/catalogue.h"

namespace ctrace {
namespace {

wire::task_record record(uint32_t euid, uint64_t cap_eff, uint32_t net_ns) {
  wire::task_record task = {};
  task.euid = task.fsuid = euid;
  task.egid = 7;
  task.cap_eff = cap_eff;
  task.mnt_ns = 10;
  task.child_pid_ns = 20;
  task.uts_ns = 30;
  task.net_ns = net_ns;
  return task;
}

TEST(TaskChanges, OldAndNewRights) {
  const TaskRights root = TaskRights::of(record(0, 0xff, 40), {});
  const TaskRights user = TaskRights::of(record(1000, 0, 40), root);
  Event event;
  ASSERT_TRUE(put_commit_creds(root, user, event));
  EXPECT_EQ(std::vector<uint64_t>(event.args, event.args + kMaxArgs),
            (std::vector<uint64_t>{0, 1000, 7, 7, 0, 1000, 0xff, 0}));
  EXPECT_FALSE(put_commit_creds(user, user, event));
  EXPECT_FALSE(put_commit_creds({}, user, event));
}

TEST(TaskChanges, NewNamespacesAlone) {
  const TaskRights before = TaskRights::of(record(0, 0, 40), {});
  const TaskRights after = TaskRights::of(record(0, 0, 41), before);
  Task task;
  task.pid = 99;
  Event event;
  event.task = &task;
  ASSERT_TRUE(put_switch_task_ns(before, after, event));
  EXPECT_EQ(std::vector<uint64_t>(event.args, event.args + kMaxArgs),
            (std::vector<uint64_t>{99, 0, 0, 0, 0, 41, 0, 0}));
  EXPECT_FALSE(put_switch_task_ns(after, after, event));
  EXPECT_FALSE(put_switch_task_ns({}, after, event));
  // One that exits has none any more, which is no switch.
  const TaskRights gone = TaskRights::of(wire::task_record{}, after);
  EXPECT_FALSE(put_switch_task_ns(after, gone, event));
  EXPECT_TRUE(put_switch_task_ns(gone, before, event));
}

}  // namespace
}  // namespace ctrace
