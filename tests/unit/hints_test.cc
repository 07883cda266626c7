#include "analyze/hints.h"

#include <gtest/gtest.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "tests/unit/fake_recording.h"

namespace ctrace {
namespace {

constexpr uint64_t kHere = static_cast<uint64_t>(-100), kCreate = 0101;  // O_CREAT|O_WRONLY
constexpr uint64_t kNewUser = 0x10000000;

// A container of which everything is known.
struct Seen : FakeRecording {
  Seen() {
    Container row = small_container();
    row.no_new_privs = false;
    container(row);
    header_.capability_checks = CapabilityChecks::kAudited;
  }
  Seen& own(const std::string& name, std::vector<uint64_t> args = {}, int64_t result = 0) {
    event(1, Phase::kOwn, name, std::move(args), result);
    by([this](Task& task) {
      task.pid = pid_;
      task.uid = uid_;
      task.serial = ++serial_;
      task.mnt_ns = 7;
    });
    return *this;
  }
  Seen& at(size_t index, const std::string& bytes) {
    text(index, bytes);
    return *this;
  }
  Seen& exec(uint64_t gained) {
    return own("sched_process_exec", {0, 0, 0, 0, gained}).at(0, "/bin/app");
  }
  uint32_t pid_ = 100, uid_ = 0;
  uint64_t serial_ = 0;
};

Hints hints_of(FakeRecording& run) {
  HintFinder finder;
  EXPECT_TRUE(finder.add("x.ctr", run, Scope({}).choose(run)));
  return finder.finish();
}
// "possible|--read-only"; of several rows with commas; empty: none.
std::string hint(const Hints& hints, const std::string& name) {
  std::string text;
  for (const Hint& row : hints.hints) {
    if (row.name == name) text += (text.empty() ? "" : ",") + row.value;
  }
  return text;
}
std::string why(const Hints& hints, const std::string& name) {
  for (const Untold& row : hints.untold) {
    if (row.name == name) return row.why;
  }
  return "";
}

TEST(Hints, OfAContainerThatNeedsNothing) {
  Seen run;
  run.exec(0).own("getpid");
  const Hints hints = hints_of(run);
  EXPECT_EQ(hint(hints, "read-only-root"), "possible");
  EXPECT_EQ(hint(hints, "writable-path"), "");
  EXPECT_EQ(hint(hints, "no-new-privileges"), "possible");
  EXPECT_TRUE(hint(hints, "user").starts_with("other than root possible"));
  EXPECT_EQ(hint(hints, "network"), "not used");
  EXPECT_EQ(hint(hints, "new-namespaces"), "not needed");
  EXPECT_EQ(hint(hints, "ipc"), "not used");
  EXPECT_TRUE(hints.untold.empty());
}

TEST(Hints, NothingFollowsFromWhatMayBeMissing) {
  const auto gap = [](const std::function<void(Seen&)>& change) {
    Seen run;
    run.exec(0).own("getpid");
    change(run);
    const Hints hints = hints_of(run);
    EXPECT_TRUE(hints.hints.empty());
    EXPECT_EQ(hints.untold.size(), 6U);
    return why(hints, "network");
  };
  EXPECT_EQ(gap([](Seen& r) { r.totals_.lost = 2; }), "'x.ctr' lost 2 records");
  EXPECT_EQ(gap([](Seen& r) {
              r.header_.filters = {"--set", "net"};
            }),
            "'x.ctr' was recorded with filters");
  EXPECT_EQ(gap([](Seen& r) { r.containers_[1].existing = true; }),
            "'x.ctr' does not have the beginning of container 'web'");
  EXPECT_EQ(gap([](Seen& r) { r.state_ = RecordingState::kCutShort; }), "'x.ctr' was cut short");
  EXPECT_EQ(gap([](Seen& r) { r.call(1, Phase::kOwn, "more", Abi::kX86_64, 3); }),
            "'x.ctr' has not the event of every call: 3 calls more");
}

TEST(Hints, WritablePathsAreAbsoluteAndTheOutermost) {
  Seen run;
  run.event(1, Phase::kSetup, "chdir").text(0, "/srv/app").by([](Task& t) { t.pid = 100; });
  run.own("openat", {kHere, 0, kCreate}, 5).at(1, "log/./x");
  run.own("open", {0, 2}, 6).at(0, "/srv/app/log/deep/y");  // O_RDWR
  run.own("openat", {kHere, 0, 0}, 7).at(1, "/var/lib");
  run.own("mkdirat", {7}).at(1, "../run/z");
  run.own("unlink").at(0, "/gone/w");
  run.own("unlink", {}, -2).at(0, "/failed/w");
  run.own("openat", {kHere, 0, kCreate}, 8).at(1, "/dev/null");
  run.own("fchmod", {5, 0600});
  const Hints hints = hints_of(run);
  EXPECT_EQ(hint(hints, "writable-path"), "/gone,/srv/app/log,/var/run");
  EXPECT_EQ(hint(hints, "read-only-root"), "possible, with the paths below writable");
}

TEST(Hints, AChildHasItsParentsPlaceAndDescriptors) {
  Seen run;
  run.own("chdir").at(0, "/data");
  run.own("sched_process_fork", {101, 101});
  run.pid_ = 101;
  run.own("creat", {}, 4).at(0, "mine");
  EXPECT_EQ(hint(hints_of(run), "writable-path"), "/data");
}

TEST(Hints, ARootThatIsWrittenItselfCannotBeReadOnly) {
  Seen run;
  run.own("mkdir").at(0, "/new").own("creat", {}, 3).at(0, "/tmp/x");
  const Hints hints = hints_of(run);
  EXPECT_EQ(hint(hints, "read-only-root"), "");
  EXPECT_EQ(why(hints, "read-only-root"), "/ itself is written, by app: mkdir (1)");
  EXPECT_EQ(hint(hints, "writable-path"), "/tmp");
}

TEST(Hints, AFileThatIsNotKnownMayBeAny) {
  for (const char* call : {"unlink", "fchown", "openat2"}) {
    Seen run;
    run.own(call, {9});
    if (std::string(call) != "fchown") run.at(std::string(call) == "openat2", "relative");
    EXPECT_TRUE(why(hints_of(run), "read-only-root").starts_with("files were changed whose path"))
        << call;
  }
}

TEST(Hints, ProgramsThatGainPrivileges) {
  Seen run;
  run.exec(0).exec(1);
  EXPECT_EQ(why(hints_of(run), "no-new-privileges"), "programs gained privileges: /bin/app (1)");
  Seen dropped;
  dropped.exec(0).own("capset");
  EXPECT_EQ(hint(hints_of(dropped), "no-new-privileges"), "");
  Seen already;
  already.exec(0).own("getpid").containers_[1].no_new_privs = true;
  EXPECT_EQ(hint(hints_of(already), "no-new-privileges"), "already");
}

TEST(Hints, RecordingsFromBeforeDoNotTellOfPrivileges) {
  EventType older = *find_event("sched_process_exec");
  older.args.pop_back();
  Seen run;
  run.exec(0).type(&older);
  EXPECT_EQ(why(hints_of(run), "no-new-privileges"),
            "of 1 execution the recording does not say whether privileges were gained");
}

TEST(Hints, AUserThatIsNotRoot) {
  Seen used;
  used.exec(0).own("cap_capable", {CAP_CHOWN, 0, 0, 1}).at(1, "chown");
  EXPECT_EQ(why(hints_of(used), "user"), "capabilities were used: CAP_CHOWN (1)");
  Seen derived;
  derived.exec(0).own("getpid").header_.capability_checks = CapabilityChecks::kNone;
  EXPECT_EQ(why(hints_of(derived), "user"), "capability checks were not recorded");
  Seen another;
  another.uid_ = 1000;
  another.exec(0).own("getpid");
  EXPECT_EQ(hint(hints_of(another), "user"), "already other than root");
}

std::string inet(const char* address, uint16_t port) {
  sockaddr_in raw = {};
  raw.sin_family = AF_INET;
  raw.sin_port = htons(port);
  uint8_t bytes[4];
  sscanf(address, "%hhu.%hhu.%hhu.%hhu", &bytes[0], &bytes[1], &bytes[2], &bytes[3]);
  std::copy(bytes, bytes + 4, reinterpret_cast<uint8_t*>(&raw.sin_addr));
  return {reinterpret_cast<const char*>(&raw), sizeof raw};
}

TEST(Hints, PortsAndTheNetwork) {
  Seen run;
  run.own("socket", {AF_INET, SOCK_STREAM | 0x80000}, 3)
      .own("bind", {3})
      .at(1, inet("127.0.0.1", 80));
  run.own("listen", {3});
  run.own("socket", {AF_INET, SOCK_DGRAM}, 4).own("bind", {4}).at(1, inet("127.0.0.1", 53));
  run.own("bind", {5}, -98).at(1, inet("0.0.0.0", 99));
  Hints hints = hints_of(run);
  EXPECT_EQ(hint(hints, "port"), "80/tcp,53/udp");
  EXPECT_EQ(hint(hints, "network"), "loopback alone");
  // What is behind a pointer may be any address.
  run.own("sendmsg", {4});
  EXPECT_EQ(why(hints_of(run), "network"),
            "addresses may be in messages that no recording has: sendmsg (1)");
  // Also what failed was to be.
  run.own("connect", {3}, -101).at(1, inet("10.0.0.1", 443));
  EXPECT_EQ(why(hints_of(run), "network"), "it is used: 10.0.0.1:443 (1)");
  Seen packets;
  packets.own("socket", {AF_PACKET, SOCK_RAW}, 3);
  EXPECT_EQ(why(hints_of(packets), "network"), "it is used: AF_PACKET (1)");
}

TEST(Hints, Namespaces) {
  Seen unshares;
  unshares.own("getpid").own("unshare", {kNewUser});
  EXPECT_EQ(why(hints_of(unshares), "new-namespaces"), "made or entered, by app (1)");
  // clone3 has its flags behind a pointer, but the child is where it is.
  Seen child;
  child.own("getpid").own("getpid").by([](Task& t) { t.mnt_ns = 8; });
  EXPECT_EQ(why(hints_of(child), "new-namespaces"), "made or entered, by app (1)");
  Seen memory;
  memory.own("shmget");
  EXPECT_EQ(why(hints_of(memory), "ipc"), "used: shmget (1)");
  Seen file;
  file.own("openat", {kHere}, 3).at(1, "/dev/shm/x");
  EXPECT_EQ(why(hints_of(file), "ipc"), "used: openat (1)");
}

TEST(Hints, IoUringHidesFilesAndPeers) {
  Seen run;
  run.exec(0).own("io_uring_setup", {}, 3);
  const Hints hints = hints_of(run);
  EXPECT_EQ(why(hints, "network"), "io_uring is used, by app (1)");
  EXPECT_EQ(why(hints, "read-only-root"), "io_uring is used, by app (1)");
  EXPECT_EQ(hint(hints, "no-new-privileges"), "possible");
}

TEST(ProcessPaths, NormalPaths) {
  EXPECT_EQ(normal_path("/"), "/");
  EXPECT_EQ(normal_path("//a/./b//c/.."), "/a/b");
  EXPECT_EQ(normal_path("/../../x"), "/x");
}

TEST(ProcessPaths, MemoryIsBounded) {
  Seen run;
  for (uint64_t i = 0; i < 10; ++i) run.own("openat", {kHere}, static_cast<int64_t>(i)).at(1, "/a");
  ProcessPaths paths;
  for (uint32_t pid = 0; pid < ProcessPaths::kMaxEntries / 10 + 2; ++pid) {
    EXPECT_TRUE(run.read({}, [&](const Event& event) {
      Task task = *event.task;
      task.pid = pid;
      Event copied = event;
      copied.task = &task;
      paths.see(copied);
      return true;
    }));
  }
  EXPECT_TRUE(paths.is_cut());
}

}  // namespace
}  // namespace ctrace
