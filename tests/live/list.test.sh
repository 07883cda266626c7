# shellcheck shell=bash
# `ctrace-record ls` lists what runs, as the runtime itself would tell it; `ctrace-record config`
# changes a file that the recorder then heeds.
# shellcheck source=tests/live/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
need_live

id=$(container_id listed)
busybox_bundle "$WORK/bundle" /bin/sleep 600
run_detached listed "$WORK/bundle"
pid=$container_pid
expect_equal "pid in runc's words" "$pid" "$(runc state "$id" | jq .pid)"

row() { "$RECORD" ls --json | jq -c --arg id "$id" '.[] | select(.id == $id)'; }
field() { row | jq -r ".$1"; }
expect_equal "pid" "$pid" "$(field pid)"
expect_equal "command" '["/bin/sleep","600"]' "$(row | jq -c .command)"
expect_equal "status" running "$(field status)"
expect_equal "runtime" runc "$(field runtime)"
row | jq -e '.labels == [] and (.facts | length > 3 and all(.key != "" and .source != ""))' >/dev/null ||
  fail "facts: $(row | jq -c .facts)"
created=$(date -d "$(runc state "$id" | jq -r .created)" +%s)
started=$(date -d "$(field started)" +%s)
[ $((started - created)) -ge -2 ] && [ $((started - created)) -le 20 ] ||
  fail "runc says created at $created, ls says started at $started"
"$RECORD" ls -c >"$WORK/table"
grep -q "$id .*/bin/sleep 600 .*running  *$pid " "$WORK/table" || fail "the table has no such row"
runc pause "$id"
expect_equal "status of a paused one" paused "$(field status)"
runc resume "$id"
runc kill "$id" KILL
wait_until 30 sh -c "[ \"\$(runc state $id | jq -r .status)\" = stopped ]" || fail "it does not stop"
runc delete "$id"
expect_equal "rows after its end" "" "$(row)"

# What a container calls itself neither forges a line nor reaches the terminal.
busybox_bundle "$WORK/hostile" sh -c 'sleep 600; true' "$(printf 'a\033[31m\nroot')"
run_detached hostile "$WORK/hostile"
"$RECORD" ls >"$WORK/table"
! grep -q $'\033' "$WORK/table" || fail "an escape sequence reached the terminal"
expect_equal "lines of the hostile container" 1 "$(grep -c "$(container_id hostile)" "$WORK/table")"

export XDG_CONFIG_HOME=$WORK/home
expect_status 2 "$RECORD" config --set fromat=json
expect_one_line "ctrace-record config"
expect_status 2 "$RECORD" config --set format=gob
expect_status 2 "$RECORD" config --unset format
expect_status 0 "$RECORD" config --set output-format=json --set record.duration=20s
grep -qx 'format = json' "$XDG_CONFIG_HOME/ctrace/ctrace.conf" || fail "format is not set"
"$RECORD" config >"$WORK/config"
grep -qx 'duration = 20s' "$WORK/config" || fail "config does not show the user's file"
"$RECORD" -- true 2>/dev/null | sed -n 1p | jq -e .eventName >/dev/null || fail "format=json is not heeded"
expect_status 0 "$RECORD" config --unset format --unset record.duration
! grep -q '=' "$XDG_CONFIG_HOME/ctrace/ctrace.conf" || fail "something is left after --unset"
