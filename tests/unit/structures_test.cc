// What arguments point to: real structures of the system's headers in words, 32-bit ones by their
// bytes, and bytes that lie.
#include "format/decode/structures.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/io_uring.h>
#include <linux/landlock.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <linux/perf_event.h>
#include <linux/sched.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/timex.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <utime.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <ctime>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "format/catalogue/catalogue.h"

namespace ctrace {
namespace {

template <typename T>
std::string bytes_of(const T& value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

// Numbers one after the other, each of so many bytes.
std::string packed(std::initializer_list<std::pair<int, uint64_t>> numbers) {
  std::string bytes;
  for (const auto& [size, value] : numbers) {
    bytes.append(reinterpret_cast<const char*>(&value), static_cast<size_t>(size));
  }
  return bytes;
}

// A call whose argument `arg` points to `bytes`.
struct Call {
  Call(std::string_view name, std::string_view arg, std::string pointed, Abi abi = Abi::kX86_64)
      : bytes(std::move(pointed)) {
    const auto events = find_events(name);
    const auto of_abi = [&](const EventType* type) {
      return syscall_number(type->id, abi).has_value();
    };
    const auto found = std::ranges::find_if(events, of_abi);
    event.type = found == events.end() ? events.front() : *found;
    event.abi = abi;
    index = index_of(arg);
    event.texts[index] = {bytes, Text::State::kWhole};
  }
  Call(const Call& other) : bytes(other.bytes), event(other.event), index(other.index) {
    event.texts[index].bytes = bytes;
  }
  size_t index_of(std::string_view arg) const {
    const auto found = std::ranges::find(event.type->args, arg, &ArgType::name);
    EXPECT_NE(found, event.type->args.end()) << arg;
    return static_cast<size_t>(found - event.type->args.begin());
  }
  Call& with(std::string_view arg, uint64_t value) {
    event.args[index_of(arg)] = value;
    return *this;
  }
  std::string text(StructView view = StructView::kAll) const {
    OutputBuffer out(-1);
    whole = append_struct(event, index, {.view = view}, out);
    return out.text();
  }
  std::string json() const {
    OutputBuffer out(-1);
    append_struct(event, index, {.json = true}, out);
    return out.text();
  }
  std::string bytes;
  Event event;
  size_t index = 0;
  mutable bool whole = false;
};

TEST(StructuresTest, SizesAreTheHeaders) {
  struct Row {
    Kind kind;
    size_t size;
  };
  constexpr Row kRows[] = {
      {Kind::timespec_in, sizeof(timespec)},
      {Kind::timespec64_in, 16},
      {Kind::timeval_in, sizeof(timeval)},
      {Kind::utimbuf, sizeof(utimbuf)},
      {Kind::timezone_in, sizeof(struct timezone)},
      {Kind::timex, offsetof(timex, tai) + 8},  // and then room
      {Kind::itimerval_in, sizeof(itimerval)},
      {Kind::itimerspec_in, sizeof(itimerspec)},
      {Kind::tms_out, sizeof(tms)},
      {Kind::rlimit_in, sizeof(rlimit)},
      {Kind::rlimit64_in, sizeof(rlimit64)},
      {Kind::sigaction_in, 32},  // the kernel's, not libc's
      {Kind::altstack_in, sizeof(stack_t)},
      {Kind::clone_args, sizeof(clone_args)},
      {Kind::open_how, sizeof(open_how)},
      {Kind::pollfds, sizeof(pollfd)},
      {Kind::epoll_event_in, sizeof(epoll_event)},
      {Kind::iovecs, sizeof(iovec)},
      {Kind::sembufs, sizeof(sembuf)},
      {Kind::utsname_out, sizeof(utsname)},
      {Kind::sysinfo_out, sizeof(struct sysinfo)},
      {Kind::sched_param_in, sizeof(int)},
      {Kind::sched_attr_in, 56},
      {Kind::cap_header, sizeof(__user_cap_header_struct)},
      {Kind::cap_data_in, sizeof(__user_cap_data_struct)},
      {Kind::mount_attr, sizeof(mount_attr)},
      {Kind::fcntl_arg, sizeof(struct flock)},
      {Kind::seccomp_arg, 16},
      {Kind::stat_out, offsetof(struct stat, st_atim)},
      {Kind::statx_out, offsetof(struct statx, stx_attributes_mask)},
      {Kind::statfs_out, offsetof(struct statfs, f_spare)},
      {Kind::rusage_out, offsetof(rusage, ru_maxrss)},
      {Kind::io_uring_params, offsetof(io_uring_params, resv)},
      {Kind::perf_event_attr, offsetof(perf_event_attr, read_format) + 8},
  };
  for (const Row& row : kRows) {
    EXPECT_EQ(struct_size(row.kind, kLayoutX86).size, row.size) << kind_row(row.kind).name;
  }
}

// Those of include/linux/compat.h and arch/x86/include/asm/compat.h.
TEST(StructuresTest, SizesOf32BitCalls) {
  struct Row {
    Kind kind;
    size_t i386, x32, arm64;
  };
  constexpr Row kRows[] = {
      {Kind::timespec_in, 8, 16, 16},     {Kind::timespec64_in, 16, 16, 16},
      {Kind::itimerval_in, 16, 32, 32},   {Kind::rlimit_in, 8, 8, 16},
      {Kind::sigaction_in, 20, 24, 32},   {Kind::old_sigaction_in, 16, 16, 32},
      {Kind::sigset_in, 8, 8, 8},         {Kind::altstack_in, 12, 12, 24},
      {Kind::stat_out, 32, 32, 72},       {Kind::stat64_out, 64, 72, 72},
      {Kind::statfs64_out, 68, 72, 72},   {Kind::fcntl_arg, 24, 32, 32},
      {Kind::epoll_event_in, 12, 12, 16}, {Kind::iovecs, 8, 8, 16},
      {Kind::sysinfo_out, 56, 56, 112},   {Kind::seccomp_arg, 8, 8, 16},
      {Kind::clone_args, 88, 88, 88},     {Kind::mq_attr_in, 16, 16, 32},
  };
  for (const Row& row : kRows) {
    const std::string_view name = kind_row(row.kind).name;
    EXPECT_EQ(struct_size(row.kind, kLayoutI386).size, row.i386) << name;
    EXPECT_EQ(struct_size(row.kind, kLayoutX32).size, row.x32) << name;
    EXPECT_EQ(struct_size(row.kind, kLayoutArm64).size, row.arm64) << name;
  }
}

TEST(StructuresTest, X32sOwnNumbersHave32BitPointers) {
  EXPECT_EQ(layout_of(Abi::kX32, 1).word, 8);    // write, x86_64's
  EXPECT_EQ(layout_of(Abi::kX32, 516).word, 4);  // writev
  const Call shared("nanosleep", "req", "", Abi::kX32), own("writev", "iov", "", Abi::kX32);
  EXPECT_EQ(layout_of(shared.event).word, 8);
  EXPECT_EQ(layout_of(own.event).word, 4);
  EXPECT_EQ(layout_of(own.event).time_word, 8);
}

TEST(StructuresTest, Times) {
  const timespec moment = {1, 500000000};
  EXPECT_EQ(Call("nanosleep", "req", bytes_of(moment)).text(), "{tv_sec=1, tv_nsec=500000000}");
  EXPECT_EQ(Call("nanosleep", "req", bytes_of(moment)).json(),
            R"({"tv_sec":1,"tv_nsec":500000000})");
  EXPECT_EQ(Call("nanosleep", "req", packed({{4, 2}, {4, 3}}), Abi::kI386).text(),
            "{tv_sec=2, tv_nsec=3}");
  const timespec before_1970 = {-2, 0};
  EXPECT_EQ(Call("clock_settime", "tp", bytes_of(before_1970)).text(), "{tv_sec=-2, tv_nsec=0}");
  EXPECT_EQ(Call("clock_nanosleep_time64", "request", packed({{8, 5}, {8, 6}}), Abi::kI386).text(),
            "{tv_sec=5, tv_nsec=6}");
  const timespec pair[2] = {{0, UTIME_NOW}, {7, 8}};
  EXPECT_EQ(Call("utimensat", "times", bytes_of(pair)).text(),
            "[UTIME_NOW, {tv_sec=7, tv_nsec=8}]");
  const itimerval timer = {{1, 2}, {3, 4}};
  EXPECT_EQ(Call("setitimer", "new_value", bytes_of(timer)).text(),
            "{it_interval={tv_sec=1, tv_usec=2}, it_value={tv_sec=3, tv_usec=4}}");
  EXPECT_EQ(Call("setitimer", "new_value", bytes_of(timer)).json(),
            R"({"it_interval":{"tv_sec":1,"tv_usec":2},"it_value":{"tv_sec":3,"tv_usec":4}})");
  const struct timezone zone = {-60, 1};
  EXPECT_EQ(Call("settimeofday", "tz", bytes_of(zone)).text(),
            "{tz_minuteswest=-60, tz_dsttime=1}");
  timex clock = {};
  clock.modes = ADJ_FREQUENCY | ADJ_OFFSET_SINGLESHOT;
  clock.freq = -65536;
  clock.status = STA_UNSYNC | STA_NANO;
  clock.time = {5, 6};
  clock.shift = 7;
  clock.tai = 37;
  EXPECT_EQ(Call("adjtimex", "buf", bytes_of(clock)).text(),
            "{modes=ADJ_OFFSET_SINGLESHOT|ADJ_FREQUENCY, offset=0, freq=-65536, maxerror=0, "
            "esterror=0, status=STA_UNSYNC|STA_NANO, constant=0, precision=0, tolerance=0, "
            "time={tv_sec=5, tv_usec=6}, tick=0, ppsfreq=0, jitter=0, shift=7, stabil=0, "
            "jitcnt=0, calcnt=0, errcnt=0, stbcnt=0, tai=37}");
  EXPECT_EQ(Call("settimeofday", "tz", packed({{4, 0}, {4, 0}}), Abi::kI386).json(),
            R"({"tz_minuteswest":0,"tz_dsttime":0})");
}

TEST(StructuresTest, Limits) {
  const rlimit limit = {8192, RLIM_INFINITY};
  EXPECT_EQ(Call("setrlimit", "rlim", bytes_of(limit)).text(),
            "{rlim_cur=8192, rlim_max=RLIM_INFINITY}");
  EXPECT_EQ(Call("setrlimit", "rlim", packed({{4, 10}, {4, UINT32_MAX}}), Abi::kI386).text(),
            "{rlim_cur=10, rlim_max=RLIM_INFINITY}");
  const rlimit64 large = {uint64_t{1} << 60, RLIM64_INFINITY};
  EXPECT_EQ(Call("prlimit64", "new_limit", bytes_of(large)).text(),
            "{rlim_cur=1152921504606846976, rlim_max=RLIM64_INFINITY}");
  // Beyond what JSON readers hold exactly.
  EXPECT_EQ(Call("prlimit64", "new_limit", bytes_of(large)).json(),
            R"({"rlim_cur":"1152921504606846976","rlim_max":"RLIM64_INFINITY"})");
}

TEST(StructuresTest, Signals) {
  // The kernel's structure: handler, flags, restorer, mask.
  const std::string action =
      packed({{8, 0x401000}, {8, 0x14000000}, {8, 0x7f0000001000}, {8, 1 << 1 | 1 << 14}});
  EXPECT_EQ(Call("rt_sigaction", "act", action).text(),
            "{sa_handler=0x401000, sa_mask=[INT TERM], sa_flags=SA_RESTORER|SA_RESTART, "
            "sa_restorer=0x7f0000001000}");
  EXPECT_EQ(Call("rt_sigaction", "act", action).json(),
            R"({"sa_handler":"0x401000","sa_mask":["SIGINT","SIGTERM"],)"
            R"("sa_flags":"SA_RESTORER|SA_RESTART","sa_restorer":"0x7f0000001000"})");
  EXPECT_EQ(Call("rt_sigaction", "act", packed({{8, 1}, {8, 0}, {8, 0}, {8, 0}})).text(),
            "{sa_handler=SIG_IGN, sa_mask=[], sa_flags=0}");
  EXPECT_EQ(
      Call("rt_sigaction", "act", packed({{4, 0}, {4, 4}, {4, 0}, {8, 1}}), Abi::kI386).text(),
      "{sa_handler=SIG_DFL, sa_mask=[HUP], sa_flags=SA_SIGINFO}");
  EXPECT_EQ(Call("rt_sigprocmask", "set", packed({{8, ~uint64_t{0}}})).text(), "~[]");
  EXPECT_EQ(Call("rt_sigprocmask", "set", packed({{8, ~uint64_t{0x40100}}})).text(),
            "~[KILL STOP]");
  EXPECT_EQ(Call("rt_sigprocmask", "set", packed({{8, uint64_t{3} << 31}})).text(), "[RTMIN RT_1]");
  const std::string child = packed({{4, SIGCHLD},
                                    {4, 0},
                                    {4, CLD_EXITED},
                                    {4, 0},
                                    {4, 77},
                                    {4, 1000},
                                    {4, 3},
                                    {4, 0},
                                    {8, 1},
                                    {8, 2}});
  EXPECT_EQ(Call("waitid", "infop", child).text(),
            "{si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=77, si_uid=1000, si_status=3, "
            "si_utime=1, si_stime=2}");
  EXPECT_EQ(Call("waitid", "infop", std::string(48, '\0')).text(), "{}");
  const std::string killed = packed(
      {{4, SIGCHLD}, {4, 0}, {4, CLD_KILLED}, {4, 77}, {4, 0}, {4, SIGKILL}, {4, 0}, {4, 0}});
  EXPECT_EQ(Call("waitid", "infop", killed, Abi::kI386).text(),
            "{si_signo=SIGCHLD, si_code=CLD_KILLED, si_pid=77, si_uid=0, si_status=SIGKILL, "
            "si_utime=0, si_stime=0}");
}

TEST(StructuresTest, Processes) {
  EXPECT_EQ(Call("wait4", "wstatus", packed({{4, 0x300}})).text(),
            "[{WIFEXITED(s) && WEXITSTATUS(s) == 3}]");
  EXPECT_EQ(Call("wait4", "wstatus", packed({{4, 0x300}})).json(),
            R"({"status":768,"exit_code":3})");
  EXPECT_EQ(Call("wait4", "wstatus", packed({{4, 0x8b}})).text(),
            "[{WIFSIGNALED(s) && WTERMSIG(s) == SIGSEGV && WCOREDUMP(s)}]");
  EXPECT_EQ(Call("wait4", "wstatus", packed({{4, 0x137f}})).text(),
            "[{WIFSTOPPED(s) && WSTOPSIG(s) == SIGSTOP}]");
  EXPECT_EQ(Call("wait4", "wstatus", packed({{4, 0xffff}})).text(), "[{WIFCONTINUED(s)}]");
  clone_args clone = {};
  clone.flags = CLONE_VM | CLONE_THREAD;
  clone.exit_signal = SIGCHLD;
  clone.stack = 0x1000;
  EXPECT_EQ(Call("clone3", "cl_args", bytes_of(clone)).text(),
            "{flags=CLONE_VM|CLONE_THREAD, child_tid=NULL, parent_tid=NULL, exit_signal=SIGCHLD, "
            "stack=0x1000, stack_size=0, tls=NULL}");
  // The first version of the structure, which is whole.
  const Call old("clone3", "cl_args", bytes_of(clone).substr(0, 64));
  EXPECT_EQ(old.text(), Call("clone3", "cl_args", bytes_of(clone)).text());
  EXPECT_TRUE(old.whole);
  const sched_param param = {5};
  EXPECT_EQ(Call("sched_setparam", "param", bytes_of(param)).text(), "[5]");
  EXPECT_EQ(Call("sched_setparam", "param", bytes_of(param)).json(), "5");
  EXPECT_EQ(Call("sched_setaffinity", "mask", packed({{8, 5}})).text(), "[0 2]");
  EXPECT_EQ(Call("sched_setaffinity", "mask", packed({{8, 5}})).json(), "[0,2]");
  const std::string caps = packed({{4, 3}, {4, 1}, {4, 0}, {4, 1 << 8}, {4, 0}, {4, 0}});
  EXPECT_EQ(Call("capset", "datap", caps).text(),
            "{effective=1<<CAP_CHOWN|1<<CAP_DAC_OVERRIDE|1<<CAP_CHECKPOINT_RESTORE, "
            "permitted=1<<CAP_CHOWN, inheritable=0}");
  EXPECT_EQ(Call("landlock_add_rule", "rule_attr", packed({{8, 4}, {4, 9}, {4, 0}}))
                .with("rule_type", 1)
                .text(),
            "{allowed_access=LANDLOCK_ACCESS_FS_READ_FILE, parent_fd=9}");
  EXPECT_EQ(Call("landlock_add_rule", "rule_attr", packed({{8, 2}, {8, 443}}))
                .with("rule_type", 2)
                .text(),
            "{allowed_access=LANDLOCK_ACCESS_NET_CONNECT_TCP, port=443}");
}

TEST(StructuresTest, Files) {
  const open_how how = {O_RDONLY | O_CLOEXEC, 0, RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
  EXPECT_EQ(Call("openat2", "how", bytes_of(how)).text(),
            "{flags=O_RDONLY|O_CLOEXEC, resolve=RESOLVE_NO_MAGICLINKS|RESOLVE_BENEATH}");
  // arm64 has another O_DIRECTORY.
  const open_how folder = {0x4000, 0, 0};
  EXPECT_EQ(Call("openat2", "how", bytes_of(folder), Abi::kArm64).text(),
            "{flags=O_RDONLY|O_DIRECTORY, resolve=0}");
  struct stat file = {};
  file.st_dev = 0x801;
  file.st_ino = 12;
  file.st_nlink = 2;
  file.st_mode = S_IFREG | 0644;
  file.st_uid = 1;
  file.st_gid = 2;
  file.st_size = 4097;
  file.st_blksize = 4096;
  file.st_blocks = 16;
  EXPECT_EQ(Call("fstat", "statbuf", bytes_of(file)).text(),
            "{st_dev=makedev(0x8, 0x1), st_ino=12, st_mode=S_IFREG|0644, st_nlink=2, st_uid=1, "
            "st_gid=2, st_rdev=makedev(0, 0), st_blksize=4096, st_blocks=16, st_size=4097, ...}");
  EXPECT_EQ(Call("fstat", "statbuf", bytes_of(file)).json(),
            R"({"st_dev":2049,"st_ino":12,"st_mode":"S_IFREG|0644","st_nlink":2,"st_uid":1,)"
            R"("st_gid":2,"st_rdev":0,"st_blksize":4096,"st_blocks":16,"st_size":4097})");
  struct statx more = {};
  more.stx_mode = S_IFDIR | 01777;
  more.stx_mask = STATX_BASIC_STATS;
  more.stx_size = 60;
  EXPECT_NE(Call("statx", "statxbuf", bytes_of(more)).text().find("stx_mode=S_IFDIR|01777"),
            std::string::npos);
  EXPECT_NE(Call("statx", "statxbuf", bytes_of(more)).text().find("stx_size=60"),
            std::string::npos);
  const struct flock lock = {F_WRLCK, SEEK_SET, 10, 20, 0};
  EXPECT_EQ(Call("fcntl", "arg", bytes_of(lock)).with("cmd", F_SETLK).text(),
            "{l_type=F_WRLCK, l_whence=SEEK_SET, l_start=10, l_len=20}");
  EXPECT_EQ(
      Call("fcntl", "arg", packed({{2, 0}, {2, 1}, {4, 3}, {4, 4}, {4, 5}, {8, 0}}), Abi::kI386)
          .with("cmd", 6)
          .text(),
      "{l_type=F_RDLCK, l_whence=SEEK_CUR, l_start=3, l_len=4, l_pid=5}");
  EXPECT_EQ(Call("fcntl64", "arg", packed({{2, 0}, {2, 1}, {8, 3}, {8, 4}, {4, 5}}), Abi::kI386)
                .with("cmd", 13)
                .text(),
            "{l_type=F_RDLCK, l_whence=SEEK_CUR, l_start=3, l_len=4, l_pid=5}");
}

TEST(StructuresTest, Waiting) {
  const pollfd fds[] = {{3, POLLIN, POLLIN | POLLHUP}, {4, POLLOUT, 0}};
  const Call poll("poll", "fds", bytes_of(fds));
  EXPECT_EQ(poll.text(),
            "[{fd=3, events=POLLIN, revents=POLLIN|POLLHUP}, {fd=4, events=POLLOUT, revents=0}]");
  EXPECT_EQ(poll.text(StructView::kBefore), "[{fd=3, events=POLLIN}, {fd=4, events=POLLOUT}]");
  EXPECT_EQ(poll.text(StructView::kAfter), "[{fd=3, revents=POLLIN|POLLHUP}]");
  EXPECT_EQ(poll.json(), R"([{"fd":3,"events":"POLLIN","revents":"POLLIN|POLLHUP"},)"
                         R"({"fd":4,"events":"POLLOUT","revents":"0"}])");
  epoll_event event = {EPOLLIN | EPOLLET, {.u64 = (uint64_t{1} << 32) + 5}};
  EXPECT_EQ(Call("epoll_ctl", "event", bytes_of(event)).text(),
            "{events=EPOLLIN|EPOLLET, data={u32=5, u64=4294967301}}");
  EXPECT_EQ(Call("epoll_ctl", "event", packed({{4, 1}, {4, 0}, {8, 5}}), Abi::kArm64).text(),
            "{events=EPOLLIN, data={u32=5, u64=5}}");
  EXPECT_EQ(Call("epoll_wait", "events", bytes_of(event)).json(),
            R"([{"events":"EPOLLIN|EPOLLET","data":4294967301}])");
  EXPECT_EQ(Call("select", "readfds", packed({{8, 0x28}})).with("nfds", 6).text(), "[3 5]");
  EXPECT_EQ(Call("select", "readfds", packed({{8, 0x28}})).with("nfds", 5).text(), "[3]");
  EXPECT_EQ(Call("pipe2", "pipefd", packed({{4, 3}, {4, 4}})).text(), "[3, 4]");
  EXPECT_EQ(Call("pipe2", "pipefd", packed({{4, 3}, {4, 4}})).json(), "[3,4]");
}

TEST(StructuresTest, SocketOptions) {
  const auto option = [](uint64_t level, uint64_t name, std::string bytes) {
    return Call("setsockopt", "optval", std::move(bytes))
        .with("level", level)
        .with("optname", name);
  };
  EXPECT_EQ(option(SOL_SOCKET, SO_REUSEADDR, packed({{4, 1}})).text(), "[1]");
  EXPECT_EQ(option(SOL_SOCKET, SO_REUSEADDR, packed({{4, 1}})).json(), "1");
  EXPECT_EQ(option(SOL_SOCKET, SO_LINGER, packed({{4, 1}, {4, 5}})).text(),
            "{l_onoff=1, l_linger=5}");
  EXPECT_EQ(option(SOL_SOCKET, SO_RCVTIMEO, packed({{8, 1}, {8, 5}})).text(),
            "{tv_sec=1, tv_usec=5}");
  EXPECT_EQ(option(SOL_SOCKET, SO_PEERCRED, packed({{4, 1}, {4, 2}, {4, 3}})).text(),
            "{pid=1, uid=2, gid=3}");
  EXPECT_EQ(option(SOL_SOCKET, SO_ERROR, packed({{4, ECONNREFUSED}})).text(), "[ECONNREFUSED]");
  EXPECT_EQ(option(SOL_SOCKET, SO_BINDTODEVICE, std::string("eth0\0\0", 6)).text(), "\"eth0\"");
  EXPECT_EQ(option(41, 20, std::string("\1\2\xff", 3)).json(), "\"0102ff\"");
}

TEST(StructuresTest, TheMachine) {
  utsname name = {};
  std::strcpy(name.sysname, "Linux");
  std::strcpy(name.nodename, "a\"b\n");
  std::strcpy(name.machine, "x86_64");
  EXPECT_EQ(Call("uname", "buf", bytes_of(name)).text(),
            R"({sysname="Linux", nodename="a\"b\n", release="", version="", machine="x86_64", )"
            R"(domainname=""})");
  EXPECT_EQ(Call("getgroups", "list", packed({{4, 10}, {4, 20}})).text(), "[10, 20]");
  EXPECT_EQ(Call("getresuid", "ruid", packed({{4, 1000}})).text(), "[1000]");
  const iovec pieces[] = {{reinterpret_cast<void*>(0x1000), 5}, {nullptr, 0}};
  EXPECT_EQ(Call("writev", "iov", bytes_of(pieces)).with("iovcnt", 2).text(),
            "[{iov_base=0x1000, iov_len=5}, {iov_base=NULL, iov_len=0}]");
  bpf_attr map = {};
  map.map_type = BPF_MAP_TYPE_RINGBUF;
  map.max_entries = 4096;
  std::strcpy(map.map_name, "rings");
  const std::string created = Call("bpf", "attr", bytes_of(map).substr(0, 60)).text();
  EXPECT_TRUE(
      created.starts_with("{map_type=BPF_MAP_TYPE_RINGBUF, key_size=0, value_size=0, "
                          "max_entries=4096, map_flags=0, inner_map_fd=0, numa_node=0, "
                          "map_name=\"rings\""))
      << created;
}

// As the kernel side puts it together: FORMAT.md.
std::string message(const std::string& header, const std::string& name, const std::string& vectors,
                    size_t room = 64) {
  std::string bytes = header;
  bytes.resize(room);
  bytes += packed({{2, name.size()}, {2, vectors.size()}, {4, 0}}) + name;
  bytes.resize((bytes.size() + 7) / 8 * 8);
  return bytes + vectors;
}

TEST(StructuresTest, ASchedAttrIsAsLongAsItSays) {
  const auto with_size = [](uint64_t size) {
    return Call("sched_setattr", "attr",
                packed({{4, size},
                        {4, 0},
                        {8, 0},
                        {4, 5},
                        {4, 0},
                        {8, 1},
                        {8, 2},
                        {8, 3},
                        {4, 0xdead},
                        {4, 0xbeef}}));
  };
  constexpr const char* kFirst =
      "sched_policy=SCHED_OTHER, sched_flags=0, sched_nice=5, sched_priority=0, sched_runtime=1, "
      "sched_deadline=2, sched_period=3";
  EXPECT_EQ(with_size(48).text(), std::string("{size=48, ") + kFirst + "}");
  EXPECT_EQ(with_size(0).text(), std::string("{size=0, ") + kFirst + "}");
  EXPECT_EQ(with_size(56).text(),
            std::string("{size=56, ") + kFirst + ", sched_util_min=57005, sched_util_max=48879}");
}

TEST(StructuresTest, Semaphores) {
  const sembuf operations[] = {{0, 1, 0}, {1, -1, IPC_NOWAIT | SEM_UNDO}};
  EXPECT_EQ(Call("semop", "sops", bytes_of(operations)).text(),
            "[{sem_num=0, sem_op=1, sem_flg=0}, "
            "{sem_num=1, sem_op=-1, sem_flg=IPC_NOWAIT|SEM_UNDO}]");
}

TEST(StructuresTest, Messages) {
  const iovec piece = {reinterpret_cast<void*>(0x1000), 5};
  const std::string name("\2\0\0\x35\x8\x8\x8\x8\0\0\0\0\0\0\0\0", 16);
  msghdr header = {};
  header.msg_name = &header;
  header.msg_namelen = 16;
  header.msg_iov = reinterpret_cast<iovec*>(0x2000);
  header.msg_iovlen = 1;
  header.msg_flags = MSG_TRUNC;
  const Call call("sendmsg", "msg", message(bytes_of(header), name, bytes_of(piece)));
  EXPECT_EQ(call.text(),
            "{msg_name={sa_family=AF_INET, sin_port=53, sin_addr=8.8.8.8}, msg_namelen=16, "
            "msg_iov=[{iov_base=0x1000, iov_len=5}], msg_iovlen=1, msg_controllen=0, "
            "msg_flags=MSG_TRUNC}");
  EXPECT_EQ(call.json(),
            R"({"msg_name":"{'sa_family': 'AF_INET','sin_port': '53','sin_addr': '8.8.8.8'}",)"
            R"("msg_namelen":16,"msg_iov":[{"iov_base":"0x1000","iov_len":5}],"msg_iovlen":1,)"
            R"("msg_controllen":0,"msg_flags":"MSG_TRUNC"})");
  mmsghdr several = {{}, 7};
  Call many("sendmmsg", "msgvec", message(bytes_of(several), "", ""));
  EXPECT_EQ(many.with("vlen", 1).text(),
            "[{msg_hdr={msg_name=NULL, msg_namelen=0, msg_iov=NULL, msg_iovlen=0, "
            "msg_controllen=0, msg_flags=0}, msg_len=7}]");
  EXPECT_TRUE(many.with("vlen", 2).text().ends_with(", msg_len=7}, ...]"));
  const std::string compat = packed({{4, 0}, {4, 0}, {4, 0x2000}, {4, 1}, {4, 0}, {4, 0}, {4, 0}});
  const Call i386("recvmsg", "msg", message(compat, "", packed({{4, 0x30}, {4, 9}}), 32),
                  Abi::kI386);
  EXPECT_EQ(i386.text(),
            "{msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base=0x30, iov_len=9}], msg_iovlen=1, "
            "msg_controllen=0, msg_flags=0}");
}

// nlohmann's parser does not take the lone surrogates of bytes that are no UTF-8.
void expect_balanced(const Event& event, size_t index, bool is_utf8) {
  OutputBuffer text(-1), json(-1);
  append_struct(event, index, {}, text);
  append_struct(event, index, {.json = true}, json);
  EXPECT_FALSE(text.since(0).empty());
  EXPECT_EQ(std::ranges::count(text.since(0), '{'), std::ranges::count(text.since(0), '}'));
  EXPECT_TRUE(!is_utf8 || nlohmann::json::accept(json.since(0)))
      << event.type->name << ": " << json.text();
}

// Every structure, cut at every place: nothing is read behind the end (the sanitizers look), what
// is short says so, brackets close, and JSON is JSON.
TEST(StructuresTest, BytesMayLie) {
  for (const EventType& type : event_types()) {
    for (size_t index = 0; index < type.args.size(); ++index) {
      if (type.args[index].form != Form::kStruct) continue;
      const StructSize size = struct_size(type.args[index].kind, kLayoutX86);
      ASSERT_GT(size.size, 0) << type.name << " " << type.args[index].name;
      for (const Abi abi : {Abi::kX86_64, Abi::kI386, Abi::kX32, Abi::kArm64}) {
        for (size_t length = 0; length <= size.size + 9u; length += length < 40 ? 1 : 7) {
          for (const char filling : {'\xff', '\x7f'}) {
            const std::vector<char> bytes(length, filling);
            Event event;
            event.type = &type;
            event.abi = abi;
            event.texts[index] = {{bytes.data(), bytes.size()}, Text::State::kWhole};
            expect_balanced(event, index, filling == '\x7f');
          }
        }
      }
    }
  }
}

TEST(StructuresTest, WhatIsShortSaysSo) {
  const Call half("nanosleep", "req", packed({{8, 1}, {4, 2}}));
  EXPECT_EQ(half.text(), "{tv_sec=1, ...}");
  EXPECT_FALSE(half.whole);
  EXPECT_EQ(half.json(), R"({"tv_sec":1})");
  const Call none("nanosleep", "req", "");
  EXPECT_EQ(none.text(), "{...}");
  Call list("poll", "fds", packed({{4, 1}, {2, 0}, {2, 0}, {3, 0}}));
  EXPECT_EQ(list.text(), "[{fd=1, events=0, revents=0}, ...]");
  EXPECT_FALSE(list.whole);
}

// What nobody knows is hex.
TEST(StructuresTest, AnUnknownKindIsHex) {
  EventType type{1, "x", {{"a", Kind::kUnknown, Form::kStruct, "struct new*"}}, true};
  Event event;
  event.type = &type;
  event.texts[0] = {std::string_view("\0\xff", 2), Text::State::kWhole};
  OutputBuffer text(-1), json(-1);
  append_struct(event, 0, {}, text);
  append_struct(event, 0, {.json = true}, json);
  EXPECT_EQ(text.text(), "00ff");
  EXPECT_EQ(json.text(), "\"00ff\"");
}

TEST(StructuresTest, AnArgumentMayBeANumberInstead) {
  Call call("fcntl", "arg", "");
  EXPECT_TRUE(is_pointer_here(call.with("cmd", F_SETLK).event, call.index));
  EXPECT_FALSE(is_pointer_here(call.with("cmd", F_SETFD).event, call.index));
  EXPECT_FALSE(is_pointer_here(call.with("cmd", 1030).event, call.index));
  Call futex("futex", "timeout", "");
  EXPECT_TRUE(is_pointer_here(futex.with("futex_op", 0x80).event, futex.index));   // WAIT
  EXPECT_FALSE(is_pointer_here(futex.with("futex_op", 0x81).event, futex.index));  // WAKE
}

}  // namespace
}  // namespace ctrace
