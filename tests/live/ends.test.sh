# shellcheck shell=bash
# How processes end: by a code, thread by thread, by a signal, with a core dump, for want of memory. The
# parent's wait status is the oracle; for the last one the memory cgroup's own counter.
# shellcheck source=tests/live/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
need_live
need_command gcc

busybox_bundle "$WORK/bundle" /bin/ends
gcc -O1 -static -pthread -o "$WORK/bundle/rootfs/bin/ends" "$live_dir/programs/ends.c"
# The parent is to survive: the kernel kills the largest.
edit_bundle "$WORK/bundle" '.linux.resources.memory = {limit: 33554432, swap: 33554432}
  | .process.oomScoreAdj = 0 | .process.cwd = "/tmp"'
run() {
  run_container ends "$WORK/bundle" >"$WORK/said" 2>"$WORK/said.err" ||
    skip "runc cannot limit memory here: $(tail -n 1 "$WORK/said.err")"
}
record_while "$WORK/ends.ctr" run
expect_no_loss "$WORK/ends.ctr"
"$REPLAY" --format json --container "$(container_id ends)" --where 'comm glob "by_*"' "$WORK/ends.ctr" >"$WORK/json"

# signal() names become numbers again for the comparison.
jq -r 'select(.eventName == "sched_process_exit" and .args[2].value == 1) |
  "\(.processName) \(.args[0].value) \(.args[1].value) \(.args[3].value)"' "$WORK/json" |
  sed 's/SIGTERM/15/; s/SIGSEGV/11/; s/SIGKILL/9/' >"$WORK/got"
expect_equal "ends" "$(cat "$WORK/said")" "$(cat "$WORK/got")"
grep -q '^by_hunger 0 9' "$WORK/said" || skip "memory is not limited here: $(grep by_hunger "$WORK/said")"
# Every thread's exit call, with its own code, in whichever order; none for those that were killed.
expect_equal "exit calls" "by_code exit_group 7
by_threads exit 5
by_threads exit 6" "$(jq -r 'select(.eventName | test("^exit(_group)?$")) |
  "\(.processName) \(.eventName) \(.args[0].value)"' "$WORK/json" | sort)"
expect_equal "killed for want of memory" "by_hunger" \
  "$(jq -r 'select(.eventName == "oom_kill").processName' "$WORK/json" | uniq)"
expect_equal "told at its end" "by_hunger" \
  "$(jq -r 'select(.eventName == "sched_process_exit" and .args[4].value == 1).processName' "$WORK/json")"
"$REPLAY" --format strace -e sched_process_exit "$WORK/ends.ctr" >"$WORK/strace"
grep -q 'killed by SIGKILL (out of memory) +++' "$WORK/strace" || fail "strace format: $(cat "$WORK/strace")"
note "$(grep by_fault "$WORK/said") (the last number: core dumped)"
