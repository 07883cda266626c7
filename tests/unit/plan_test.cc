// What the kernel side is told to read of each call.
#include "record/plan.h"

#include <gtest/gtest.h>

#include <string>

#include "format/catalogue/catalogue.h"
#include "format/decode/structures.h"

namespace ctrace {
namespace {

const Plans& plans() {
  static const Plans made = make_plans(Filter(), true);
  return made;
}

// The row of a call, by its number in a table.
const wire::plan& plan_of(std::string_view name, Abi abi = Abi::kX86_64) {
  for (const EventType* type : find_events(name)) {
    const auto number = syscall_number(type->id, abi);
    if (!number) continue;
    if (abi == Abi::kI386) return plans().calls[wire::PLAN_SYSCALLS + *number];
    if (abi == Abi::kX32 && *number >= wire::PLAN_SYSCALLS)
      return plans().calls[wire::PLAN_X32 + *number - wire::PLAN_SYSCALLS];
    return plans().calls[*number];
  }
  ADD_FAILURE() << name;
  return plans().calls[0];
}

// "arg op/when size limit count" of each blob.
std::string shown(std::string_view name, Abi abi = Abi::kX86_64) {
  std::string text;
  const wire::plan& plan = plan_of(name, abi);
  for (int i = 0; i < plan.blobs; ++i) {
    const auto& blob = plan.blob[i];
    const wire::pointee& row = plans().pointees[blob.pointee];
    if (i > 0) text += ", ";
    text += std::to_string(blob.arg) + " " + std::to_string(row.op) + "/" +
            std::to_string(row.when) + " " + std::to_string(row.size) + " " +
            std::to_string(row.limit) + " " + std::to_string(blob.count);
  }
  return text;
}

std::string row(int arg, wire::blob_op op, wire::blob_when when, int size, int limit, int count) {
  return std::to_string(arg) + " " + std::to_string(op) + "/" + std::to_string(when) + " " +
         std::to_string(size) + " " + std::to_string(limit) + " " + std::to_string(count);
}

using namespace wire;  // NOLINT(build/namespaces)

TEST(PlanTest, WhatIsReadOfEachCall) {
  EXPECT_EQ(shown("getpid"), "");
  EXPECT_EQ(shown("close"), "");
  EXPECT_EQ(shown("read"), "");
  EXPECT_EQ(shown("nanosleep"), row(0, OP_BYTES, WHEN_ALWAYS, 16, 16, COUNT_ONE) + ", " +
                                    row(1, OP_BYTES, WHEN_INTERRUPTED, 16, 16, COUNT_ONE));
  EXPECT_EQ(shown("utimensat"), row(1, OP_TEXT, WHEN_ALWAYS, 0, MAX_BYTES, COUNT_ONE) + ", " +
                                    row(2, OP_BYTES, WHEN_ALWAYS, 32, 32, COUNT_ONE));
  EXPECT_EQ(shown("poll"), row(0, OP_BYTES, WHEN_ALWAYS, 8, 512, 1));
  EXPECT_EQ(shown("epoll_wait"), row(1, OP_BYTES, WHEN_SUCCESS, 12, 768, COUNT_RESULT));
  EXPECT_EQ(shown("readlink"), row(0, OP_TEXT, WHEN_ALWAYS, 0, MAX_BYTES, COUNT_ONE) + ", " +
                                   row(1, OP_BYTES, WHEN_SUCCESS, 1, MAX_BYTES, COUNT_RESULT));
  EXPECT_EQ(shown("connect"), row(1, OP_BYTES, WHEN_ALWAYS, 1, MAX_SOCKADDR, 2));
  EXPECT_EQ(shown("getsockname"), row(1, OP_BYTES_AT, WHEN_SUCCESS, 1, MAX_SOCKADDR, 2) + ", " +
                                      row(2, OP_BYTES, WHEN_SUCCESS, 4, 4, COUNT_ONE));
  EXPECT_EQ(shown("clone3"), row(0, OP_BYTES, WHEN_ALWAYS, 1, 88, 1));
  EXPECT_EQ(shown("setgroups"), row(1, OP_BYTES, WHEN_ALWAYS, 4, 256, 0));
  EXPECT_EQ(shown("wait4"), row(1, OP_BYTES, WHEN_POSITIVE, 4, 4, COUNT_ONE) + ", " +
                                row(3, OP_BYTES, WHEN_POSITIVE, 32, 32, COUNT_ONE));
  EXPECT_EQ(shown("select").substr(0, 9), row(1, OP_BITS, WHEN_ALWAYS, 8, 128, 0).substr(0, 9));
}

TEST(PlanTest, SizesAreThoseOfTheTable) {
  EXPECT_EQ(shown("rt_sigaction", Abi::kI386),
            row(1, OP_BYTES, WHEN_ALWAYS, 20, 20, COUNT_ONE) + ", " +
                row(2, OP_BYTES, WHEN_SUCCESS, 20, 20, COUNT_ONE));
  EXPECT_EQ(shown("writev"), row(1, OP_BYTES, WHEN_ALWAYS, 16, 256, 2));
  EXPECT_EQ(shown("writev", Abi::kI386), row(1, OP_BYTES, WHEN_ALWAYS, 8, 128, 2));
  EXPECT_EQ(shown("writev", Abi::kX32), row(1, OP_BYTES, WHEN_ALWAYS, 8, 128, 2));
  EXPECT_EQ(shown("execve").substr(0, 20), shown("execve", Abi::kX32).substr(0, 20));
  const wire::plan& execve = plan_of("execve", Abi::kI386);
  EXPECT_EQ(plans().pointees[execve.blob[1].pointee].size, 4);
  EXPECT_EQ(plans().pointees[plan_of("execve").blob[1].pointee].size, 8);
}

TEST(PlanTest, ASinglePathIsMarked) {
  EXPECT_EQ(plan_of("open").single_text, 1);
  EXPECT_EQ(plan_of("rename").single_text, 0);
  EXPECT_EQ(plan_of("nanosleep").single_text, 0);
  EXPECT_EQ(plan_of("close").single_text, 0);
}

TEST(PlanTest, AnotherArgumentMayDecide) {
  const auto& futex = plan_of("futex").blob[0];
  EXPECT_EQ(futex.arg, 3);
  EXPECT_EQ(futex.decider, 1);
  const wire::pointee& row = plans().pointees[futex.pointee];
  EXPECT_EQ(row.decider_mask, 0x7fu);
  EXPECT_EQ(row.decided_by & 3, 1u);  // FUTEX_WAIT, and not FUTEX_WAKE
  EXPECT_EQ(plan_of("nanosleep").blob[0].decider, NO_DECIDER);
}

TEST(PlanTest, ContentsOfBuffersAreReadWhereAskedFor) {
  const Plans deep = make_plans(Filter(), true, {.payload_bytes = 100, .environment = true});
  const auto blobs = [&](int number) { return deep.calls[number].blobs; };
  EXPECT_EQ(plans().calls[1].blobs, 0);  // write
  ASSERT_EQ(blobs(1), 1);
  const pointee& written = deep.pointees[deep.calls[1].blob[0].pointee];
  EXPECT_EQ(written.payload, PAYLOAD_IN);
  EXPECT_EQ(written.limit, 100);
  ASSERT_EQ(blobs(0), 1);  // read
  EXPECT_EQ(deep.pointees[deep.calls[0].blob[0].pointee].payload, PAYLOAD_OUT);
  EXPECT_EQ(deep.calls[0].blob[0].count, COUNT_RESULT);
  EXPECT_EQ(deep.pointees[deep.calls[20].blob[0].pointee].op, OP_VECTORS);  // writev
  EXPECT_EQ(plans().calls[59].blobs, 2);                                    // execve
  EXPECT_EQ(blobs(59), 3);
}

// The kernel side masks and clamps by these.
TEST(PlanTest, RowsKeepTheirBounds) {
  for (const wire::plan& plan : plans().calls) {
    ASSERT_LE(plan.blobs, MAX_BLOBS);
    for (int i = 0; i < plan.blobs; ++i) {
      const auto& blob = plan.blob[i];
      EXPECT_LT(blob.arg, plan.args);
      EXPECT_TRUE(blob.count < plan.args || blob.count >= COUNT_ONE);
      EXPECT_TRUE(blob.decider < plan.args || blob.decider == NO_DECIDER);
      const wire::pointee& row = plans().pointees[blob.pointee];
      EXPECT_LE(row.limit, MAX_BYTES);
      EXPECT_GT(row.limit, 0);
      if (row.op == OP_BITS) EXPECT_TRUE(row.size == 4 || row.size == 8);
    }
  }
}

}  // namespace
}  // namespace ctrace
