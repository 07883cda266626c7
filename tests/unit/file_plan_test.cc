// What the kernel side is told to do with descriptors.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "format/catalogue/catalogue.h"
#include "record/plan.h"

namespace ctrace {
namespace {

constexpr Abi kNative = static_cast<Abi>(wire::ABI_NATIVE);

struct File {
  int op, arg;
  bool operator==(const File&) const = default;
};

class PlanFilesTest : public testing::Test {
 protected:
  // Of the call's row when `events` are wanted (all when there are none).
  const wire::plan& row(const std::string& call, const std::vector<std::string>& events = {}) {
    FilterSpec spec;
    spec.events = events;
    plans_ = make_plans(*Filter::compile(spec), true);
    return plans_.calls[static_cast<size_t>(*syscall_number(find_event(call)->id, kNative))];
  }
  static std::vector<File> files(const wire::plan& plan) {
    std::vector<File> files;
    for (int i = 0; i < (plan.files & ~wire::FILE_UNNAMED); ++i)
      files.push_back({plan.file[i] >> wire::FILE_OP_SHIFT, plan.file[i] & wire::FILE_REGISTER});
    return files;
  }
  using Files = std::vector<File>;

  Plans plans_ = {};
};

TEST_F(PlanFilesTest, InTheOrderOfTheirNames) {
  EXPECT_EQ(files(row("openat")),
            (Files{{wire::FILE_DIR, 0}, {wire::FILE_OPEN, wire::FILE_RESULT}}));
  EXPECT_EQ(files(row("dup3")), (Files{{wire::FILE_OPEN, 0},
                                       {wire::FILE_REPLACED, 1},
                                       {wire::FILE_OPEN, wire::FILE_RESULT}}));
  EXPECT_EQ(files(row("close")), (Files{{wire::FILE_CLOSED, 0}}));
  EXPECT_EQ(files(row("fcntl")),
            (Files{{wire::FILE_OPEN, 0}, {wire::FILE_DUPLICATE, wire::FILE_RESULT}}));
  EXPECT_EQ(files(row("mmap")), (Files{{wire::FILE_OPEN, 4}}));
  EXPECT_EQ(files(row("pipe2")), (Files{{wire::FILE_PAIR, 0}}));
  EXPECT_EQ(files(row("close_range")), (Files{{wire::FILE_ANY, 0}}));
  EXPECT_EQ(files(row("getppid")), Files());
}

TEST_F(PlanFilesTest, EveryNameHasARow) {
  FilterSpec spec;
  const Plans plans = make_plans(*Filter::compile(spec), true);
  for (size_t number = 0; number < wire::PLAN_SYSCALLS; ++number) {
    const EventType& type = syscall_event(kNative, static_cast<int32_t>(number));
    EXPECT_GE(plans.calls[number].files, type.args.size() - arg_count(type)) << type.name;
    EXPECT_LE(plans.calls[number].args, arg_count(type)) << type.name;
  }
}

// What is closed is remembered from calls that nobody wants to see, and from no other.
TEST_F(PlanFilesTest, ClosesAlone) {
  const std::vector<std::string> closes = {"close"};
  const wire::plan open = row("openat", closes);
  EXPECT_EQ(open.flags, 0);
  EXPECT_EQ(open.files, 2 | wire::FILE_UNNAMED);
  EXPECT_EQ(row("pipe2", closes).files, 1 | wire::FILE_UNNAMED);
  EXPECT_EQ(row("read", closes).files, 0);
  EXPECT_EQ(row("openat", {"read"}).files, 0);
  EXPECT_TRUE(names_gone(*Filter::compile(FilterSpec())));
  FilterSpec spec;
  spec.events = {"read"};
  EXPECT_FALSE(names_gone(*Filter::compile(spec)));
  spec.events = {"dup2"};
  EXPECT_TRUE(names_gone(*Filter::compile(spec)));
}

}  // namespace
}  // namespace ctrace
