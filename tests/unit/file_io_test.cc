#include "record/file_io.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "format/catalogue/catalogue.h"
#include "format/catalogue/other_events.h"
#include "record/plan.h"

namespace ctrace {
namespace {

constexpr uint64_t kMinusOne = UINT64_MAX;
const NamedFile kFile = {"/etc/passwd", 0x801, 17, 0100644};

Filter filter_of(const std::vector<std::string>& events) {
  FilterSpec spec;
  spec.events = events;
  return *Filter::compile(spec);
}

// What follows from a call, the descriptor being at `position` when it ends.
std::optional<Event> made(const FileIo& io, const EventType& type, std::vector<uint64_t> args,
                          int64_t result, uint64_t position, Abi abi = Abi::kX86_64) {
  Event call;
  call.type = &type;
  call.abi = abi;
  call.result = result;
  std::copy(args.begin(), args.end(), call.args);
  return io.made_of(call, kFile, position);
}
std::optional<Event> made(const char* name, std::vector<uint64_t> args, int64_t result,
                          uint64_t position) {
  static const FileIo io(filter_of({"vfs_*"}));
  return made(io, *find_event(name), std::move(args), result, position);
}

TEST(FileIo, WhatIsReadAtTheDescriptorsPosition) {
  const auto event = made("read", {3, 0x1000, 4096}, 100, 250);
  ASSERT_TRUE(event);
  EXPECT_EQ(event->type->name, "vfs_read");
  EXPECT_EQ(event->result, 100);
  EXPECT_EQ(event->texts[0].bytes, "/etc/passwd");
  EXPECT_EQ(event->args[1], 0x801U);
  EXPECT_EQ(event->args[2], 17U);
  EXPECT_EQ(event->args[3], 4096U);
  EXPECT_EQ(event->args[4], 150U);
  EXPECT_EQ(made("write", {3, 0, 9}, 9, 0)->args[4], 0U);  // a pipe
  EXPECT_EQ(made("writev", {3, 0, 2}, 30, 30)->args[4], 0U);
  EXPECT_EQ(made("readv", {3, 0, 2}, 0, 30)->args[4], 30U);  // the end
}

TEST(FileIo, WhatIsReadAtAnArgument) {
  EXPECT_EQ(made("pread64", {3, 0, 10, 5000}, 10, 7)->args[4], 5000U);
  EXPECT_EQ(made("pwrite64", {3, 0, 10, 5000}, 10, 7)->type->name, "vfs_write");
  // A second half counts for nothing where one register holds all.
  EXPECT_EQ(made("preadv", {3, 0, 2, 5000, 9}, 10, 7)->args[4], 5000U);
  EXPECT_EQ(made("pwritev2", {3, 0, 2, 5000, 0, 0}, 10, 70)->args[4], 5000U);
  EXPECT_EQ(made("preadv2", {3, 0, 2, kMinusOne, kMinusOne, 0}, 10, 70)->args[4], 60U);
  EXPECT_EQ(made("preadv2", {3, 0, 2, kMinusOne, kMinusOne, 0}, 10, 70)->type->name, "vfs_readv");
}

TEST(FileIo, OffsetsInHalves) {
  const FileIo io(filter_of({"vfs_read", "vfs_readv"}));
  const EventType& pread = syscall_event(Abi::kI386, 180);
  const EventType& preadv = syscall_event(Abi::kI386, 333);
  const EventType& preadv2 = syscall_event(Abi::kI386, 378);
  EXPECT_EQ(made(io, pread, {3, 0, 10, 5, 2}, 10, 0, Abi::kI386)->args[4], 5 + (2ull << 32));
  EXPECT_EQ(made(io, preadv, {3, 0, 1, 5, 2}, 10, 0, Abi::kI386)->args[4], 5 + (2ull << 32));
  constexpr uint64_t kHalf = UINT32_MAX;
  EXPECT_EQ(made(io, preadv2, {3, 0, 1, kHalf, kHalf, 0}, 10, 30, Abi::kI386)->args[4], 20U);
}

TEST(FileIo, WhatFailedOrIsNotAskedFor) {
  EXPECT_FALSE(made("read", {3, 0, 10}, -9, 0));
  EXPECT_FALSE(made("close", {3}, 0, 0));
  EXPECT_FALSE(made("recvfrom", {3, 0, 10}, 10, 0));
  const FileIo writes(filter_of({"vfs_write"}));
  EXPECT_TRUE(writes.any());
  EXPECT_FALSE(made(writes, *find_event("read"), {3, 0, 10}, 10, 10));
  EXPECT_TRUE(made(writes, *find_event("pwrite64"), {3, 0, 10, 0}, 10, 10));
  EXPECT_FALSE(FileIo(filter_of({})).any());
  EXPECT_FALSE(FileIo(filter_of({"*"})).any());
  EXPECT_FALSE(FileIo(filter_of({"read"})).any());
  EXPECT_TRUE(FileIo(filter_of({"vfs*"})).any());
}

// The kernel side tells where a descriptor is, and for nobody else.
TEST(FileIo, ThePlanAsksForPositions) {
  const auto rows = [](const std::vector<std::string>& events, const char* call) {
    const Plans plans = make_plans(filter_of(events), true);
    const auto native = static_cast<Abi>(wire::ABI_NATIVE);
    const wire::plan& plan =
        plans.calls[static_cast<size_t>(*syscall_number(find_event(call)->id, native))];
    std::vector<int> ops;
    for (int i = 0; i < plan.files; ++i) ops.push_back(plan.file[i] >> wire::FILE_OP_SHIFT);
    if (!(plan.flags & wire::PLAN_WANTED)) ops.clear();
    return ops;
  };
  using Ops = std::vector<int>;
  const Ops both = {wire::FILE_OPEN, wire::FILE_POSITION}, name = {wire::FILE_OPEN};
  EXPECT_EQ(rows({"vfs_read"}, "read"), both);
  EXPECT_EQ(rows({"vfs_read"}, "pread64"), name);
  EXPECT_EQ(rows({"vfs_read"}, "write"), Ops());
  EXPECT_EQ(rows({"vfs_readv", "write"}, "preadv2"), both);
  EXPECT_EQ(rows({"vfs_readv", "write"}, "write"), name);
  EXPECT_EQ(rows({}, "read"), name);
}

}  // namespace
}  // namespace ctrace
