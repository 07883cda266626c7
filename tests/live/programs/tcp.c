// A TCP server on 127.0.0.1 and its client, which also tries a port where nobody listens.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROUNDS = 20 };

static struct sockaddr_in at(int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

static int serve(int listener) {
  char byte;
  for (int i = 0; i < ROUNDS; i++) {
    struct sockaddr_in peer;
    socklen_t length = sizeof peer;
    int fd = accept(listener, (struct sockaddr *)&peer, &length);
    if (fd < 0 || recv(fd, &byte, 1, 0) != 1 || send(fd, &byte, 1, 0) != 1) return 1;
    close(fd);
  }
  return 0;
}

static int ask(int port) {
  struct sockaddr_in server = at(port), nobody = at(1);
  char byte = 'x';
  for (int i = 0; i < ROUNDS; i++) {
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    if (connect(fd, (struct sockaddr *)&server, sizeof server) != 0) return 1;
    if (send(fd, &byte, 1, 0) != 1 || poll(&ready, 1, 5000) != 1) return 1;
    if (recv(fd, &byte, 1, 0) != 1) return 1;
    close(fd);
  }
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  return connect(fd, (struct sockaddr *)&nobody, sizeof nobody) == 0;
}

int main(void) {
  struct sockaddr_in address = at(0);
  socklen_t length = sizeof address;
  int listener = socket(AF_INET, SOCK_STREAM, 0), status = 0;
  if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0) return 1;
  if (listen(listener, 5) != 0) return 1;
  getsockname(listener, (struct sockaddr *)&address, &length);
  if (fork() == 0) exit(serve(listener));
  close(listener);
  if (ask(ntohs(address.sin_port)) != 0) return 1;
  wait(&status);
  return status != 0;
}
