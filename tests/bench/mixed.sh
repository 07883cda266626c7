#!/bin/sh
# mixed.sh FOLDER: a bit of everything that containers do, about a million system calls: many small
# files read, archives, a compiler, an interpreter, pipelines, a server with clients.
set -e
cd "$1"
for round in 1 2 3; do
  find /usr/include /usr/share/doc /usr/lib/python3 -type f 2>/dev/null | head -n 12000 |
    xargs cat >/dev/null 2>&1 || true
  find / -xdev -name '*.conf' >/dev/null 2>&1 || true
  tar cf - /usr/include /usr/share/perl5 2>/dev/null | gzip -1 >files.tgz
  mkdir -p out && tar xzf files.tgz -C out && rm -rf out
  printf '#include <stdio.h>\nint main(void) { puts("hi"); return 0; }\n' >hello.c
  for i in 1 2 3 4 5 6; do gcc -O1 -o hello hello.c && ./hello >/dev/null; done
  for i in 1 2 3 4 5 6; do python3 -c 'import json, http.client, asyncio, email, unittest'; done
  i=0
  while [ $i -lt 150 ]; do
    echo "$i a b c" | sed 's/a/x/' | grep -c x >/dev/null
    i=$((i + 1))
  done
  python3 - <<'PY'
import socket, threading
server = socket.create_server(("127.0.0.1", 0))
def serve():
    while True:
        peer, _ = server.accept()
        with peer:
            data = peer.recv(4096)
            if data == b"stop":
                return
            peer.sendall(data * 4)
thread = threading.Thread(target=serve)
thread.start()
for i in range(6000):
    with socket.create_connection(server.getsockname()) as client:
        client.sendall(b"hello")
        client.recv(4096)
with socket.create_connection(server.getsockname()) as client:
    client.sendall(b"stop")
thread.join()
PY
done
