// Which calls seccomp refused, by a task's filters and what the calls gave.
#include "tests/unit/tracker_fixture.h"

namespace ctrace {
namespace {

// Answers `action` to one number of one table, ALLOW to the rest.
std::string filter_for(uint32_t arch, uint32_t number, uint32_t action) {
  const sock_filter code[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch)),
                              BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, arch, 0, 3),
                              BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
                              BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1),
                              BPF_STMT(BPF_RET | BPF_K, action),
                              BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
  return std::string(reinterpret_cast<const char*>(code), sizeof code);
}

constexpr uint64_t kFilterHash = 31, kChainHash = 33;
constexpr uint16_t kDup3 = 292;

class DeniedTest : public TrackerTest {
 protected:
  DeniedTest() { start({}, true); }
  void send_filter(uint64_t hash, const std::string& code) {
    send(of(wire::REC_FILTER, 0), {hash, code.size() / 8, 0}, {{0, code}});
  }
  void send_chain(uint64_t hash, std::vector<uint64_t> filters) {
    filters.resize(wire::MAX_CHAIN);
    filters.insert(filters.begin(), hash);
    send(of(wire::REC_FILTER_CHAIN, 0), filters);
  }
  void send_filtered_task(uint64_t filters) {
    wire::task_record body = {};
    body.seccomp = SECCOMP_MODE_FILTER;
    body.filters = filters;
    send_task(body, 50, 0, wire::PHASE_HOST, kHostMnt, 0, "box");
  }
  // As the kernel side sends a call that may have been refused.
  Denied call(uint16_t nr, int64_t result, uint8_t abi = wire::ABI_NATIVE) {
    const uint64_t raw = nr | (abi == wire::ABI_X32 ? 0x40000000 : 0);
    send(of(wire::REC_SYSCALL, 50, nr, result, abi), {1, 2, 3, 4, 5, 6, raw, 0x401000});
    return seen_.back().denied;
  }
  Denied under(uint32_t action, int64_t result) {
    const uint64_t hash = 101 + 2 * uint64_t{action};
    send_filter(hash, filter_for(AUDIT_ARCH_X86_64, kDup3, action));
    send_chain(hash + 1'000'000, {hash});
    send_filtered_task(hash + 1'000'000);
    return call(kDup3, result);
  }
};

TEST_F(DeniedTest, AsTheFilterAndTheResultTogetherSay) {
  EXPECT_EQ(under(SECCOMP_RET_ERRNO | 13, -13), Denied::kErrno);
  EXPECT_EQ(under(SECCOMP_RET_TRAP, kDup3), Denied::kTrap);
  EXPECT_EQ(under(SECCOMP_RET_KILL_THREAD, kDup3), Denied::kKillThread);
  EXPECT_EQ(under(SECCOMP_RET_KILL_PROCESS, kDup3), Denied::kKillProcess);
  EXPECT_EQ(under(SECCOMP_RET_USER_NOTIF, 7), Denied::kNotify);
  EXPECT_EQ(under(SECCOMP_RET_TRACE, -38), Denied::kTrace);
  EXPECT_EQ(under(SECCOMP_RET_LOG, -9), Denied::kNo);
  EXPECT_EQ(call(110, -1), Denied::kNo);  // another number
  EXPECT_EQ(call(kDup3, -9, wire::ABI_I386), Denied::kNo);
  EXPECT_EQ(tracker_->undecided_denials(), 0u);
  // Not what the filter answers: then it is not known who did it.
  EXPECT_EQ(under(SECCOMP_RET_ERRNO | 14, -9), Denied::kNo);
  EXPECT_EQ(tracker_->undecided_denials(), 1u);
}

