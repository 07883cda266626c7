#include "record/file_name.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <linux/magic.h>
#include <sys/socket.h>

#include <string>

namespace ctrace {
namespace {

using namespace std::string_literals;  // NOLINT(build/namespaces)

wire::file_record file(uint32_t flags = 0, uint32_t magic = 0) {
  wire::file_record made = {};
  made.inode = 17;
  made.flags = flags;
  made.magic = magic;
  return made;
}

wire::file_record inet(uint16_t family, const char* local, uint16_t local_port, const char* remote,
                       uint16_t remote_port) {
  wire::file_record made = file(wire::FILE_ALONE | wire::FILE_SOCKET, SOCKFS_MAGIC);
  made.family = family;
  inet_pton(family, local, made.local);
  inet_pton(family, remote, made.remote);
  made.local_port = local_port;
  made.remote_port = remote_port;
  return made;
}

TEST(FileName, PathsAreLeafFirst) {
  EXPECT_EQ(file_name(file(), "passwd\0etc\0"s), "/etc/passwd");
  EXPECT_EQ(file_name(file(), ""), "/");
  EXPECT_EQ(file_name(file(wire::FILE_DELETED), "x\0tmp\0"s), "/tmp/x (deleted)");
  EXPECT_EQ(file_name(file(wire::FILE_CUT), "c\0b\0"s), ".../b/c");
  EXPECT_EQ(file_name(file(), "a\nb\x1b\xff"s), "/a\nb\x1b\xff");
}

TEST(FileName, WhatLiesInNoDirectory) {
  EXPECT_EQ(file_name(file(wire::FILE_ALONE, PIPEFS_MAGIC), "\0"s), "pipe:[17]");
  EXPECT_EQ(file_name(file(wire::FILE_ALONE, NSFS_MAGIC), "net\0"s), "net:[17]");
  EXPECT_EQ(file_name(file(wire::FILE_ALONE, ANON_INODE_FS_MAGIC), "[eventpoll]\0"s),
            "anon_inode:[eventpoll]");
  EXPECT_EQ(file_name(file(wire::FILE_ALONE, 0x50494446), "pidfd\0"s), "anon_inode:[pidfd]");
  EXPECT_EQ(file_name(file(wire::FILE_ALONE, TMPFS_MAGIC), "memfd:notes\0"s),
            "/memfd:notes (deleted)");
}

TEST(FileName, InternetSockets) {
  EXPECT_EQ(file_name(inet(AF_INET, "10.0.0.2", 41210, "10.0.0.3", 80), "TCP\0"s),
            "TCP:[10.0.0.2:41210->10.0.0.3:80]");
  EXPECT_EQ(file_name(inet(AF_INET, "0.0.0.0", 80, "0.0.0.0", 0), "TCP\0"s), "TCP:[0.0.0.0:80]");
  EXPECT_EQ(file_name(inet(AF_INET, "0.0.0.0", 0, "0.0.0.0", 0), "UDP\0"s), "UDP:[17]");
  EXPECT_EQ(file_name(inet(AF_INET6, "::1", 8080, "fe80::1", 99), "TCPv6\0"s),
            "TCPv6:[[::1]:8080->[fe80::1]:99]");
}

TEST(FileName, OtherSockets) {
  wire::file_record socket = file(wire::FILE_ALONE | wire::FILE_SOCKET, SOCKFS_MAGIC);
  socket.family = AF_UNIX;
  EXPECT_EQ(file_name(socket, "UNIX\0"s), "UNIX:[17]");
  EXPECT_EQ(file_name(socket, "UNIX-STREAM\0/run/x\0"s), "UNIX-STREAM:[17,\"/run/x\"]");
  socket.peer_inode = 18;
  EXPECT_EQ(file_name(socket, "UNIX-STREAM\0"s), "UNIX-STREAM:[17->18]");
  // A container chooses it: it must not look as if the name had ended.
  EXPECT_EQ(file_name(socket, "UNIX\0\0a\"]>, \\"s), R"(UNIX:[17->18,@"a\x22]>, \x5c"])");
  socket.family = AF_NETLINK;
  EXPECT_EQ(file_name(socket, "NETLINK\0"s), "NETLINK:[17]");
  socket.portid = 4711;
  EXPECT_EQ(file_name(socket, "NETLINK\0"s), "NETLINK:[ROUTE:4711]");
  socket.protocol = 99;
  EXPECT_EQ(file_name(socket, "NETLINK\0"s), "NETLINK:[99:4711]");
  socket.family = AF_PACKET;
  EXPECT_EQ(file_name(socket, "PACKET\0"s), "PACKET:[17]");
  EXPECT_EQ(file_name(socket, ""), "socket:[17]");
}

}  // namespace
}  // namespace ctrace
