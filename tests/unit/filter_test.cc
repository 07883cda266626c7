#include "format/filter/filter.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "format/catalogue/catalogue.h"
#include "format/filter/container_word.h"
#include "tests/unit/printer_samples.h"

namespace ctrace {
namespace {

using Words = std::vector<std::string>;

Filter compiled(const FilterSpec& spec) {
  auto filter = Filter::compile(spec);
  EXPECT_TRUE(filter.has_value()) << (filter ? "" : filter.error().message);
  return *filter;
}

bool wants(const FilterSpec& spec, const Event& event) {
  const Filter filter = compiled(spec);
  return StreamFilter(filter, sample_header()).wants(event);
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
    StreamFilter stream(filter, sample_header());
    Event event;
    event.task = &task;
    for (const std::string& name : c.wanted) {
      event.type = &type_of(name);
      EXPECT_TRUE(stream.wants(event)) << c.name << ": " << name;
      EXPECT_TRUE(filter.event_mask()[event.type->id]) << c.name << ": " << name;
    }
    for (const std::string& name : c.unwanted) {
      event.type = &type_of(name);
      EXPECT_FALSE(stream.wants(event)) << c.name << ": " << name;
    }
  }
}

TEST(Filter, IdsBeyondTheMask) {
  const EventType later{5000, "later", {}, false};
  const Task task;
  Event event;
  event.type = &later;
  event.task = &task;
  EXPECT_TRUE(wants({}, event));
  EXPECT_TRUE(wants({.exclude_events = {"openat"}}, event));
  EXPECT_FALSE(wants({.events = {"openat"}}, event));
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
      {"container by image", {.containers = {"nginx"}}, true},
      {"container by image and tag", {.containers = {"nginx:1.25"}}, true},
      {"container by whole image", {.containers = {"docker.io/library/nginx:1.25"}}, true},
      {"container by another tag", {.containers = {"nginx:1.24"}}, false},
      {"container by label", {.containers = {"label:tier=front"}}, true},
      {"container by label, any value", {.containers = {"label:tier"}}, true},
      {"container by another label", {.containers = {"label:tier=back"}}, false},
      {"container by patterns", {.containers = {"label:tier=f*", "x*"}}, true},
      {"container by name's pattern", {.containers = {"w?b"}}, true},
      {"container by no pattern", {.containers = {"b*"}}, false},
      {"pid, as the process sees it", {.pids = {"21"}}, true},
      {"pid, as the recorder saw it", {.pids = {"host:4711"}}, true},
      {"the recorder's number is not the process's", {.pids = {"4711"}}, false},
      {"one of the pids", {.pids = {"1", "host:4711"}}, true},
      {"a number is decimal", {.pids = {"021"}}, true},
      {"tid", {.tids = {"22"}}, true},
      {"another tid", {.tids = {"21", "host:21"}}, false},
      {"ppid", {.ppids = {"1"}}, true},
      {"host ppid", {.ppids = {"host:4700"}}, true},
      {"uid", {.uids = {"0", "1000"}}, true},
      {"another uid", {.uids = {"0"}}, false},
      {"gid", {.gids = {"100"}}, true},
      {"abi", {.abis = {"x86_64"}}, true},
      {"another abi", {.abis = {"i386", "x32"}}, false},
      {"failed", {.failed = true}, true},
      {"successful", {.successful = true}, false},
      {"result", {.results = {"ENOENT"}}, true},
      {"result in numbers", {.results = {"-2"}}, true},
      {"one of the results", {.results = {">0", "<0"}}, true},
      {"results from to", {.results = {"-3..-1"}}, true},
      {"errno from to", {.results = {"ENOENT..EPERM"}}, true},
      {"another result", {.results = {"EPERM", ">=0", "!=ENOENT"}}, false},
      {"path", {.paths = {"/etc/*"}}, true},
      {"one of the paths", {.paths = {"/usr/*", "*.conf"}}, true},
      {"a path with odd letters", {.paths = {"/etc/\"*", "\\*"}}, false},
      {"another path", {.paths = {"/etc/?"}}, false},
      {"where", {.where = {"comm startswith long and ret < 0"}}, true},
      {"every where must hold", {.where = {"failed", "uid = 0"}}, false},
      {"expressions and lists", {.pids = {"21"}, .uids = {"1"}, .failed = true}, false},
      {"all sorts",
       {.events = {"open"}, .comms = {"long-program-na"}, .containers = {"w", "web"}},
       true},
  };
  Container container;
  container.id = "0123abcd";
  container.name = "web";
  container.image = "docker.io/library/nginx:1.25";
  container.attributes = {{"tier", "front"}};
  Task task = sample_task(&container);
  task.comm = "long-program-na";
  Event event = sample_event(type_of("open"), task);
  event.result = -2;
  event.texts[0] = {"/etc/ssl/openssl.conf", Text::State::kWhole};
  for (const TaskCase& c : cases) {
    EXPECT_EQ(wants(c.spec, event), c.wanted) << c.name;
  }
}

