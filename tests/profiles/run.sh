#!/usr/bin/env bash
# run.sh [NAME...]: real programs and their profiles (root). Each row's work is recorded in a runc
# container until no call was seen in one recording alone (RECORDINGS (10) at least, 30 at most: some
# calls are made now and then); then the same container does the same work under the profile that
# minset makes of them all, ROUNDS (10) times with ERRNO and as often with KILL_PROCESS, with and
# without noNewPrivileges, and attacks of every risk class are refused. Prints the table of
# PROFILES.md; the last line is `N passed, N failed, N skipped`, a row that cannot run here is
# skipped and named.
# shellcheck source=tests/live/lib.sh
. "$(dirname "$(realpath "$0")")/../live/lib.sh"
rounds=${ROUNDS:-10} least=${RECORDINGS:-10} most=30
need_live
need_overlay
need_command gcc
export PATH=/usr/sbin:$PATH

# name | what must be there | the work, by sh in /share as nobody: its last word is `done`
programs() {
  cat <<'END'
busybox|busybox|busybox ls -l / >l && busybox sort l >s && busybox rm l s
python|python3|python3 serve.py
gcc|gcc|mkdir -p $$ && gcc -O1 -o $$/hello hello.c && $$/hello && rm -r $$
node|node|node serve.js
redis|redis-server|rm -f r.sock; redis-server --port 0 --unixsocket /share/r.sock --save '' --daemonize no >r.log & sleep 0.5; until redis-cli -s r.sock ping >ping 2>&1; do sleep 0.1; done; redis-cli -s r.sock set k v >set && redis-cli -s r.sock get k >get && redis-cli -s r.sock shutdown nosave; wait
nginx|nginx|nginx -p /share/ -c nginx.conf & sleep 0.5; until busybox wget -q -O page http://127.0.0.1:8080/hello.c; do sleep 0.1; done 2>wget; for i in 1 2 3; do busybox wget -q -O page http://127.0.0.1:8080/hello.c; done; nginx -p /share/ -c nginx.conf -s quit; wait
postgres|pgbench|PATH=$(echo /usr/lib/postgresql/*/bin):$PATH; export PGHOST=/share PATH; rm -rf pg && initdb -D pg -A trust -U me >init && pg_ctl -D pg -o "-h '' -k /share" -l pg.log -w start >start && pgbench -U me -i -q postgres 2>pgi && pgbench -U me -c 2 -t 50 postgres >bench 2>&1 && pg_ctl -D pg -m fast -w stop >stop
END
}

prepare() { # prepare DIR: what the work finds in /share
  gcc -O1 -static -o "$1/forbidden" "$live_dir/programs/forbidden.c"
  echo '#include <stdio.h>
int main(void) { return puts("hello") < 0; }' >"$1/hello.c"
  cat >"$1/serve.py" <<'END'
import http.server, threading, urllib.request
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
threading.Thread(target=server.serve_forever).start()
for _ in range(20):
    assert urllib.request.urlopen(f"http://127.0.0.1:{server.server_port}/hello.c").read()
server.shutdown()
END
  cat >"$1/serve.js" <<'END'
const http = require("http"), fs = require("fs");
const server = http.createServer((q, a) => fs.readFile("hello.c", (e, d) => a.end(d)));
let left = 20;
const next = () => left-- ? http.get({port: server.address().port, host: "127.0.0.1"},
  (r) => { r.resume(); r.on("end", next); }) : server.close(() => process.exit(0));
server.listen(0, "127.0.0.1", next);
END
  cat >"$1/nginx.conf" <<'END'
daemon off; worker_processes 1; pid /share/nginx.pid; error_log /share/nginx.log;
events {} http { access_log off; client_body_temp_path t; proxy_temp_path t; fastcgi_temp_path t;
  uwsgi_temp_path t; scgi_temp_path t; server { listen 127.0.0.1:8080; root /share; } }
END
  chmod 1777 "$1"
}

run_once() { # run_once NAME WHAT: 0 when the work was done; output in $WORK/output
  run_container "$1" "$WORK/$row" >"$WORK/output" 2>&1 && grep -q '^done$' "$WORK/output" || {
    echo "$row, $2: $(tail -n 2 "$WORK/output" | tr '\n' ' ')" >>"$WORK/bad"
    return 1
  }
}

# What forbidden.c tries, of each class of risk that `minset --explain` knows.
attacks=(mount unshare keyctl bpf userfaultfd setreuid ptrace process_vm_readv)
risks='escape kernel observe privilege '

# All are let through without a profile, but mount, which wants a capability; and together they
# have every risk.
check_attacks() {
  local seen
  busybox_bundle "$WORK/free" /bin/forbidden "${attacks[@]}"
  gcc -O1 -static -o "$WORK/free/rootfs/bin/forbidden" "$live_dir/programs/forbidden.c"
  start_recording "$WORK/attacks.ctr" --container "$(container_id attacks)"
  run_container attacks "$WORK/free" >"$WORK/output"
  stop_recording INT
  expect_equal "attempts that do not work without a profile" "mount 1" \
    "$(grep -v ' 0$' "$WORK/output" | paste -sd' ')"
  seen=$("$ANALYZE" minset --explain --json "$WORK/attacks.ctr" 2>/dev/null | jq -r --arg names "${attacks[*]}" \
    '($names | split(" ")) as $names | [.calls[] | select(.name as $n | $names | index($n)) | .risk] | unique[]' |
    tr '\n' ' ')
  expect_equal "risks that are tried" "$risks" "$seen"
}

with_command() { # with_command ARGS... -- FUNCTION...: the bundle's command is another meanwhile
  local args=()
  while [ "$1" != -- ]; do
    args+=("$1")
    shift
  done
  shift
  cp "$WORK/$row/config.json" "$WORK/config"
  set_command "$WORK/$row" "${args[@]}"
  "$@" || true
  cp "$WORK/config" "$WORK/$row/config.json"
}

attack() { # attack ACTION STATUS: each is refused by the profile
  local try wanted
  with_command /share/forbidden "${attacks[@]}" -- run_container attack "$WORK/$row" >"$WORK/output" 2>&1
  wanted=$(for try in "${attacks[@]}"; do echo "$try $2"; done)
  [ "$(cat "$WORK/output")" = "$wanted" ] ||
    echo "$row: under $1 attacks were not all refused: $(paste -sd, "$WORK/output")" >>"$WORK/bad"
}

# What forbidden itself needs to begin, without any attempt.
record_attacker() { # record_attacker FILE
  start_recording "$1" --container "$(container_id recorded)"
  with_command /share/forbidden nothing nothing -- run_container recorded "$WORK/$row" >"$WORK/output" 2>&1
  stop_recording INT
}

in_one_alone() { "$ANALYZE" coverage --json "$@" 2>/dev/null | jq .in_one_sample; }

# Adds to `files` until all calls were seen twice.
record_work() { # record_work NNP AT-LEAST
  local count=0
  until [ "$count" -ge "$2" ] && [ "$(in_one_alone "${files[@]}")" = 0 ]; do
    [ "${#files[@]}" -lt "$most" ] || break
    count=$((count + 1))
    files+=("$WORK/$row-$1-$count.ctr")
    start_recording "${files[-1]}" --container "$(container_id recorded)"
    run_once recorded "when recorded" || return 1
    stop_recording INT
  done
}

try_row() { # try_row COMMAND: a line of the table
  local nnp action files=() attackers=() sizes=() merged=() round
  hostroot_bundle "$WORK/$row" sh -c "cd /share || exit; $1; [ \$? -eq 0 ] && echo done"
  prepare "$WORK/$row/share"
  edit_bundle "$WORK/$row" '.process.user = {uid: 65534, gid: 65534} | .process.env += ["HOME=/tmp"]'
  # What is needed with noNewPrivileges is needed without too: the second profile is of all
  # recordings, the half of them its own at least.
  for nnp in true:$least false:$(((least + 1) / 2)); do
    edit_bundle "$WORK/$row" ".process.noNewPrivileges = ${nnp%:*} | del(.linux.seccomp)"
    record_work "${nnp%:*}" "${nnp#*:}" || return 0
    attackers+=("$WORK/$row-attacker-${nnp%:*}.ctr")
    record_attacker "${attackers[-1]}"
    for action in errno:1 kill:159; do
      "$ANALYZE" minset --default-action "${action%:*}" "${files[@]}" "${attackers[@]}" >"$WORK/profile.json" \
        2>"$WORK/said" || {
        echo "$row: minset: $(tail -n 1 "$WORK/said")" >>"$WORK/bad"
        return 0
      }
      # shellcheck disable=SC2016
      edit_bundle "$WORK/$row" --slurpfile profile "$WORK/profile.json" '.linux.seccomp = $profile[0]'
      for ((round = 1; round <= rounds; round++)); do run_once again "noNewPrivileges=${nnp%:*}, $action, round $round" || break; done
      attack "${action%:*}" "${action#*:}"
    done
    merged+=("${#files[@]}")
    "$ANALYZE" minset "${files[@]}" >"$WORK/profile.json" 2>/dev/null
    sizes+=("$(jq '[.syscalls[] | select(.action == "SCMP_ACT_ALLOW") | .names[]] | unique | length' "$WORK/profile.json")")
  done
  "$ANALYZE" minset --explain --json "${files[@]}" 2>/dev/null |
    jq -r --arg row "$row" --arg nnp "${sizes[0]}" --arg plain "${sizes[1]}" --arg merged "${merged[0]}, ${merged[1]}" \
      --arg rare "$(rare_calls "${files[@]}")" '.refused as $r
      | "| \($row) | \($merged) | \([.calls[].name] | unique | length) | \($rare) | \($nnp) | \($plain) | \($r.known - $r.by_docker_default) of \($r.known) |"' \
      >>"$WORK/table"
}

# Those that not every recording has.
rare_calls() { # rare_calls FILE...
  local file
  for file; do "$ANALYZE" minset --runtime-baseline none --format names "$file" 2>/dev/null; done |
    sort | uniq -c | awk -v all=$# '$1 < all { text = text (text ? ", " : "") $2 } END { print text ? text : "-" }'
}

check_attacks
passed=0 failed=0 skipped=0
wanted=" ${*:-$(programs | cut -d'|' -f1 | tr '\n' ' ')} "
while IFS='|' read -r row needs work <&4; do
  [[ $wanted == *" $row "* ]] || continue
  if ! command -v "$needs" >/dev/null; then
    echo "SKIP $row: needs $needs (tests/deps.sh profiles installs it)"
    skipped=$((skipped + 1))
    continue
  fi
  : >"$WORK/bad"
  try_row "$work"
  if [ -s "$WORK/bad" ]; then
    echo "FAIL $row:"
    cat "$WORK/bad"
    failed=$((failed + 1))
  else
    echo "PASS $row"
    passed=$((passed + 1))
  fi
done 4< <(programs)
echo '| work | recordings merged | calls made | of them not in every recording | allowed, noNewPrivileges | allowed, without | allowed by Docker'"'"'s default |'
echo '|---|---|---|---|---|---|---|'
cat "$WORK/table" 2>/dev/null || true
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
