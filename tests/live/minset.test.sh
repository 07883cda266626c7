# shellcheck shell=bash
# The profile that minset makes of a container's recording starts this container and lets it do the
# same work, under ERRNO and under KILL_PROCESS; what it never did (mount, ptrace) is refused.
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
    status=$(status_of "again-$nnp-$action" "$bundle")
    expect_equal "status under $action: $(tail -n 1 "$WORK/output")" 100 "$status"
    check_work "under $action"
    note "noNewPrivileges=$nnp, $action: $(jq '.syscalls[0].names | length' "$profile") names"
  done
done

# What each attempt ends with: EPERM (1) under ERRNO, SIGSYS (159) under KILL_PROCESS; without a
# profile both work, so that it is the profile that refuses.
for try in mount ptrace; do
  bundle=$WORK/try-$try
  make_bundle "$bundle" "$try"
  expect_equal "status of $try without profile" 0 "$(status_of "free-$try" "$bundle")"
  for wanted in errno:1 kill:159; do
    under_profile "$bundle" "$WORK/false-${wanted%:*}.json"
    status=$(status_of "$try-${wanted%:*}" "$bundle")
    expect_equal "status of $try under ${wanted%:*}" "${wanted#*:}" "$status"
    check_work "$try under ${wanted%:*}"
  done
done

# A recording without a container's own call gives no profile.
expect_status 2 "$ANALYZE" minset --container nobody "$WORK/work-true.ctr"
expect_one_line ctrace-analyze