TEST(Filter, WhatSeccompDenied) {
  const auto wants = [](const FilterSpec& spec, Denied denied, int64_t result) {
    const auto filter = Filter::compile(spec);
    EXPECT_TRUE(filter) << (filter ? "" : filter.error().message);
    StreamFilter stream(*filter, RecordingHeader());
    Task task;
    task.serial = 1;
    Event event;
    event.type = find_event("mount");
    event.task = &task;
    event.denied = denied;
    event.result = result;
    return stream.wants(event);
  };
  FilterSpec denied;
  denied.denied = true;
  EXPECT_TRUE(wants(denied, Denied::kErrno, -1));
  EXPECT_TRUE(wants(denied, Denied::kNotify, 0));
  EXPECT_FALSE(wants(denied, Denied::kNo, -1));
  const FilterSpec by_action = {.where = {"denied.action in (TRAP, KILL_THREAD)"}};
  EXPECT_TRUE(wants(by_action, Denied::kTrap, 165));
  EXPECT_FALSE(wants(by_action, Denied::kErrno, -1));
  EXPECT_FALSE(wants(by_action, Denied::kNo, 0));
  FilterSpec successful;
  successful.successful = true;
  EXPECT_TRUE(wants(successful, Denied::kNotify, 0));
  EXPECT_FALSE(wants(successful, Denied::kTrap, 165));
  EXPECT_FALSE(Filter::compile({.where = {"denied.action = NEVER"}}));
}

TEST(Filter, HostIsInNoContainer) {
  const Task task;
  Event event;
  event.type = &type_of("read");
  event.task = &task;
  EXPECT_FALSE(wants({.containers = {"web"}}, event));
  event.type = &type_of("lost");
  EXPECT_TRUE(wants({.comms = {"sh"}, .containers = {"web"}}, event));
}

TEST(Filter, Images) {
  Container container;
  const auto named = [&container](const char* image, const char* word) {
    container.image = image;
    return names_container(word, container);
  };
  EXPECT_TRUE(named("registry:5000/team/app", "app"));
  EXPECT_TRUE(named("registry:5000/team/app", "registry:5000/team/app"));
  EXPECT_FALSE(named("registry:5000/team/app", "registry"));
  EXPECT_TRUE(named("docker.io/library/nginx@sha256:0123", "nginx"));
  EXPECT_TRUE(named("nginx", "ng*"));
  EXPECT_FALSE(named("", "*"));
  EXPECT_FALSE(named("nginx", ""));
}

TEST(Filter, PodsAndDigests) {
  Container container;
  container.facts = {{"pod.name", "web-7d9f", "bundle"},
                     {"pod.namespace", "default", "bundle"},
                     {"pod.uid", "12-34", "cgroup"},
                     {"image.id", "sha256:00ff", "docker"},
                     {"image.digest", "nginx@sha256:abcd", "bundle"}};
  for (const char* word : {"pod:default/web-7d9f", "pod:web-7d9f", "pod:*/web-*", "pod:12-34",
                           "sha256:00", "sha256:abcd"}) {
    EXPECT_TRUE(names_container(word, container)) << word;
  }
  for (const char* word : {"pod:other/web-7d9f", "pod:default/web", "pod:default/",
                           "pod:", "web-7d9f", "sha256:ff", "abcd"}) {
    EXPECT_FALSE(names_container(word, container)) << word;
  }
  container.facts.clear();
  EXPECT_FALSE(names_container("pod:*", container));
}

