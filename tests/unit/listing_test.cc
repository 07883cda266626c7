#include "format/options/listing.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

namespace ctrace {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

TEST(Listing, EventsOfASet) {
  const auto list = event_list({"lifecycle"});
  ASSERT_TRUE(list.has_value());
  EXPECT_EQ(
      *list,
      "container_start     a container began: its id, name, image and runtime\n"
      "container_stop      a container ended: its first process's status, what it did in all\n"
      "oom_kill            the kernel chose a task's process to be killed for want of memory\n"
      "sched_process_exec  a process runs another program: which file, which arguments\n"
      "sched_process_exit  a task ended: its exit code or the signal that killed it\n"
      "sched_process_fork  a task made another one: a process or a thread\n");
}

TEST(Listing, SeveralSetsAreAUnionWithoutDoubles) {
  const auto both = event_list({"net_sock", "%network"}), network = event_list({"%network"});
  ASSERT_TRUE(both && network);
  EXPECT_EQ(*both, *network);
}

TEST(Listing, EveryEventSortedAndAligned) {
  const auto list = event_list({});
  ASSERT_TRUE(list.has_value());
  const auto lines = lines_of(*list);
  EXPECT_GT(lines.size(), 450u);
  const auto name = [](const std::string& line) { return line.substr(0, line.find(' ')); };
  EXPECT_TRUE(std::ranges::is_sorted(lines, {}, name));
  EXPECT_EQ(std::ranges::adjacent_find(lines), lines.end());
  const size_t column = lines.front().find_first_not_of(' ', lines.front().find(' '));
  for (const std::string& line : lines) {
    EXPECT_EQ(line[column - 1], ' ') << line;
    EXPECT_NE(line[column], ' ') << line;
    EXPECT_NE(line.back(), ' ') << line;
  }
  EXPECT_NE(std::ranges::find_if(lines,
                                 [](const std::string& line) {
                                   return line.starts_with("openat ") &&
                                          line.ends_with(
                                              "(int dirfd, const char* pathname, int "
                                              "flags, mode_t mode)");
                                 }),
            lines.end());
}

TEST(Listing, UnknownSets) {
  const auto list = event_list({"nett"});
  ASSERT_FALSE(list.has_value());
  EXPECT_EQ(list.error().message, "unknown set 'nett' (did you mean 'net'?)");
}

TEST(Listing, Sets) {
  const auto lines = lines_of(set_list());
  EXPECT_TRUE(std::ranges::is_sorted(lines));
  EXPECT_NE(std::ranges::find_if(lines,
                                 [](const std::string& line) {
                                   return line.starts_with("%file ") &&
                                          line.ends_with(" every call with a path");
                                 }),
            lines.end());
}

TEST(Listing, Fields) {
  const std::string list = field_list();
  EXPECT_TRUE(list.starts_with("event                 event      name of the event;"));
  EXPECT_NE(list.find("\narg.NAME              argument   "), list.npos);
}

}  // namespace
}  // namespace ctrace
