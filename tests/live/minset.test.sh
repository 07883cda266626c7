# shellcheck shell=bash
# The profile that minset makes of a container's recording starts this container and lets it do the
# same work, three times under ERRNO and under KILL_PROCESS; what it never did (mount, ptrace,
# unshare of a user namespace, keyctl, bpf, setreuid) is refused. For a shell's work, a Python web server with
# its client, and a compiler.
# shellcheck source=tests/live/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
need_live
compiler=$(command -v gcc || command -v g++ || command -v clang) || skip "needs a C compiler"

# Not by wget, whose calls depend on how soon the answer comes: a profile is as complete as what was
# recorded.
# shellcheck disable=SC2016  # the container's shell expands it
work='set -e; echo hello >/tmp/index.html; ls -l /bin >/tmp/list; sort /tmp/list | head -n 2 >/tmp/top
  mkdir /tmp/d; mv /tmp/top /tmp/d/; rm -r /tmp/d
  httpd -p 127.0.0.1:8080 -h /tmp
  printf "GET /index.html HTTP/1.0\r\n\r\n" | nc 127.0.0.1 8080
  kill $(pidof httpd) 2>/dev/null || true; sleep 0.1
  if [ -n "$TRY" ]; then exec /bin/forbidden "$TRY"; fi'

# forbidden is run in the recording too (without effect), so that all that differs is the attempt.
make_bundle() { # make_bundle DIR ATTEMPT
  busybox_bundle "$1" sh -c "$work"
  "$compiler" -x c -O1 -static -o "$1/rootfs/bin/forbidden" "$live_dir/programs/forbidden.c"
  # shellcheck disable=SC2016
  edit_bundle "$1" --arg attempt "$2" '.process.env += ["TRY=" + $attempt]
    | ["CAP_KILL", "CAP_SYS_ADMIN", "CAP_NET_BIND_SERVICE"] as $caps
    | .process.capabilities = {bounding: $caps, effective: $caps, permitted: $caps}'
}
under_profile() { # under_profile DIR PROFILE
  # shellcheck disable=SC2016  # jq's
  edit_bundle "$1" --slurpfile profile "$2" '.linux.seccomp = $profile[0]'
}
status_of() { # status_of NAME BUNDLE: output in $WORK/output
  local status=0
  run_container "$1" "$2" >"$WORK/output" 2>&1 || status=$?
  echo "$status"
}
check_work() { # check_work WHAT
  grep -q '^hello$' "$WORK/output" || fail "$1: no work done: $(tail -n 1 "$WORK/output")"
}

for nnp in true false; do
  bundle=$WORK/plain-$nnp
  make_bundle "$bundle" nothing
  edit_bundle "$bundle" ".process.noNewPrivileges = $nnp"
  file=$WORK/work-$nnp.ctr
  start_recording "$file"
  status=$(status_of "recorded-$nnp" "$bundle")
  stop_recording INT
  expect_equal "status when recorded" 100 "$status"
  check_work "when recorded"

  for action in errno kill; do
    profile=$WORK/$nnp-$action.json
    expect_status 0 "$ANALYZE" minset --container "$(container_id "recorded-$nnp")" \
      --default-action "$action" "$file"
    cp "$WORK/stdout" "$profile"
    jq -e '[.syscalls[0].names[]] | (index("mount") or index("ptrace") or index("pivot_root")) | not' \
      "$profile" >/dev/null || fail "the profile allows what only the runtime did"
    expect_status 0 "$ANALYZE" minset --container "$(container_id "recorded-$nnp")" \
      --default-action "$action" "$file"
    expect_same_bytes "minset twice" "$profile" "$WORK/stdout"

    under_profile "$bundle" "$profile"
    for round in 1 2 3; do
      status=$(status_of "again-$nnp-$action-$round" "$bundle")
      expect_equal "status under $action: $(tail -n 1 "$WORK/output")" 100 "$status"
      check_work "under $action"
    done
    note "noNewPrivileges=$nnp, $action: $(jq '.syscalls[0].names | length' "$profile") names"
  done
done

