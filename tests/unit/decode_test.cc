// What values are called, row by row.
#include "format/decode/decode.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/vm_sockets.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <bit>
#include <cstdio>
#include <cstring>
#include <set>
#include <string>
#include <string_view>

#include "format/catalogue/catalogue.h"
#include "format/decode/words.h"

namespace ctrace {
namespace {

std::string decoded(Kind kind, uint64_t value) {
  OutputBuffer out(-1);
  return append_decoded(kind, value, out) ? out.text() : "number" + out.text();
}

std::string decoded(const Event& event, size_t index) {
  OutputBuffer out(-1);
  return append_decoded(event, index, out) ? out.text() : "number" + out.text();
}

TEST(DecodeTest, ValuesHaveTheirWords) {
  struct Row {
    Kind kind;
    uint64_t value;
    const char* expected;
  };
  constexpr Row kRows[] = {
      {Kind::fanotify_mask, 0x40000100, "FAN_CREATE|FAN_ONDIR"},
      {Kind::ioprio, 0x4004, "IOPRIO_CLASS_BE|0x4"},
      {Kind::ioprio, 0x12000, "IOPRIO_CLASS_RT|0x10000"},
      {Kind::mempolicy_flags, 3, "MPOL_MF_STRICT|MPOL_MF_MOVE"},
      {Kind::mempolicy_get_flags, 4, "MPOL_F_MEMS_ALLOWED"},
      {Kind::membarrier_flags, 1, "MEMBARRIER_CMD_FLAG_CPU"},
      {Kind::landlock_create_flags, 1, "LANDLOCK_CREATE_RULESET_VERSION"},
      {Kind::sem_flags, 0x1800, "IPC_NOWAIT|SEM_UNDO"},
      {Kind::mq_flags, 0, "0"},
      {Kind::open_flags, 0, "O_RDONLY"},
      {Kind::open_flags, 02000001, "O_WRONLY|O_CLOEXEC"},
      {Kind::open_flags, 3, "O_ACCMODE"},
      {Kind::open_flags, 04010000, "O_RDONLY|O_SYNC"},
      {Kind::open_flags, 010000, "O_RDONLY|O_DSYNC"},
      {Kind::open_flags, 020200002, "O_RDWR|O_TMPFILE"},
      {Kind::open_flags, 0200000, "O_RDONLY|O_DIRECTORY"},
      {Kind::open_flags, 0x40000000, "O_RDONLY|0x40000000"},
      {Kind::dirfd, 0xffffff9c, "AT_FDCWD"},
      {Kind::dirfd, ~uint64_t{99}, "AT_FDCWD"},
      {Kind::dirfd, 3, "number"},
      {Kind::dirfd, 0xffffffff, "number"},
      {Kind::mode, 0644, "0644"},
      {Kind::mode, 0100644, "S_IFREG|0644"},
      {Kind::mode, 04755, "04755"},
      {Kind::mode, 0, "0"},
      {Kind::mode, 0777777, "0777777"},
      {Kind::fd_flags, 3, "0x3"},
      {Kind::fd_flags, 02000000, "O_CLOEXEC"},
      {Kind::map_flags, 0x54040022, "MAP_PRIVATE|MAP_HUGE_2MB|MAP_ANONYMOUS|MAP_HUGETLB"},
      {Kind::map_flags, 0x44040022, "MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB|0x44000000"},
      {Kind::memfd_flags, 0x78000004, "MFD_HUGE_1GB|MFD_HUGETLB"},
      {Kind::personality_flags, 0xffffffff, "0xffffffff"},
      {Kind::personality_flags, 0x40000, "PER_LINUX|ADDR_NO_RANDOMIZE"},
      {Kind::ipc_key, 0, "IPC_PRIVATE"},
      {Kind::ipc_key, 7, "number"},
      {Kind::quota_cmd, 0x80000701, "Q_GETQUOTA|GRPQUOTA"},
      {Kind::signal, 34, "SIGRT_2"},
      {Kind::signal, 65, "number"},
      {Kind::prot, 0, "PROT_NONE"},
      {Kind::prot, 7, "PROT_READ|PROT_WRITE|PROT_EXEC"},
      {Kind::map_flags, 0x22, "MAP_PRIVATE|MAP_ANONYMOUS"},
      {Kind::map_flags, 3, "MAP_SHARED_VALIDATE"},
      {Kind::access_mode, 0, "F_OK"},
      {Kind::access_mode, 6, "R_OK|W_OK"},
      {Kind::at_flags, 0, "0"},
      {Kind::at_flags, 0x100, "AT_SYMLINK_NOFOLLOW"},
      {Kind::at_flags, 0x1000, "AT_EMPTY_PATH"},
      {Kind::unlinkat_flags, 0x200, "AT_REMOVEDIR"},
      {Kind::faccessat_flags, 0x200, "AT_EACCESS"},
      {Kind::clone_flags, 17, "SIGCHLD"},
      {Kind::clone_flags, 0x01200011, "SIGCHLD|CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID"},
      {Kind::clone_flags, 0x100, "CLONE_VM"},
      {Kind::namespace_flags, 0x80, "CLONE_NEWTIME"},
      {Kind::namespace_flags, 0x20020000, "CLONE_NEWNS|CLONE_NEWPID"},
      {Kind::signal, 9, "SIGKILL"},
      {Kind::signal, 0, "number"},
      {Kind::signal, 40, "SIGRT_8"},
      {Kind::socket_family, 2, "AF_INET"},
      {Kind::socket_family, 999, "0x3e7"},
      {Kind::socket_type, 02000001, "SOCK_STREAM|SOCK_CLOEXEC"},
      {Kind::socket_protocol, 6, "number"},  // whose protocol, the value alone does not say
      {Kind::msg_flags, 0x4040, "MSG_DONTWAIT|MSG_NOSIGNAL"},
      {Kind::fcntl_cmd, 1030, "F_DUPFD_CLOEXEC"},
      {Kind::futex_op, 128, "FUTEX_WAIT|FUTEX_PRIVATE_FLAG"},
      {Kind::futex_op, 0x189, "FUTEX_WAIT_BITSET|FUTEX_PRIVATE_FLAG|FUTEX_CLOCK_REALTIME"},
      {Kind::wait_options, 0x40000001, "WNOHANG|__WALL"},
      {Kind::madvise_advice, 4, "MADV_DONTNEED"},
      {Kind::mount_flags, 0x5000, "MS_BIND|MS_REC"},
      {Kind::umount_flags, 2, "MNT_DETACH"},
      {Kind::ptrace_request, 16, "PTRACE_ATTACH"},
      {Kind::ptrace_request, 0x4206, "PTRACE_SEIZE"},
      {Kind::prctl_option, 38, "PR_SET_NO_NEW_PRIVS"},
      {Kind::prctl_option, 0x59616d61, "PR_SET_PTRACER"},
      {Kind::bpf_cmd, 5, "BPF_PROG_LOAD"},
      {Kind::whence, 2, "SEEK_END"},
      {Kind::clock_id, 1, "CLOCK_MONOTONIC"},
      {Kind::clock_id, 0xfffffffa, "number"},
      {Kind::rlimit_resource, 7, "RLIMIT_NOFILE"},
      {Kind::epoll_op, 1, "EPOLL_CTL_ADD"},
      {Kind::flock_op, 6, "LOCK_EX|LOCK_NB"},
      {Kind::seccomp_op, 1, "SECCOMP_SET_MODE_FILTER"},
      {Kind::keyctl_op, 1, "KEYCTL_JOIN_SESSION_KEYRING"},
      {Kind::key_serial, 0xfffffffd, "KEY_SPEC_SESSION_KEYRING"},
      {Kind::key_serial, 12345, "number"},
      {Kind::ipc_get_flags, 01600, "IPC_CREAT|0600"},
      {Kind::ioctl_request, 0x5413, "TIOCGWINSZ"},
      {Kind::ioctl_request, 0xdeadbeef, "0xdeadbeef"},
      {Kind::mount_attr_flags, 1, "MOUNT_ATTR_RDONLY"},
      {Kind::i32, 5, "number"},
      {Kind::pointer, 5, "number"},
      {Kind::kUnknown, 5, "number"},
  };
  for (const Row& row : kRows) {
    EXPECT_EQ(decoded(row.kind, row.value), row.expected)
        << kind_row(row.kind).name << " " << row.value;
  }
}

TEST(DecodeTest, NothingIsHidden) {
  // All bits set: whatever the words do not cover must show as hex.
  for (auto decoders : {words::files_decoders(), words::net_decoders(), words::process_decoders(),
                        words::system_decoders()}) {
    for (const words::Decoder& decoder : decoders) {
      uint64_t covered = decoder.choice_mask | decoder.options.octal_mask;
      for (const words::Word& word : decoder.flags) {
        // Of two composites that share bits the first is taken.
        if ((word.value & covered) == 0 || std::has_single_bit(word.value)) {
          covered |= word.value;
        }
      }
      const bool is_narrow = kind_row(decoder.kind).form == Form::kSigned32 ||
                             kind_row(decoder.kind).form == Form::kUnsigned32;
      if (is_narrow) covered |= ~uint64_t{0xffffffff};
      if (~covered == 0 || decoder.options.no_flags_in_minus_one) continue;
      char hex[24];
      std::snprintf(hex, sizeof hex, "0x%llx", static_cast<unsigned long long>(~covered));
      EXPECT_TRUE(decoded(decoder.kind, ~uint64_t{0}).ends_with(hex))
          << kind_row(decoder.kind).name << ": " << decoded(decoder.kind, ~uint64_t{0});
    }
  }
}

TEST(DecodeTest, NoWordComesTooLate) {
  for (auto decoders : {words::files_decoders(), words::net_decoders(), words::process_decoders(),
                        words::system_decoders()}) {
    std::set<Kind> kinds;
    for (const words::Decoder& decoder : decoders) {
      EXPECT_TRUE(kinds.insert(decoder.kind).second) << kind_row(decoder.kind).name;
      uint64_t seen = 0;
      for (const words::Word& word : decoder.flags) {
        // A composite behind one of its parts could never be printed.
        EXPECT_NE(word.value & ~decoder.choice_mask, 0u) << word.name;
        EXPECT_TRUE(word.value & ~seen || std::has_single_bit(word.value)) << word.name;
        if (std::has_single_bit(word.value)) seen |= word.value;
      }
      for (const words::Word& word : decoder.choices) {
        EXPECT_EQ(word.value & ~decoder.choice_mask, 0u) << word.name;
      }
    }
  }
}

TEST(DecodeTest, TheRestOfTheEventDecidesMore) {
  Event event;
  event.type = find_event("socket");
  event.args[0] = AF_INET;
  event.args[2] = IPPROTO_TCP;
  EXPECT_EQ(decoded(event, 2), "IPPROTO_TCP");
  event.args[0] = AF_NETLINK;
  EXPECT_EQ(decoded(event, 2), "NETLINK_XFRM");
  event.args[0] = AF_UNIX;
  EXPECT_EQ(decoded(event, 2), "number");
  event.type = find_event("setsockopt");
  event.args[1] = SOL_SOCKET;
  event.args[2] = SO_REUSEADDR;
  EXPECT_EQ(decoded(event, 2), "SO_REUSEADDR");
  event.type = find_event("openat");
  event.args[2] = 040000;
  EXPECT_EQ(decoded(event, 2), "O_RDONLY|O_DIRECT");
  event.abi = Abi::kArm64;
  EXPECT_EQ(decoded(event, 2), "O_RDONLY|O_DIRECTORY");
  event.type = find_event("pipe2");
  event.args[1] = 0x10000;
  EXPECT_EQ(decoded(event, 1), "O_DIRECT");
  event.type = find_event("mprotect");
  event.args[2] = 0x15;
  EXPECT_EQ(decoded(event, 2), "PROT_READ|PROT_EXEC|PROT_BTI");
  event.abi = Abi::kX86_64;
  EXPECT_EQ(decoded(event, 2), "PROT_READ|PROT_EXEC|0x10");
}

TEST(DecodeTest, ADeviceOfACall) {
  Event event;
  event.type = find_event("mknod");
  const auto device = [&](uint64_t value) {
    event.args[2] = value;
    return decoded(event, 2);
  };
  EXPECT_EQ(device(0x103), "makedev(0x1, 0x3)");
  EXPECT_EQ(device(0xabcfffff), "makedev(0xfff, 0xabcff)");
  EXPECT_EQ(device(0x700), "makedev(0x7, 0)");
  EXPECT_EQ(device(0), "number");
  EXPECT_EQ(device(0x100000103), "number");
  event.type = find_event("sched_process_exec");
  const auto dev = std::ranges::find(event.type->args, Kind::dev, &ArgType::kind);
  ASSERT_NE(dev, event.type->args.end());
  event.args[static_cast<size_t>(dev - event.type->args.begin())] = 0x103;
  EXPECT_EQ(decoded(event, static_cast<size_t>(dev - event.type->args.begin())), "number");
}

std::string sockaddr_text(std::string_view raw) {
  OutputBuffer out(-1);
  append_sockaddr(raw, out);
  return out.text();
}

template <typename Address>
std::string_view bytes(const Address& address) {
  return {reinterpret_cast<const char*>(&address), sizeof address};
}

std::string unix_text(std::string_view path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  return sockaddr_text(bytes(address).substr(0, 2 + path.size()));
}

TEST(SockaddrTest, FamiliesHaveTheirFields) {
  sockaddr_in in{};
  in.sin_family = AF_INET;
  in.sin_port = htons(53);
  in.sin_addr.s_addr = htonl(0x08080808);
  EXPECT_EQ(sockaddr_text(bytes(in)),
            "{'sa_family': 'AF_INET','sin_port': '53','sin_addr': '8.8.8.8'}");

  sockaddr_in6 in6{};
  in6.sin6_family = AF_INET6;
  in6.sin6_port = htons(443);
  in6.sin6_flowinfo = htonl(7);
  in6.sin6_addr = in6addr_loopback;
  in6.sin6_scope_id = 2;
  EXPECT_EQ(sockaddr_text(bytes(in6)),
            "{'sa_family': 'AF_INET6','sin6_port': '443','sin6_flowinfo': '7',"
            "'sin6_addr': '::1','sin6_scopeid': '2'}");

  sockaddr_nl netlink{};
  netlink.nl_family = AF_NETLINK;
  netlink.nl_pid = 12;
  netlink.nl_groups = 0x11;
  EXPECT_EQ(sockaddr_text(bytes(netlink)),
            "{'sa_family': 'AF_NETLINK','nl_pid': '12','nl_groups': '0x11'}");

  sockaddr_ll packet{};
  packet.sll_family = AF_PACKET;
  packet.sll_protocol = htons(3);
  packet.sll_ifindex = 2;
  EXPECT_EQ(sockaddr_text(bytes(packet)),
            "{'sa_family': 'AF_PACKET','sll_protocol': '0x3','sll_ifindex': '2'}");

  sockaddr_vm vsock{};
  vsock.svm_family = AF_VSOCK;
  vsock.svm_cid = 2;
  vsock.svm_port = 1024;
  EXPECT_EQ(sockaddr_text(bytes(vsock)),
            "{'sa_family': 'AF_VSOCK','svm_cid': '2','svm_port': '1024'}");
}

TEST(SockaddrTest, UnixNamesAreWhatTheyAre) {
  using namespace std::string_view_literals;
  EXPECT_EQ(unix_text("/run/x.sock\0"sv), "{'sa_family': 'AF_UNIX','sun_path': '/run/x.sock'}");
  EXPECT_EQ(unix_text("/run/x\0rest"sv), "{'sa_family': 'AF_UNIX','sun_path': '/run/x'}");
  EXPECT_EQ(unix_text("\0bus"sv), "{'sa_family': 'AF_UNIX','sun_path': '@bus'}");
  EXPECT_EQ(unix_text("@bus"), "{'sa_family': 'AF_UNIX','sun_path': '\\x40bus'}");
  EXPECT_EQ(unix_text(""), "{'sa_family': 'AF_UNIX','sun_path': ''}");
  // A name may not end its own quotes.
  EXPECT_EQ(unix_text("a','sin_port': '1"),
            "{'sa_family': 'AF_UNIX','sun_path': 'a\\x27,\\x27sin_port\\x27: \\x271'}");
}

TEST(SockaddrTest, WhatIsShortOrUnknownShowsItsBytes) {
  EXPECT_EQ(sockaddr_text(""), "{}");
  EXPECT_EQ(sockaddr_text("\x02"), "{}");
  EXPECT_EQ(sockaddr_text({"\x02\0", 2}), "{'sa_family': 'AF_INET'}");
  EXPECT_EQ(sockaddr_text({"\x02\0\0\x35\x08", 5}), "{'sa_family': 'AF_INET','sa_data': '003508'}");
  EXPECT_EQ(sockaddr_text({"\0\0", 2}), "{'sa_family': 'AF_UNSPEC'}");
  EXPECT_EQ(sockaddr_text({"\xff\x7f\x0a\x0b", 4}), "{'sa_family': '0x7fff','sa_data': '0a0b'}");
  // Every length of every family: the sanitizers look on.
  std::string raw(130, 'x');
  for (char family = 0; family < 46; ++family) {
    raw[0] = family;
    raw[1] = 0;
    for (size_t length = 0; length <= raw.size(); ++length) {
      const std::string exact = raw.substr(0, length);
      EXPECT_TRUE(sockaddr_text(exact).ends_with('}'));
    }
  }
}

TEST(ErrnoTest, NumbersHaveTheirNames) {
  EXPECT_EQ(errno_name(2), "ENOENT");
  EXPECT_EQ(errno_name(11), "EAGAIN");
  EXPECT_EQ(errno_name(95), "EOPNOTSUPP");
  EXPECT_EQ(errno_name(133), "EHWPOISON");
  EXPECT_EQ(errno_name(512), "ERESTARTSYS");
  EXPECT_EQ(errno_name(516), "ERESTART_RESTARTBLOCK");
  for (int none : {0, 41, 134, 511, 520, 532, -1}) EXPECT_EQ(errno_name(none), "") << none;
  for (int number = 1; number <= 133; ++number) {
    if (const char* theirs = strerrorname_np(number)) {
      // glibc prefers other names of two numbers.
      if (number != 95) {
        EXPECT_EQ(errno_name(number), theirs);
      }
    }
  }
}

}  // namespace
}  // namespace ctrace
