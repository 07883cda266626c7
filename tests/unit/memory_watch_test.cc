#include "record/memory_watch.h"

#include <gtest/gtest.h>
#include <linux/shm.h>
#include <sys/mman.h>

#include <optional>
#include <vector>

#include "format/catalogue/catalogue.h"

namespace ctrace {
namespace {

constexpr uint32_t kRead = PROT_READ, kWrite = PROT_READ | PROT_WRITE, kRun = PROT_READ | PROT_EXEC,
                   kAll = PROT_READ | PROT_WRITE | PROT_EXEC;

class MemoryWatchTest : public ::testing::Test {
 protected:
  std::optional<MemoryWatch::Alert> call(const char* name, std::vector<uint64_t> args,
                                         int64_t result = 0, uint32_t pid = 1) {
    Event event;
    event.type = find_event(name);
    event.result = result;
    std::copy(args.begin(), args.end(), event.args);
    return watch_.call_ended(pid, event);
  }
  // Maps, and expects nothing to be told.
  void map(uint64_t at, uint64_t bytes, uint32_t prot) {
    EXPECT_FALSE(call("mmap", {0, bytes, prot}, static_cast<int64_t>(at)));
  }
  // The alert of a changed protection, 0: none.
  uint32_t protect(uint64_t at, uint64_t bytes, uint32_t prot, uint32_t pid = 1) {
    const auto alert = call("mprotect", {at, bytes, prot}, 0, pid);
    if (alert) prev_ = alert->prev_prot;
    return alert ? alert->alert : 0;
  }

  MemoryWatch watch_;
  int32_t prev_ = 0;
};

TEST_F(MemoryWatchTest, MappingsThatAreBoth) {
  const auto alert = call("mmap", {0, 8192, kAll}, 0x7000);
  ASSERT_TRUE(alert);
  EXPECT_EQ(alert->alert, kMappedWritable);
  EXPECT_EQ(alert->address, 0x7000u);
  EXPECT_EQ(alert->bytes, 8192u);
  EXPECT_EQ(alert->prot, kAll);
  EXPECT_FALSE(call("mmap", {0, 8192, kAll}, -12));
  EXPECT_FALSE(call("mmap", {0, 8192, kRun}, 0x9000));
  EXPECT_FALSE(call("mmap", {0, 8192, kWrite}, 0x9000));
  EXPECT_TRUE(call("shmat", {5, 0, SHM_EXEC}, 0x9000));
  EXPECT_FALSE(call("shmat", {5, 0, SHM_EXEC | SHM_RDONLY}, 0x9000));
  EXPECT_FALSE(call("shmat", {5, 0, 0}, 0x9000));
  EXPECT_TRUE(call("mmap2", {0, 4096, kAll}, 0x8000));
  EXPECT_FALSE(call("read", {0, 4096, kAll}, 0x8000));
}

TEST_F(MemoryWatchTest, ChangesBetweenWritableAndExecutable) {
  map(0x10000, 0x4000, kWrite);
  EXPECT_EQ(protect(0x10000, 0x1000, kRead), 0u);
  EXPECT_EQ(protect(0x10000, 0x4000, kRun), kMadeExecutable);
  EXPECT_EQ(prev_, static_cast<int32_t>(kWrite));
  EXPECT_EQ(protect(0x10000, 0x4000, kRun), 0u);
  EXPECT_EQ(protect(0x11000, 0x1000, kAll), kMadeWritable);
  EXPECT_EQ(prev_, static_cast<int32_t>(kRun));
  EXPECT_EQ(protect(0x11000, 0x1000, kAll), 0u);
  EXPECT_EQ(protect(0x11000, 0x1000, kRun), kMadeUnwritable);
  EXPECT_EQ(prev_, static_cast<int32_t>(kAll));
  EXPECT_EQ(protect(0x12000, 0x1000, kWrite), 0u);
  // Some of it was executable, some was not.
  EXPECT_EQ(protect(0x10000, 0x4000, kAll), kMadeExecutable);
}

TEST_F(MemoryWatchTest, WhatIsNotKnownIsSaid) {
  EXPECT_EQ(protect(0x10000, 0x1000, kWrite), 0u);
  EXPECT_EQ(protect(0x20000, 0x1000, kRun), kMadeExecutable);
  EXPECT_EQ(prev_, -1);
  EXPECT_FALSE(call("mprotect", {0x30000, 0x1000, kRun}, -13));
  EXPECT_EQ(call("pkey_mprotect", {0x30000, 0x1000, kRun, 1})->prev_prot, -1);
}

TEST_F(MemoryWatchTest, UnmappedAndMoved) {
  map(0x10000, 0x4000, kWrite);
  call("munmap", {0x11000, 0x1000});
  EXPECT_EQ(protect(0x11000, 0x1000, kRun), kMadeExecutable);
  EXPECT_EQ(prev_, -1);
  EXPECT_EQ(protect(0x12000, 0x2000, kRun), kMadeExecutable);
  EXPECT_EQ(prev_, static_cast<int32_t>(kWrite));
  call("mremap", {0x12000, 0x2000, 0x2000}, 0x50000);
  EXPECT_EQ(protect(0x50000, 0x2000, kAll), kMadeWritable);
  EXPECT_EQ(protect(0x12000, 0x2000, kAll), kMadeExecutable);
  EXPECT_EQ(prev_, -1);
}

TEST_F(MemoryWatchTest, ProcessesHaveTheirOwn) {
  map(0x10000, 0x1000, kRun);
  watch_.forked(1, 2);
  EXPECT_EQ(protect(0x10000, 0x1000, kAll, 2), kMadeWritable);
  EXPECT_EQ(protect(0x10000, 0x1000, kRun), 0u);
  watch_.ended(1);
  EXPECT_EQ(protect(0x10000, 0x1000, kAll), kMadeExecutable);
  EXPECT_EQ(protect(0x10000, 0x1000, kRun, 2), kMadeUnwritable);
  EXPECT_GT(watch_.ranges(), 0u);
  watch_.forked(9, 2);  // of one that nothing is known of
  EXPECT_EQ(protect(0x10000, 0x1000, kAll, 2), kMadeExecutable);
  for (const uint32_t pid : {1, 2, 3}) watch_.ended(pid);
  EXPECT_EQ(watch_.ranges(), 0u);
}

TEST_F(MemoryWatchTest, ManyRangesAreBounded) {
  for (uint64_t i = 0; i < 10'000; ++i) map(0x1000'0000 + i * 0x2000, 0x1000, kWrite);
  EXPECT_EQ(protect(0x1000'0000, 0x1000, kRun), kMadeExecutable);
  EXPECT_EQ(prev_, static_cast<int32_t>(kWrite));
  EXPECT_EQ(protect(0x1000'0000 + 9'999 * 0x2000, 0x1000, kRun), kMadeExecutable);
  EXPECT_EQ(prev_, -1);
}

}  // namespace
}  // namespace ctrace