TEST(Filter, NewExistingAndHost) {
  Container container;
  container.name = "web";
  Task task = sample_task(&container), host = sample_task(nullptr);
  const auto both = [&](const FilterSpec& spec, bool existing) {
    container.existing = existing;
    const Event inside = sample_event(type_of("read"), task);
    const Event outside = sample_event(type_of("read"), host);
    return std::pair(wants(spec, inside), wants(spec, outside));
  };
  using Pair = std::pair<bool, bool>;
  EXPECT_EQ(both({.only_new = true}, false), Pair(true, false));
  EXPECT_EQ(both({.only_new = true}, true), Pair(false, false));
  EXPECT_EQ(both({.only_existing = true}, true), Pair(true, false));
  EXPECT_EQ(both({.containers = {"web"}, .only_existing = true}, false), Pair(false, false));
  EXPECT_EQ(both({.containers = {"db"}, .host = true}, false), Pair(false, true));
  EXPECT_EQ(both({.host = true}, false), Pair(true, true));
  EXPECT_FALSE(Filter::compile({.only_new = true, .only_existing = true}));
}

TEST(Filter, Times) {
  // The sample's time 0 is 2026-11-23 11:11:12 local time; the recording starts 5 s later.
  const Task task;
  Event event;
  event.type = &type_of("read");
  event.task = &task;
  const auto between = [&event](const char* since, const char* until, uint64_t time_ns) {
    event.time_ns = time_ns;
    return wants({.since = {since}, .until = {until}}, event);
  };
  EXPECT_TRUE(between("+1s", "+2s", 6'000'000'000));
  EXPECT_FALSE(between("+1s", "+2s", 5'999'999'999));
  EXPECT_FALSE(between("+1s", "+2s", 7'000'000'000));
  EXPECT_TRUE(between("11:11:18", "11:11:18.000001", 6'000'000'999));
  EXPECT_FALSE(between("11:11:18", "11:11:18.000001", 6'000'001'000));
  EXPECT_TRUE(between("2026-11-23T10:11:18Z", "2026-11-24", 6'000'000'000));
  event.type = &type_of("lost");
  EXPECT_FALSE(between("+1s", "+2s", 5'000'000'000));
  EXPECT_TRUE(between("+1s", "+2s", 6'000'000'000));
}

// A stream of processes 100 (its own number 1), and what it makes.
class TreeTest : public ::testing::Test {
 protected:
  bool wants(const char* name, uint32_t pid, uint32_t ppid, uint64_t arg0 = 0) {
    task_ = Task();
    task_.pid = pid;
    task_.ppid = ppid;
    task_.ns_pid = pid - 99;
    Event event = sample_event(type_of(name), task_);
    event.args[0] = arg0;
    if (event.type->id == kProcessExit) event.args[2] = 1;
    return stream_->wants(event);
  }
  void start(FilterSpec spec, Words recorded = {}, bool replay = false) {
    header_.filters = std::move(recorded);
    filter_ = compiled(spec);
    stream_.emplace(*filter_, header_,
                    replay ? StreamFilter::Source::kRecorded : StreamFilter::Source::kLive);
  }

  RecordingHeader header_ = sample_header();
  Task task_;
  std::optional<Filter> filter_;
  std::optional<StreamFilter> stream_;
};

TEST_F(TreeTest, ForksAndParents) {
  start({.trees = {"host:100"}});
  EXPECT_FALSE(wants("read", 99, 1));
  EXPECT_TRUE(wants("read", 100, 1));
  EXPECT_TRUE(wants("read", 101, 100));                     // known by its parent
  EXPECT_TRUE(wants("sched_process_fork", 101, 100, 102));  // known by its fork
  EXPECT_TRUE(wants("sched_process_exit", 101, 100));       // the parent goes, the child stays
  EXPECT_TRUE(wants("read", 102, 1));
  EXPECT_FALSE(wants("read", 103, 1));
}

TEST_F(TreeTest, NumbersAreTheProcessesOwn) {
  start({.trees = {"1"}});
  EXPECT_FALSE(wants("read", 101, 1));
  EXPECT_TRUE(wants("read", 100, 1));
  EXPECT_TRUE(wants("read", 101, 100));
}

TEST_F(TreeTest, NumbersAreUsedAgain) {
  start({.trees = {"host:100"}});
  EXPECT_TRUE(wants("sched_process_fork", 100, 1, 101));
  EXPECT_TRUE(wants("sched_process_exit", 101, 100));
  EXPECT_FALSE(wants("read", 101, 1));
  EXPECT_TRUE(wants("sched_process_fork", 100, 1, 102));
  EXPECT_FALSE(wants("sched_process_fork", 7, 1, 102));  // its exit was lost
  EXPECT_FALSE(wants("read", 102, 7));
}

TEST_F(TreeTest, ForksThatAreNotWantedAreFollowed) {
  start({.events = {"read"}, .trees = {"host:100"}});
  EXPECT_TRUE(filter_->events_to_read()[kProcessFork]);
  EXPECT_FALSE(filter_->event_mask()[kProcessFork]);
  EXPECT_FALSE(wants("sched_process_fork", 100, 1, 101));
  EXPECT_TRUE(wants("read", 101, 1));
  // A recorder does not capture this, so it must not tell anything.
  EXPECT_FALSE(wants("write", 102, 101));
  EXPECT_FALSE(wants("read", 103, 102));
}

TEST_F(TreeTest, ARecordingOfTheTreeHoldsNothingElse) {
  const FilterSpec spec = {.events = {"read"}, .trees = {"host:100"}};
  start(spec, spec.words(), true);
  EXPECT_TRUE(wants("read", 105, 104));
  start({.trees = {"host:101"}}, spec.words(), true);
  EXPECT_FALSE(wants("read", 105, 104));
  start(spec, spec.words(), false);
  EXPECT_FALSE(wants("read", 105, 104));
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
  EXPECT_EQ(message({.pids = {"x"}}), "option '--pid' takes a number or host:NUMBER, not 'x'");
  EXPECT_EQ(message({.trees = {"0"}}), "option '--tree' takes a number or host:NUMBER, not '0'");
  EXPECT_EQ(message({.uids = {"root"}}), "option '--uid' takes a number, not 'root'");
  EXPECT_EQ(message({.abis = {"mips"}}),
            "option '--abi' takes one of x86_64, i386, x32, arm64 and arm, not 'mips'");
  for (const char* bad : {"", "x", "0 or failed", "(0)", "1..", "=="}) {
    EXPECT_EQ(
        message({.results = {bad}}),
        "option '--ret' takes a number, an errno's name, <N, <=N, >N, >=N, !=N or N..N, not '" +
            std::string(bad) + "'");
  }
  EXPECT_EQ(
      message({.since = {"noon"}}),
      "option '--since': 'noon' is no time such as 10:11:12.5, 2026-11-23T10:11:12Z or +1.5s");
  EXPECT_EQ(message({.failed = true, .successful = true}),
            "--failed and --successful leave nothing");
  EXPECT_EQ(message({.where = {"pidd = 1"}}),
            "bad expression: unknown field 'pidd' (did you mean 'pid'?)");
  EXPECT_EQ(Filter::compile({.events = {"opne"}}).error().kind, Error::Kind::kUsage);
}

TEST(FilterSpec, WordsSayItAgain) {
  const FilterSpec spec = {.events = {"open", "read"},
                           .exclude_events = {"close"},
                           .sets = {"net"},
                           .exclude_sets = {"fs"},
                           .comms = {"sh"},
                           .exclude_comms = {"ls"},
                           .containers = {"web"},
                           .pids = {"1"},
                           .tids = {"2"},
                           .ppids = {"3"},
                           .trees = {"host:4"},
                           .uids = {"5"},
                           .gids = {"6"},
                           .abis = {"i386"},
                           .failed = true,
                           .results = {"<0"},
                           .paths = {"/etc/*"},
                           .since = {"+1s"},
                           .until = {"10:11:12"},
                           .where = {"cpu = 1 or cpu = 2"}};
  EXPECT_EQ(spec.words(), (Words{"--event",
                                 "open",
                                 "--event",
                                 "read",
                                 "--exclude-event",
                                 "close",
                                 "--set",
                                 "net",
                                 "--exclude-set",
                                 "fs",
                                 "--comm",
                                 "sh",
                                 "--exclude-comm",
                                 "ls",
                                 "--container",
                                 "web",
                                 "--pid",
                                 "1",
                                 "--tid",
                                 "2",
                                 "--ppid",
                                 "3",
                                 "--tree",
                                 "host:4",
                                 "--uid",
                                 "5",
                                 "--gid",
                                 "6",
                                 "--abi",
                                 "i386",
                                 "--failed",
                                 "--ret",
                                 "<0",
                                 "--path",
                                 "/etc/*",
                                 "--since",
                                 "+1s",
                                 "--until",
                                 "10:11:12",
                                 "--where",
                                 "cpu = 1 or cpu = 2"}));
  EXPECT_FALSE(spec.empty());
  EXPECT_TRUE(FilterSpec().empty());
  EXPECT_TRUE(FilterSpec().words().empty());
}

}  // namespace
}  // namespace ctrace
