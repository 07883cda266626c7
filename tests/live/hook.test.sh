# shellcheck shell=bash
# One container recorded by its own runtime's hook: from its first program to its end, as a recorder
# that was there all the time has it; without the annotation, or where it cannot be recorded, no file.
# shellcheck source=tests/live/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
need_live

# bundle NAME ANNOTATIONS: with a hook that every container of it calls
bundle() {
  busybox_bundle "$WORK/$1" sh -c 'mkdir /tmp/d; cat /etc/passwd; exit 5'
  # shellcheck disable=SC2016
  edit_bundle "$WORK/$1" --arg record "$RECORD" --argjson annotations "$2" \
    '.annotations = $annotations | .hooks.createRuntime = [{path: $record, args: ["ctrace-record", "hook"]}]'
}
run() { # run NAME: sets status
  status=0
  run_container "$1" "$WORK/$1" >"$WORK/said" 2>"$WORK/said.err" || status=$?
}
is_complete() { [ "$("$ANALYZE" info --json "$1" 2>/dev/null | jq -r .state)" = complete ]; }

bundle plain '{}'
record_while "$WORK/plain.ctr" run plain
expect_equal "status without the annotation" 5 "$status"
bundle hooked "{\"io.ctrace.record\": \"$WORK/hooked.ctr\"}"
run hooked
expect_equal "status" 5 "$status"
expect_equal "what it said" 'root:x:0:0:root:/root:/bin/sh' "$(cat "$WORK/said")"
wait_until 30 is_complete "$WORK/hooked.ctr" || fail "the recording does not end: $(ls -l "$WORK")"
expect_no_loss "$WORK/hooked.ctr"
"$ANALYZE" verify "$WORK/hooked.ctr" >/dev/null || fail "the recording does not verify"

# What the container's processes did themselves: each one's events in order, but for addresses and for whether a
# child ends before it is waited for. Processes are told by their order: how many numbers runc's own threads
# had taken in there varies.
own() { # own FILE NAME
  "$REPLAY" --format json --container "$(container_id "$2")" --where 'phase == own' "$1" |
    jq -c 'select(.processId > 0 and (.eventName | test("^(signal_|rt_sigreturn|wait4)") | not)) |
      [.processId, .eventName, .processName, (.eventName as $name | .returnValue |
        if . > 0 and ($name | test("fork|clone|pid|tid_")) then "process" elif . >= -4096 and . < 65536 then . else "far" end),
      (.args | map(select(.name | test("path|argv")) | .value))]' |
    sed "s/$(container_id "$2")/ID/g" | sort -s -n -k1.2,1 |
    awk -F, '$1 != last {last = $1; count++} {sub(/^\[[0-9]+/, "[" count); print}'
}
own "$WORK/plain.ctr" plain >"$WORK/plain.own"
own "$WORK/hooked.ctr" hooked >"$WORK/hooked.own"
[ "$(wc -l <"$WORK/plain.own")" -gt 30 ] || fail "the recorder saw next to nothing"
diff "$WORK/plain.own" "$WORK/hooked.own" >&2 || true
expect_same_bytes "events by the recorder and by the hook" "$WORK/plain.own" "$WORK/hooked.own"
for name in plain hooked; do
  "$ANALYZE" minset --format names --container "$(container_id $name)" "$WORK/$name.ctr" >"$WORK/$name.set"
done
expect_same_bytes "least sets" "$WORK/plain.set" "$WORK/hooked.set"
"$ANALYZE" containers --json "$WORK/hooked.ctr" >"$WORK/containers"
jq -e --arg id "$(container_id hooked)" 'length == 1 and .[0].id == $id' "$WORK/containers" >/dev/null ||
  fail "its container is not the only one: $(cat "$WORK/containers")"

# Evidence is not overwritten: the container does not start, and its user is told why.
run hooked
[ "$status" -ne 5 ] || fail "a container that cannot be recorded started"
grep -q 'ctrace-record hook: .*hooked.ctr' "$WORK/said.err" || fail "not told: $(cat "$WORK/said.err")"

# A container that never begins ends its recording too.
bundle broken "{\"io.containers.trace-syscall\": \"of:$WORK/broken.ctr\"}"
set_command "$WORK/broken" /no/such/program
run broken
wait_until 30 is_complete "$WORK/broken.ctr" || fail "the recording of what never began does not end"

expect_status 2 "$RECORD" hook
expect_one_line "ctrace-record hook"
