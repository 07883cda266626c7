# shellcheck shell=bash
# What is no container yields none: processes in a cgroup of their own, one namespace unshared after the
# other, and a sandbox as browsers have it (user, pid and network namespaces, the host's mounts). Where
# Chromium is installed, it too, with its sandbox (`make check-browser` installs it).
# shellcheck source=tests/live/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
need_live
need_command unshare

root=$(awk '$3 == "cgroup2" {print $2; exit}' /proc/self/mounts)
[ -n "$root" ] || skip "needs cgroup2"
cgroup=$root/$LIVE_ID-plain
remove_cgroup() { rmdir "$cgroup" 2>/dev/null; }
at_end+=(remove_cgroup)
# shellcheck disable=SC2016
in_cgroup() { sh -c 'echo 0 >"$0/cgroup.procs" && exec "$@"' "$cgroup" "$@"; }
sandbox=(unshare --user --map-root-user --pid --net --fork busybox sh -c 'cat /etc/passwd; true')

# In its cgroup lives a process of its sandbox: one with a pid namespace of its own.
has_sandboxed() {
  local pid
  for pid in $(cat "$cgroup/cgroup.procs"); do
    if grep -qE '^NSpid:.*[0-9][[:space:]]+[0-9]' "/proc/$pid/status" 2>/dev/null; then return 0; fi
  done
  return 1
}
is_empty() { [ -z "$(cat "$cgroup/cgroup.procs")" ]; }
end_all() { xargs -r kill -KILL <"$cgroup/cgroup.procs" 2>/dev/null; is_empty; }
# Not as root, as which it has no sandbox.
browse() {
  mkdir -m 777 "$WORK/browser"
  chmod 755 "$WORK"
  at_end=(end_all "${at_end[@]}")
  # shellcheck disable=SC2016
  in_cgroup setpriv --reuid=65534 --regid=65534 --clear-groups env HOME="$WORK/browser" chromium --headless \
    --disable-gpu --no-first-run --disable-background-networking --disable-component-update --disable-sync \
    --user-data-dir="$WORK/browser/data" about:blank >"$WORK/browser.log" 2>&1 &
  wait_until 60 has_sandboxed || fail "chromium has no sandbox: $(tail -n 1 "$WORK/browser.log")"
  sleep 5 # for longer than a new cgroup is looked at
  wait_until 30 end_all || fail "chromium does not end"
  note "chromium's sandbox was there"
}

start_recording "$WORK/none.ctr"
mkdir "$cgroup"
in_cgroup busybox sh -c 'cat /etc/passwd; cat /etc/group' >/dev/null
for namespace in --mount --net --uts --ipc --cgroup --user --pid; do
  unshare "$namespace" --fork busybox true
  in_cgroup unshare "$namespace" --fork busybox true
done
"${sandbox[@]}" >/dev/null
in_cgroup "${sandbox[@]}" >/dev/null
wait_until 30 remove_cgroup || fail "the cgroup cannot be removed"
if command -v chromium >/dev/null; then
  mkdir "$cgroup"
  browse
  wait_until 30 remove_cgroup || fail "the cgroup cannot be removed"
elif [ "${REQUIRE_BROWSER:-0}" = 1 ]; then
  fail "chromium is not there"
fi
stop_recording INT
"$ANALYZE" containers --json "$WORK/none.ctr" >"$WORK/none.json"
expect_equal "containers by namespaces" "[]" "$(jq -c \
  '[.[] | select(.existing | not) | select(.id | startswith("ns-")) | .name]' "$WORK/none.json")"
expect_equal "containers" "[]" "$(jq -c --arg path "/$LIVE_ID" \
  '[.[] | select(.existing | not) | select(.cgroup | startswith($path)) | .name]' "$WORK/none.json")"
expect_equal "starts" 0 "$("$REPLAY" -e container_start --where 'container.cgroup glob "*/'"$LIVE_ID"'*"' \
  "$WORK/none.ctr" | sed 1d | wc -l)"
# The same, were there one: the test can fail.
start_recording "$WORK/one.ctr"
mkdir "$cgroup"
in_cgroup unshare --mount --pid --fork busybox true
wait_until 30 remove_cgroup || fail "the cgroup cannot be removed"
stop_recording INT
expect_equal "starts of a container" 1 "$("$REPLAY" -e container_start --where \
  'container.cgroup glob "*/'"$LIVE_ID"'*"' "$WORK/one.ctr" | sed 1d | wc -l)"
