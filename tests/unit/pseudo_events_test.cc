#include "format/filter/pseudo_events.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "format/catalogue/catalogue.h"
#include "format/filter/filter.h"
#include "tests/unit/printer_samples.h"

namespace ctrace {
namespace {

using Words = std::vector<std::string>;

// What a stream of these calls becomes: "openat", "sys_enter(openat)", "sys_exit(openat)=-2".
Words stream(const FilterSpec& spec, const std::vector<Event>& calls, bool has_own = false) {
  const auto filter = Filter::compile(spec);
  EXPECT_TRUE(filter.has_value());
  StreamFilter wanted(*filter, sample_header());
  const PseudoEvents pseudo(*filter, has_own ? Words{"--event", "sys_enter"} : Words{});
  Words seen;
  for (const Event& call : calls) {
    pseudo.around(call, [&](const Event& event) {
      if (!wanted.wants(event)) return true;
      std::string word = event.type->name;
      if (event.type->id == kSysEnter || event.type->id == kSysExit) {
        EXPECT_EQ(event.type->args.size(), 1u);
        word += "(" + std::string(event.texts[0].bytes) + ")";
      }
      if (event.result != 0) word += "=" + std::to_string(event.result);
      seen.push_back(word);
      return true;
    });
  }
  return seen;
}

class PseudoEventsTest : public ::testing::Test {
 protected:
  Event call(const char* name, int64_t result = 0, Abi abi = Abi::kX86_64) {
    Event event = sample_event(*find_event(name), task_);
    event.result = result;
    event.abi = abi;
    return event;
  }
  Task task_ = sample_task(nullptr);
};

TEST_F(PseudoEventsTest, OnlyWhereTheyAreAskedForByName) {
  const std::vector<Event> calls = {call("openat", -2), call("read", 5)};
  const Words plain = {"openat=-2", "read=5"};
  EXPECT_EQ(stream({}, calls), plain);
  EXPECT_EQ(stream({.events = {"*"}}, calls), plain);
  EXPECT_EQ(stream({.sets = {"syscalls"}}, calls), plain);
  EXPECT_EQ(stream({.events = {"sys_enter"}}, calls),
            (Words{"sys_enter(openat)", "sys_enter(read)"}));
  EXPECT_EQ(stream({.events = {"sys_exit", "read"}}, calls),
            (Words{"sys_exit(openat)=-2", "read=5", "sys_exit(read)=5"}));
  EXPECT_EQ(stream({.events = {"sys_*"}}, {calls[0]}),
            (Words{"sys_enter(openat)", "sys_exit(openat)=-2"}));
}

TEST_F(PseudoEventsTest, AnExclusionOfACallIsOneOfTheirs) {
  const std::vector<Event> calls = {call("openat"), call("getpid", 7)};
  EXPECT_EQ(stream({.events = {"sys_enter"}, .exclude_sets = {"fs"}}, calls),
            (Words{"sys_enter(getpid)"}));
  EXPECT_EQ(stream({.events = {"sys_exit"}, .exclude_events = {"getpid"}}, calls),
            (Words{"sys_exit(openat)"}));
  EXPECT_EQ(stream({.events = {"sys_exit"}, .exclude_events = {"sys_*"}}, calls), (Words{}));
}

TEST_F(PseudoEventsTest, WhatNeverReturnsHasNoExit) {
  const Words both = {"sys_enter(exit_group)"};
  EXPECT_EQ(stream({.events = {"sys_*"}}, {call("exit_group")}), both);
  EXPECT_EQ(stream({.events = {"sys_*"}}, {call("sched_process_exit")}), Words{});
  EXPECT_EQ(stream({.events = {"sys_*"}}, {call("poll", kNoResult)})[0], "sys_enter(poll)");
  EXPECT_EQ(stream({.events = {"sys_*"}}, {call("poll", kNoResult)}).size(), 1u);
}

TEST_F(PseudoEventsTest, CallsOfEveryTable) {
  EXPECT_EQ(stream({.events = {"sys_enter"}},
                   {call("socketcall", 0, Abi::kI386), call("openat", 0, Abi::kArm64)}),
            (Words{"sys_enter(socketcall)", "sys_enter(openat)"}));
  EXPECT_EQ(stream({.events = {"sys_enter"}}, {call("syscall_invalid")}),
            (Words{"sys_enter(syscall_invalid)"}));
}

// A recording that was made with them by name holds them.
TEST_F(PseudoEventsTest, ThoseOfARecordingAreNotMadeAgain) {
  Event own = call("sys_enter");
  own.texts[0] = {"openat", Text::State::kWhole};
  const std::vector<Event> calls = {own, call("openat", 3)};
  EXPECT_EQ(stream({}, calls, true), (Words{"sys_enter(openat)", "openat=3"}));
  EXPECT_EQ(stream({.events = {"sys_*"}}, calls, true), (Words{"sys_enter(openat)"}));
  EXPECT_EQ(stream({.exclude_sets = {"fs"}}, calls, true), (Words{}));
}

TEST_F(PseudoEventsTest, TheirCallsAreRead) {
  const auto filter = Filter::compile({.events = {"sys_enter"}, .exclude_sets = {"net"}});
  const EventMask mask = filter->events_to_read();
  EXPECT_TRUE(mask[find_event("read")->id]);
  EXPECT_FALSE(mask[find_event("socket")->id]);
  EXPECT_FALSE(filter->event_mask()[find_event("read")->id]);
}

}  // namespace
}  // namespace ctrace
