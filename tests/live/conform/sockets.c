// Sockets of the families that a container without a network has.
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <sys/un.h>

#include "conform.h"

static void making(void) {
  int pair[2];
  CALL(socket, AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP);
  CALL(socket, AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  CALL(socket, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
  CALL(socket, AF_PACKET, SOCK_RAW, 0x300);
  CALL(socket, AF_UNIX, SOCK_SEQPACKET, 0);
  CALL(socket, 99, 0x40, 7);
  CALL(socketpair, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair);
  CALL(socketpair, AF_INET, SOCK_DGRAM, 0, NOWHERE);
}

static void inet(void) {
  struct sockaddr odd = {.sa_family = 77};
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(8080)}, peer;
  struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons(53), .sin6_flowinfo = 5};
  socklen_t size = sizeof peer;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  inet_pton(AF_INET6, "2001:db8::1", &six.sin6_addr);
  long server = CALL(socket, AF_INET, SOCK_STREAM, 0), client = CALL(socket, AF_INET, SOCK_STREAM, 0);
  CALL(bind, server, &address, sizeof address);
  CALL(bind, 77, &six, sizeof six);
  CALL(bind, server, &address, 3);
  CALL(bind, server, NOWHERE, 16);
  CALL(listen, server, 5);
  CALL(listen, 77, -1);
  CALL(connect, client, &address, sizeof address);
  CALL(connect, client, &odd, sizeof odd);
  long accepted = CALL(accept, server, &peer, &size);
  CALL(accept, 77, NULL, NULL);
  CALL(fcntl, server, F_SETFL, O_NONBLOCK);
  CALL(accept4, server, &peer, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
  CALL(accept4, server, NULL, NULL, 0x7);
  CALL(getsockname, accepted, &peer, &size);
  CALL(getsockname, 77, &peer, &size);
  CALL(getpeername, accepted, &peer, &size);
  CALL(getpeername, server, &peer, &size);
  CALL(sendto, accepted, "hello", 5, MSG_NOSIGNAL | MSG_DONTWAIT, NULL, 0);
  CALL(sendto, 77, "hello", 5, MSG_OOB, &six, sizeof six);
  CALL(shutdown, accepted, SHUT_WR);
  CALL(shutdown, 77, 9);
}

static void options(void) {
  int one = 1;
  socklen_t size = sizeof one;
  long fd = CALL(socket, AF_INET, SOCK_STREAM, 0);
  CALL(setsockopt, fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  CALL(setsockopt, fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  CALL(setsockopt, fd, IPPROTO_IP, IP_TTL, &one, sizeof one);
  CALL(setsockopt, fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one);
  CALL(setsockopt, 77, 999, 888, NOWHERE, -1);
  CALL(getsockopt, fd, SOL_SOCKET, SO_TYPE, &one, &size);
  CALL(getsockopt, fd, IPPROTO_TCP, TCP_MAXSEG, &one, &size);
  CALL(getsockopt, fd, SOL_SOCKET, 999, &one, NOWHERE);
}

static void local(void) {
  static char text[64];
  struct sockaddr_un path = {.sun_family = AF_UNIX, .sun_path = "/tmp/sockets/so\nck\xff"}, peer;
  struct sockaddr_un abstract = {.sun_family = AF_UNIX, .sun_path = "\0conform\x01name"};
  socklen_t size = sizeof peer;
  const int abstract_size = offsetof(struct sockaddr_un, sun_path) + 13;
  long named = CALL(socket, AF_UNIX, SOCK_DGRAM, 0), other = CALL(socket, AF_UNIX, SOCK_DGRAM, 0);
  CALL(bind, named, &path, sizeof path);
  CALL(bind, other, &abstract, abstract_size);
  CALL(bind, other, &abstract, 2);
  CALL(connect, other, &path, sizeof path);
  CALL(sendto, named, "a", 1, 0, &abstract, abstract_size);
  CALL(recvfrom, other, text, sizeof text, MSG_DONTWAIT, &peer, &size);
  CALL(recvfrom, other, text, sizeof text, MSG_DONTWAIT | MSG_PEEK, &peer, &size);
  CALL(recvfrom, 77, text, sizeof text, MSG_WAITALL, NULL, NULL);
  size = sizeof peer;
  CALL(getsockname, named, &peer, &size);
}

static void messages(void) {
  static char text[64];
  int pair[2];
  struct iovec part = {text, sizeof text};
  struct sockaddr_un from;
  struct msghdr header = {.msg_iov = &part, .msg_iovlen = 1};
  struct mmsghdr many[2] = {{.msg_hdr = header}, {.msg_hdr = header}};
  struct timespec short_time = {0, 1000000};
  CALL(socketpair, AF_UNIX, SOCK_DGRAM, 0, pair);
  CALL(sendmsg, pair[0], &header, MSG_DONTWAIT);
  CALL(sendmsg, 77, NOWHERE, 0);
  CALL(sendmmsg, pair[0], many, 2, 0);
  CALL(sendmmsg, 77, NOWHERE, 3, MSG_MORE);
  header.msg_name = &from;
  header.msg_namelen = sizeof from;
  CALL(recvmsg, pair[1], &header, MSG_TRUNC | MSG_CMSG_CLOEXEC);
  CALL(recvmsg, 77, NULL, 0);
  CALL(recvmmsg, pair[1], many, 2, MSG_WAITFORONE, &short_time);
  CALL(recvmmsg, 77, many, 2, 0, NOWHERE);
}

void sockets(void) {
  making();
  inet();
  options();
  local();
  messages();
}
