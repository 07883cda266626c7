#!/usr/bin/env python3
"""fake_api.py SOCKET ID=NAME...: a Docker-compatible API that knows these containers, and that never
answers about any other one. Prints a line for each question."""
import json
import os
import socketserver
import sys
import time

known = dict(word.split("=") for word in sys.argv[2:])


class Api(socketserver.StreamRequestHandler):
    def handle(self):
        line = self.rfile.readline().decode()
        print(line.split()[1], flush=True)
        path = line.split()[1].strip("/").split("/")
        if path == ["version"]:
            body = {"Components": [{"Name": "Engine", "Version": "9.8"}, {"Name": "runc", "Version": "1.2\nx"}]}
        elif path[0] == "containers" and path[1] in known:
            body = {"Id": path[1], "Name": "/" + known[path[1]], "Config": {"Image": "shop:7", "Labels": {"tier": "api"}},
                    "HostConfig": {"Privileged": False}, "State": {"StartedAt": "2026-11-28T01:02:03Z"}}
        else:
            time.sleep(600)
            return
        text = json.dumps(body).encode()
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(text) + text)


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


if os.path.exists(sys.argv[1]):
    os.unlink(sys.argv[1])
Server(sys.argv[1], Api).serve_forever()
