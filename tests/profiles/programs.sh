# shellcheck shell=bash
# Sourced by run.sh: the programs of PROFILES.md, and what their work finds in /share.

# name | what must be there | the work, by sh in /share as nobody: its last word is `done`
programs() {
  cat <<'TABLE'
busybox|busybox|busybox ls -l / >l && busybox sort l >s && busybox rm l s
python|python3|python3 serve.py
gcc|gcc|mkdir -p $$ && gcc -O1 -o $$/hello hello.c && $$/hello && rm -r $$
node|node|node serve.js
redis|redis-server|rm -f r.sock; redis-server --port 0 --unixsocket /share/r.sock --save '' --daemonize no >r.log & sleep 0.5; until redis-cli -s r.sock ping >ping 2>&1; do sleep 0.1; done; redis-cli -s r.sock set k v >set && redis-cli -s r.sock get k >get && redis-cli -s r.sock shutdown nosave; wait
nginx|nginx|nginx -p /share/ -c nginx.conf & sleep 0.5; until busybox wget -q -O page http://127.0.0.1:8080/hello.c; do sleep 0.1; done 2>wget; for i in 1 2 3; do busybox wget -q -O page http://127.0.0.1:8080/hello.c; done; nginx -p /share/ -c nginx.conf -s quit; wait
postgres|pgbench|PATH=$(echo /usr/lib/postgresql/*/bin):$PATH; export PGHOST=/share PATH; rm -rf pg && initdb -D pg -A trust -U me >init && pg_ctl -D pg -o "-h '' -k /share" -l pg.log -w start >start && pgbench -U me -i -q postgres 2>pgi && pgbench -U me -c 2 -t 50 postgres >bench 2>&1 && pg_ctl -D pg -m fast -w stop >stop
TABLE
}

prepare_share() { # prepare_share DIR
  gcc -O1 -static -o "$1/forbidden" "$live_dir/programs/forbidden.c"
  echo '#include <stdio.h>
int main(void) { return puts("hello") < 0; }' >"$1/hello.c"
  cat >"$1/serve.py" <<'PYTHON'
import http.server, threading, urllib.request
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
threading.Thread(target=server.serve_forever).start()
for _ in range(20):
    assert urllib.request.urlopen(f"http://127.0.0.1:{server.server_port}/hello.c").read()
server.shutdown()
PYTHON
  cat >"$1/serve.js" <<'NODE'
const http = require("http"), fs = require("fs");
const server = http.createServer((q, a) => fs.readFile("hello.c", (e, d) => a.end(d)));
let left = 20;
const next = () => left-- ? http.get({port: server.address().port, host: "127.0.0.1"},
  (r) => { r.resume(); r.on("end", next); }) : server.close(() => process.exit(0));
server.listen(0, "127.0.0.1", next);
NODE
  cat >"$1/nginx.conf" <<'NGINX'
daemon off; worker_processes 1; pid /share/nginx.pid; error_log /share/nginx.log;
events {} http { access_log off; client_body_temp_path t; proxy_temp_path t; fastcgi_temp_path t;
  uwsgi_temp_path t; scgi_temp_path t; server { listen 127.0.0.1:8080; root /share; } }
NGINX
  chmod 1777 "$1"
}