TEST_F(DeniedTest, TheStricterAndThenTheNewerFilterDecides) {
  send_filter(1, filter_for(AUDIT_ARCH_X86_64, kDup3, SECCOMP_RET_ERRNO | 5));
  send_filter(3, filter_for(AUDIT_ARCH_X86_64, kDup3, SECCOMP_RET_ERRNO | 7));
  send_filter(5, filter_for(AUDIT_ARCH_X86_64, kDup3, SECCOMP_RET_TRAP));
  send_chain(11, {3, 1});
  send_chain(13, {1, 5});
  send_filtered_task(11);
  EXPECT_EQ(call(kDup3, -7), Denied::kErrno);
  send_filtered_task(13);
  EXPECT_EQ(call(kDup3, kDup3), Denied::kTrap);
  EXPECT_EQ(tracker_->undecided_denials(), 0u);
}

TEST_F(DeniedTest, WhatIsNotKnownIsCountedAndNotGuessed) {
  send_filtered_task(wire::FILTERS_UNKNOWN);
  EXPECT_EQ(call(kDup3, -13), Denied::kNo);
  EXPECT_EQ(tracker_->undecided_denials(), 1u);
  // A chain whose filter never came, and one that the kernel would not have taken.
  send_chain(kChainHash, {kFilterHash});
  send_filtered_task(kChainHash);
  EXPECT_EQ(call(kDup3, -13), Denied::kNo);
  send_filter(kFilterHash, std::string(8, '\xff'));
  send_chain(kChainHash, {kFilterHash});
  send_filtered_task(kChainHash);
  EXPECT_EQ(call(kDup3, -13), Denied::kNo);
  EXPECT_EQ(tracker_->undecided_denials(), 3u);
}

TEST_F(DeniedTest, ALongFilterComesInPieces) {
  std::string code = filter_for(AUDIT_ARCH_X86_64, kDup3, SECCOMP_RET_ERRNO | 13);
  const uint64_t length = code.size() / 8;
  for (const bool ordered : {false, true}) {
    send(of(wire::REC_FILTER, 0), {kFilterHash, length, ordered ? 0u : 4u},
         {{0, ordered ? code.substr(0, 32) : code.substr(32)}});
    send(of(wire::REC_FILTER, 0), {kFilterHash, length, ordered ? 4u : 0u},
         {{0, ordered ? code.substr(32) : code.substr(0, 32)}});
    send_chain(kChainHash, {kFilterHash});
    send_filtered_task(kChainHash);
    EXPECT_EQ(call(kDup3, -13), ordered ? Denied::kErrno : Denied::kNo);
  }
}

TEST_F(DeniedTest, AKilledTasksLastCallIsToldOnce) {
  const std::vector<uint64_t> exit = {31, kDup3, 7, 1, 7, 8, 9, 0, 0, 0, 0x401000};
  send_filter(kFilterHash, filter_for(AUDIT_ARCH_X86_64, kDup3, SECCOMP_RET_KILL_PROCESS));
  send_chain(kChainHash, {kFilterHash});
  send_filtered_task(kChainHash);
  send(of(wire::REC_EXIT, 50), exit);
  ASSERT_EQ(names(), (Names{"dup3", "sched_process_exit"}));
  EXPECT_EQ(seen_[0].denied, Denied::kKillProcess);
  EXPECT_EQ(seen_[0].args, (std::vector<uint64_t>{7, 8, 9}));
  // The exit of the call came too, as on newer kernels.
  seen_.clear();
  send_filtered_task(kChainHash);
  EXPECT_EQ(call(kDup3, kDup3), Denied::kKillProcess);
  send(of(wire::REC_EXIT, 50), exit);
  EXPECT_EQ(names(), (Names{"dup3", "sched_process_exit"}));
  // A SIGSYS from elsewhere, in a call that the filter lets through.
  seen_.clear();
  send_filtered_task(kChainHash);
  auto other = exit;
  other[1] = 34;
  send(of(wire::REC_EXIT, 50), other);
  EXPECT_EQ(names(), (Names{"sched_process_exit"}));
}

}  // namespace
}  // namespace ctrace
