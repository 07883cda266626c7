#include "analyze/diff.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <cerrno>

#include "analyze/address.h"
#include "tests/unit/fake_recording.h"

namespace ctrace {
namespace {

std::string inet(const char* host, uint16_t port) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  inet_pton(AF_INET, host, &address.sin_addr);
  return {reinterpret_cast<const char*>(&address), sizeof address};
}

FakeRecording base() {
  FakeRecording recording;
  recording.container(small_container());
  return recording.event(1, Phase::kOwn, "getuid").event(1, Phase::kSetup, "mount");
}

RunItems run(FakeRecording recording, ItemChoice choice = {}) {
  Scope scope({});
  auto items = items_of(recording, scope.choose(recording), choice);
  EXPECT_TRUE(items);
  return *items;
}

std::string text_of(const RunDiff& diff) {
  OutputBuffer out(-1);
  print_diff(diff, out);
  return out.text();
}

TEST(Diff, EqualRunsAreTheSame) {
  const auto diff = diff_runs({run(base())}, {run(base())}, {});
  EXPECT_FALSE(diff.differ());
  EXPECT_EQ(text_of(diff), "");
}

TEST(Diff, TellsWhatOnlyOneSideDid) {
  auto other = base()
                   .event(1, Phase::kOwn, "openat", {}, 3)
                   .text(1, "/etc/shadow\n")
                   .event(1, Phase::kOwn, "openat", {}, -ENOENT)
                   .text(1, "/nothing")
                   .event(1, Phase::kOwn, "sched_process_exec")
                   .text(0, "/bin/sh")
                   .event(1, Phase::kOwn, "connect")
                   .text(1, inet("10.0.0.9", 443))
                   .event(1, Phase::kOwn, "accept", {}, 5)
                   .text(1, inet("10.0.0.7", 50123))
                   .event(1, Phase::kOwn, "bind")
                   .text(1, inet("0.0.0.0", 80));
  const auto diff = diff_runs({run(base())}, {run(other)}, {});
  EXPECT_TRUE(diff.differ());
  EXPECT_EQ(text_of(diff),
            "+ syscall accept\n+ syscall bind\n+ syscall connect\n+ syscall openat\n"
            "+ errno openat ENOENT\n+ open /etc/shadow\\n\n+ exec /bin/sh\n"
            "+ peer 10.0.0.7\n+ peer 10.0.0.9:443\n+ listen 0.0.0.0:80\n");
  EXPECT_TRUE(text_of(diff_runs({run(other)}, {run(base())}, {})).starts_with("- syscall accept"));
}

TEST(Diff, ArgumentsWhenAskedTo) {
  const auto with = [](uint64_t family) {
    return run(base().event(1, Phase::kOwn, "socket", {family}), {.args = true});
  };
  EXPECT_EQ(text_of(diff_runs({with(2)}, {with(16)}, {})),
            "- argument socket AF_INET\n+ argument socket AF_NETLINK\n");
}

TEST(Diff, WhatComesAndGoesIsNoise) {
  const auto noisy = run(base().event(1, Phase::kOwn, "futex"));
  const auto clean = run(base());
  EXPECT_FALSE(diff_runs({clean, noisy}, {clean, clean}, {}).differ());
  EXPECT_EQ(diff_runs({clean, noisy}, {clean, clean}, {}).chance, 1U);
  EXPECT_TRUE(diff_runs({clean, noisy}, {clean, clean}, {.any = true}).differ());
  EXPECT_TRUE(diff_runs({noisy, noisy}, {clean, clean}, {}).differ());
  EXPECT_FALSE(diff_runs({noisy, noisy}, {clean, noisy}, {.any = true}).differ());
}

TEST(Diff, CountsAreToldAndMakeNoDifference) {
  auto often = base();
  for (int i = 0; i < 10; ++i) often.event(1, Phase::kOwn, "getuid");
  const auto diff = diff_runs({run(base())}, {run(often)}, {});
  EXPECT_FALSE(diff.differ());
  EXPECT_EQ(text_of(diff), "~ syscall getuid: 1 -> 11 times\n");
  EXPECT_EQ(text_of(diff_runs({run(base())}, {run(often)}, {.factor = 12})), "");
}

TEST(Diff, ByContainerAndProcess) {
  auto two = base();
  two.container(small_container(2, "db")).event(2, Phase::kOwn, "getuid", {}, 0, "pg");
  EXPECT_FALSE(diff_runs({run(base())}, {run(two)}, {}).differ());
  EXPECT_EQ(text_of(diff_runs({run(base(), {.by = ItemsBy::kContainer})},
                              {run(two, {.by = ItemsBy::kContainer})}, {})),
            "+ syscall [db] getuid\n");
  EXPECT_EQ(text_of(diff_runs({run(base(), {.by = ItemsBy::kProcess})},
                              {run(two, {.by = ItemsBy::kProcess})}, {})),
            "+ syscall [pg] getuid\n");
}

TEST(Diff, ProfilesAndRecordings) {
  SeccompProfile profile{{}, {Abi::kX86_64}, {}, {{{"getuid", "read"}}}};
  auto foreign = base()
                     .event(1, Phase::kOwn, "read", {}, -1, "app", 0, Abi::kI386)
                     .event(1, Phase::kOwn, "write");
  EXPECT_EQ(text_of(diff_runs({items_of(profile, {})}, {run(foreign)}, {})), "+ syscall write\n");
  profile.rules.push_back(
      {{"socket"}, {Action::kAllow, 0}, {{0, Compare::kMaskedEqual, 0xffffffff, 2}}});
  const auto a = items_of(profile, {.args = true});
  EXPECT_TRUE(a.items.contains({ItemSort::kArgument, "", "socket AF_INET"}));
}

TEST(Diff, CapabilitiesWhereBothTell) {
  struct Checked : FakeRecording {
    explicit Checked(std::vector<uint64_t> used) : FakeRecording(base()) {
      header_.capability_checks = CapabilityChecks::kAudited;
      for (const uint64_t capability : used) {
        event(1, Phase::kOwn, "cap_capable", {capability, 0, 0, 1}).text(1, "kill");
      }
    }
  };
  const auto a = run(Checked({0, 5})), b = run(Checked({5, 21}));
  EXPECT_EQ(text_of(diff_runs({a}, {b}, {})),
            "- capability CAP_CHOWN\n+ capability CAP_SYS_ADMIN\n");
  EXPECT_FALSE(diff_runs({a}, {run(base())}, {}).differ());  // an older recorder's
}

TEST(Diff, CallsAloneAreThoseOfTheCounts) {
  auto recording = base().event(1, Phase::kOwn, "read", {}, -1, "app", 0, Abi::kI386);
  Scope scope({});
  const Chosen chosen = scope.choose(recording);
  auto whole = items_of(recording, chosen, {})->items;
  std::erase_if(whole, [](const auto& row) { return row.first.sort != ItemSort::kSyscall; });
  EXPECT_EQ(calls_of(recording, chosen, {}).items, whole);
  EXPECT_EQ(whole.size(), 2U);
  const auto of_container = calls_of(recording, chosen, {.by = ItemsBy::kContainer}).items;
  EXPECT_TRUE(of_container.contains({ItemSort::kSyscall, "web", "getuid"}));
}

TEST(Diff, JsonIsSafe) {
  auto other = base().event(1, Phase::kOwn, "openat", {}, 3).text(1, "\xff\x1b");
  const auto json = diff_json(diff_runs({run(base())}, {run(other)}, {}));
  EXPECT_EQ(json["differ"], true);
  EXPECT_EQ(json["only_b"][1]["text"], "\\xff\\x1b");
}

TEST(Address, IsAClaim) {
  EXPECT_FALSE(parse_address(""));
  EXPECT_FALSE(parse_address(std::string("\x02\0\0", 3)));
  EXPECT_FALSE(parse_address(std::string("\x10\0\0\0\0\0\0\0\0\0\0\0", 12)));  // netlink
  EXPECT_EQ(address_text(*parse_address(inet("1.2.3.4", 53))), "1.2.3.4:53");
  sockaddr_in6 six = {};
  six.sin6_family = AF_INET6;
  six.sin6_addr = in6addr_loopback;
  six.sin6_port = htons(8);
  EXPECT_EQ(address_text(*parse_address({reinterpret_cast<char*>(&six), sizeof six})), "[::1]:8");
  EXPECT_EQ(address_text(*parse_address(std::string("\x01\0/run/x\0", 9))), "unix:/run/x");
  EXPECT_EQ(address_text(*parse_address(std::string("\x01\0\0abc", 6))), "unix:@abc");
  EXPECT_EQ(parse_address(std::string("\x01\0", 2))->host, "");
}

}  // namespace
}  // namespace ctrace
