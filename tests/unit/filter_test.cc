#include "format/filter/filter.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "format/catalogue/catalogue.h"

namespace ctrace {
namespace {

using Words = std::vector<std::string>;

Filter compiled(const FilterSpec& spec) {
  auto filter = Filter::compile(spec);
  EXPECT_TRUE(filter.has_value()) << (filter ? "" : filter.error().message);
  return *filter;
}

const EventType& type_of(std::string_view name) {
  static const EventType kUnknown{999, "syscall_999", {}, true};
  const EventType* type = find_event(name);
  return type == nullptr ? kUnknown : *type;
}

struct FilterCase {
  const char* name;
  FilterSpec spec;
  Words wanted, unwanted;  // events
};

TEST(Filter, Events) {
  const FilterCase cases[] = {
      {"nothing said", {}, {"openat", "read", "sched_process_exit", "lost", "syscall_999"}, {}},
      {"event",
       {.events = {"openat"}},
       {"openat", "lost"},
       {"read", "sched_process_exit", "syscall_999"}},
      {"two events", {.events = {"openat", "read"}}, {"openat", "read"}, {"connect"}},
      {"event and set are a union",
       {.events = {"openat"}, .sets = {"net"}},
       {"openat", "socket", "connect"},
       {"read"}},
      {"an exclude wins",
       {.events = {"openat"}, .exclude_events = {"openat"}},
       {"lost"},
       {"openat", "read"}},
      {"exclude alone",
       {.exclude_events = {"openat"}},
       {"read", "sched_process_exit", "syscall_999"},
       {"openat"}},
      {"exclude set",
       {.exclude_sets = {"net"}},
       {"openat", "sched_process_exit", "syscall_999"},
       {"socket", "connect"}},
      {"set without one",
       {.exclude_events = {"connect"}, .sets = {"net"}},
       {"socket"},
       {"connect", "openat"}},
      {"all calls",
       {.sets = {"syscalls"}},
       {"openat", "connect", "syscall_999"},
       {"sched_process_exit"}},
      {"no calls",
       {.exclude_sets = {"syscalls"}},
       {"sched_process_exit", "lost"},
       {"openat", "syscall_999"}},
      {"a pattern", {.events = {"open*"}}, {"open", "openat", "openat2", "open_tree"}, {"read"}},
      {"a pattern for what nobody knows", {.events = {"syscall_9??"}}, {"syscall_999"}, {"read"}},
      {"every event by pattern", {.events = {"*"}}, {"openat", "sched_process_exit"}, {}},
      {"excluded by pattern",
       {.exclude_events = {"[!o]*"}, .sets = {"fs"}},
       {"openat"},
       {"read", "close"}},
      {"sets by pattern", {.sets = {"net_*"}}, {"socket", "sendto"}, {"read", "sethostname"}},
      {"strace's words", {.sets = {"%file"}}, {"openat", "execve"}, {"read"}},
      {"a call that nobody knows", {.events = {"syscall_999"}}, {"syscall_999"}, {"openat"}},
      {"a loss cannot be excluded", {.exclude_events = {"lost"}}, {"lost", "read"}, {}},
  };
  const Task task;
  for (const FilterCase& c : cases) {
    const Filter filter = compiled(c.spec);
    Event event;
    event.task = &task;
    for (const std::string& name : c.wanted) {
      event.type = &type_of(name);
      EXPECT_TRUE(filter.wants(event)) << c.name << ": " << name;
      EXPECT_TRUE(filter.event_mask()[event.type->id]) << c.name << ": " << name;
    }
    for (const std::string& name : c.unwanted) {
      event.type = &type_of(name);
      EXPECT_FALSE(filter.wants(event)) << c.name << ": " << name;
    }
  }
}

TEST(Filter, IdsBeyondTheMask) {
  const EventType later{5000, "later", {}, false};
  const Task task;
  Event event;
  event.type = &later;
  event.task = &task;
  EXPECT_TRUE(compiled({}).wants(event));
  EXPECT_TRUE(compiled({.exclude_events = {"openat"}}).wants(event));
  EXPECT_FALSE(compiled({.events = {"openat"}}).wants(event));
}

struct TaskCase {
  const char* name;
  FilterSpec spec;
  bool wanted;  // of the task `long-program-na` in the container web, 0123abcd
};

TEST(Filter, Tasks) {
  const TaskCase cases[] = {
      {"comm", {.comms = {"long-program-na"}}, true},
      {"comm that the kernel cut", {.comms = {"long-program-name"}}, true},
      {"another comm", {.comms = {"long-program-n"}}, false},
      {"one of the comms", {.comms = {"sh", "long-program-na"}}, true},
      {"exclude comm", {.exclude_comms = {"long-program-name"}}, false},
      {"exclude another comm", {.exclude_comms = {"sh"}}, true},
      {"an excluded comm wins",
       {.comms = {"long-program-na"}, .exclude_comms = {"long-program-na"}},
       false},
      {"container by name", {.containers = {"web"}}, true},
      {"container by id", {.containers = {"0123abcd"}}, true},
      {"container by the beginning of its id", {.containers = {"01"}}, true},
      {"a name's beginning is no name", {.containers = {"we"}}, false},
      {"another container", {.containers = {"db"}}, false},
      {"one of the containers", {.containers = {"db", "web"}}, true},
      {"sorts combine with and", {.events = {"openat"}, .containers = {"web"}}, false},
      {"all sorts",
       {.events = {"read"}, .comms = {"long-program-na"}, .containers = {"w", "web"}},
       true},
  };
  Container container;
  container.id = "0123abcd";
  container.name = "web";
  Task task;
  task.comm = "long-program-na";
  task.container = &container;
  Event event;
  event.type = &type_of("read");
  event.task = &task;
  for (const TaskCase& c : cases) {
    EXPECT_EQ(compiled(c.spec).wants(event), c.wanted) << c.name;
  }
}

TEST(Filter, HostIsInNoContainer) {
  const Task task;
  Event event;
  event.type = &type_of("read");
  event.task = &task;
  EXPECT_FALSE(compiled({.containers = {"web"}}).wants(event));
  event.type = &type_of("lost");
  EXPECT_TRUE(compiled({.comms = {"sh"}, .containers = {"web"}}).wants(event));
}

TEST(Filter, UnknownNames) {
  const auto message = [](const FilterSpec& spec) {
    const auto filter = Filter::compile(spec);
    return filter ? std::string("compiled") : filter.error().message;
  };
  EXPECT_EQ(message({.events = {"opne"}}), "unknown event 'opne' (did you mean 'open'?)");
  EXPECT_EQ(message({.exclude_events = {"conect"}}),
            "unknown event 'conect' (did you mean 'connect'?)");
  EXPECT_EQ(message({.events = {"no-such-thing-at-all"}}), "unknown event 'no-such-thing-at-all'");
  EXPECT_EQ(message({.sets = {"nett"}}), "unknown set 'nett' (did you mean 'net'?)");
  EXPECT_EQ(message({.exclude_sets = {"syscals"}}),
            "unknown set 'syscals' (did you mean 'syscalls'?)");
  EXPECT_EQ(message({.events = {""}}), "unknown event ''");
  EXPECT_EQ(message({.events = {"opne*"}}), "no event has a name like 'opne*'");
  EXPECT_EQ(message({.sets = {"x*"}}), "no set has a name like 'x*'");
  EXPECT_EQ(Filter::compile({.events = {"opne"}}).error().kind, Error::Kind::kUsage);
}

TEST(FilterSpec, WordsSayItAgain) {
  const FilterSpec spec = {.events = {"open", "read"},
                           .exclude_events = {"close"},
                           .sets = {"net"},
                           .exclude_sets = {"fs"},
                           .comms = {"sh"},
                           .exclude_comms = {"ls"},
                           .containers = {"web"}};
  EXPECT_EQ(spec.words(), (Words{"--event", "open", "--event", "read", "--exclude-event", "close",
                                 "--set", "net", "--exclude-set", "fs", "--comm", "sh",
                                 "--exclude-comm", "ls", "--container", "web"}));
  EXPECT_FALSE(spec.empty());
  EXPECT_TRUE(FilterSpec().empty());
  EXPECT_TRUE(FilterSpec().words().empty());
}

}  // namespace
}  // namespace ctrace
