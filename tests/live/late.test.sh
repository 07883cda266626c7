# shellcheck shell=bash
# A container whose first program begins long after its cgroup was made, when nobody waits for it any
# more, is one from then on; so is one in a cgroup that was there before the recorder and empty. What
# lives in a cgroup with the host's pids is none.
# shellcheck source=tests/live/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
need_live
need_command unshare

root=$(awk '$3 == "cgroup2" {print $2; exit}' /proc/self/mounts)
[ -n "$root" ] || skip "needs cgroup2"
cgroups=()
remove_cgroups() {
  local cgroup
  for cgroup in "${cgroups[@]}"; do rmdir "$cgroup" 2>/dev/null || true; done
}
at_end+=(remove_cgroups)
make_cgroup() { # make_cgroup NAME: sets cgroup
  cgroup=$root/$LIVE_ID-$1
  mkdir "$cgroup"
  cgroups+=("$cgroup")
}
# in_cgroup COMMAND...: in a process of its own, in $cgroup
# shellcheck disable=SC2016
in_cgroup() { sh -c 'echo 0 >"$0/cgroup.procs" && "$@"' "$cgroup" "$@"; }

make_cgroup old
start_recording "$WORK/late.ctr"
in_cgroup unshare -mpf busybox true
make_cgroup web
# shellcheck disable=SC2016
in_cgroup sh -c 'end=$(($(date +%s) + 5)); while [ "$(date +%s)" -lt $end ]; do sleep 0.05; done
  unshare -mpf busybox echo inside' >"$WORK/said"
make_cgroup batch
in_cgroup unshare -m busybox true
in_cgroup unshare -p busybox true
cgroups_are_gone() { remove_cgroups && [ ! -e "$root/$LIVE_ID-web" ]; }
wait_until 30 cgroups_are_gone || fail "a cgroup cannot be removed"
stop_recording INT
expect_equal "exit status" 0 "$recorder_status"
expect_equal "what the late one says" inside "$(cat "$WORK/said")"
"$ANALYZE" verify "$WORK/late.ctr" || fail "the file does not verify"
own() { # own NAME: programs that the container began itself
  "$REPLAY" --format json -e sched_process_exec --container "$LIVE_ID-$1" "$WORK/late.ctr" |
    jq -r 'select(.phase == "own") | .args[] | select(.name == "argv").value | tostring'
}
for name in web old; do
  expect_equal "starts of $name" 1 "$("$REPLAY" -e container_start --container "$LIVE_ID-$name" \
    "$WORK/late.ctr" | sed 1d | wc -l)"
  [[ $(own $name) == *busybox* ]] || fail "the program of $name is not there: $(own $name)"
done
expect_equal "containers" "$LIVE_ID-old $LIVE_ID-web" "$("$ANALYZE" info --json "$WORK/late.ctr" |
  jq -r '.containers[].name' | grep "^$LIVE_ID" | sort | xargs)"
