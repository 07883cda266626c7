# shellcheck shell=bash
# Calls that a signal interrupts are told as to be restarted, and what they become is told as well; a call
# that a tracer changed is what it was changed to. The program knows what it did; strace's words are those
# of its manual.
# shellcheck source=tests/live/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
need_live
need_command gcc

busybox_bundle "$WORK/bundle" /bin/odd
gcc -O1 -static -o "$WORK/bundle/rootfs/bin/odd" "$live_dir/programs/odd.c"
edit_bundle "$WORK/bundle" '["CAP_KILL", "CAP_SYS_PTRACE"] as $caps
  | .process.capabilities = {bounding: $caps, effective: $caps, permitted: $caps}'
run() { run_container odd "$WORK/bundle"; }
record_while "$WORK/odd.ctr" run
expect_no_loss "$WORK/odd.ctr"
odd() { "$REPLAY" "$@" --container "$(container_id odd)" "$WORK/odd.ctr"; }

odd --format strace --where 'phase == own and event in (read, rt_sigreturn, nanosleep, clock_nanosleep, restart_syscall)' |
  sed 's/^.*\] [0-9:.]* //; s/(.*) = /() = /' >"$WORK/strace"
grep -A2 'read() = ? ERESTARTSYS (To be restarted if SA_RESTART is set)' "$WORK/strace" >"$WORK/read" ||
  fail "no restarted read: $(cat "$WORK/strace")"
grep -q '^rt_sigreturn() = ' "$WORK/read" || fail "no return from the handler: $(cat "$WORK/read")"
grep -q '^read() = 1$' "$WORK/strace" || fail "the read does not end: $(cat "$WORK/strace")"
grep -q 'nanosleep() = ? ERESTART_RESTARTBLOCK (Interrupted by signal)' "$WORK/strace" ||
  fail "no restarted sleep: $(cat "$WORK/strace")"
grep -q '^restart_syscall() = 0$' "$WORK/strace" || fail "no restart_syscall: $(cat "$WORK/strace")"
# The same words in the table and in the filter; none of them is a failure.
expect_equal "table" "$(odd --where restarted | tail -n +2 | wc -l)" \
  "$(odd --where 'event in %syscalls' 2>/dev/null | grep -c ' ? ERESTART' || true)"
expect_equal "restarts that failed" "" "$(odd --where 'restarted and (failed or successful)' | tail -n +2)"
odd --format json --where 'errno == ERESTARTSYS and event == read' | jq -e .errno >/dev/null || fail "no errno to filter by"

# ---- a tracer

odd --format json --where 'phase == own' >"$WORK/json"
expect_equal "getuid that became getppid" 0 "$(jq -r 'select(.eventName == "getuid").eventName' "$WORK/json" | wc -l)"
traced=$(jq -r 'select(.eventName == "ptrace" and .args[0].value == "PTRACE_TRACEME").threadId' "$WORK/json")
expect_equal "calls of the traced one" "getppid syscall_invalid getppid exit_group" \
  "$(jq -r --argjson tid "$traced" 'select(.threadId == $tid and (.eventName |
    test("^(getuid|getppid|getpgid|syscall_invalid|exit_group)$"))).eventName' "$WORK/json" | paste -sd' ')"