# What each attempt ends with: EPERM (1) under ERRNO, SIGSYS (159) under KILL_PROCESS; without a
# profile all work, so that it is the profile that refuses.
bundle=$WORK/try
make_bundle "$bundle" nothing
cp "$bundle/config.json" "$WORK/try.json"
for try in mount ptrace unshare keyctl bpf setreuid; do
  # shellcheck disable=SC2016
  jq --arg attempt "$try" '.process.env |= map(select(startswith("TRY=") | not)) + ["TRY=" + $attempt]' \
    "$WORK/try.json" >"$bundle/config.json"
  expect_equal "status of $try without profile" 0 "$(status_of "free-$try" "$bundle")"
  for wanted in errno:1 kill:159; do
    under_profile "$bundle" "$WORK/false-${wanted%:*}.json"
    status=$(status_of "$try-${wanted%:*}" "$bundle")
    expect_equal "status of $try under ${wanted%:*}" "${wanted#*:}" "$status"
    check_work "$try under ${wanted%:*}"
  done
done

# The trial's profile refuses nothing: what it would refuse is for the log.
expect_status 0 "$ANALYZE" minset --default-action log "$WORK/work-false.ctr"
under_profile "$bundle" "$WORK/stdout"
expect_equal "status of a trial" 0 "$(status_of trial "$bundle")"

# check says the same without a run: all that was recorded passes, what was tried does not.
expect_status 0 "$ANALYZE" check "$WORK/false-errno.json" "$WORK/work-false.ctr"
start_recording "$WORK/mount.ctr"
edit_bundle "$bundle" 'del(.linux.seccomp)
  | .process.env |= map(if startswith("TRY=") then "TRY=mount" else . end)'
status_of mounts "$bundle" >/dev/null
stop_recording INT
expect_status 1 "$ANALYZE" check "$WORK/false-errno.json" "$WORK/mount.ctr"
grep -q '^mount .*ERRNO(EPERM).* forbidden\( \|$\)' "$WORK/stdout" || fail "check does not tell of the mount"

# ---- larger work, with argument rules: recorded twice, because threads are not alike each time

# holds NAME BUNDLE: the work that BUNDLE does prints "done"
holds() {
  local name=$1 bundle=$2 run action round
  for run in 1 2; do
    start_recording "$WORK/$name-$run.ctr" --container "$(container_id "$name-recorded-$run")"
    expect_equal "status of $name when recorded" 0 "$(status_of "$name-recorded-$run" "$bundle")"
    stop_recording INT
  done
  for action in errno kill; do
    expect_status 0 "$ANALYZE" minset --args --default-action "$action" "$WORK/$name"-[12].ctr
    cp "$WORK/stdout" "$WORK/$name-$action.json"
    under_profile "$bundle" "$WORK/$name-$action.json"
    for round in 1 2 3; do
      expect_equal "status of $name under $action, round $round: $(tail -n 1 "$WORK/output")" 0 \
        "$(status_of "$name-$action-$round" "$bundle")"
      grep -q '^done$' "$WORK/output" || fail "$name under $action did not do its work"
    done
  done
  note "$name: $("$ANALYZE" minset --format names "$WORK/$name"-[12].ctr 2>/dev/null | wc -l) names," \
    "$(jq '[.syscalls[] | select(.args)] | length' "$WORK/$name-errno.json") argument rules"
}
need_overlay
python=$(python3 -c 'import sys; print(sys.executable)')
hostroot_bundle "$WORK/python" "$python" /share/serve.py
cat >"$WORK/python/share/serve.py" <<'END'
import http.server
import os
import threading
import urllib.request

os.chdir("/share")
server = http.server.ThreadingHTTPServer(("127.0.0.1", 8000), http.server.SimpleHTTPRequestHandler)
threading.Thread(target=server.serve_forever).start()
for _ in range(20):
    assert urllib.request.urlopen("http://127.0.0.1:8000/serve.py").read().startswith(b"import")
server.shutdown()
print("done")
END
holds python "$WORK/python"
hostroot_bundle "$WORK/compile" /bin/sh -c 'cd /share && gcc -O2 -o hello hello.c && ./hello'
echo '#include <stdio.h>
int main(void) { puts("done"); return 0; }' >"$WORK/compile/share/hello.c"
if command -v gcc >/dev/null; then holds compile "$WORK/compile"; fi

# A recording without a container's own call gives no profile.
expect_status 2 "$ANALYZE" minset --container nobody "$WORK/work-true.ctr"
expect_one_line ctrace-analyze
