# shellcheck shell=bash
# `ctrace-record -o FILE -- COMMAND` is the command with a recording beside: its output, its exit
# status, its process tree and nothing else.
# shellcheck source=tests/live/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
need_live

record_command() { # record_command STATUS COMMAND...
  local wanted=$1
  shift
  rm -f "$WORK/command.ctr"
  expect_status "$wanted" "$RECORD" -o "$WORK/command.ctr" -- "$@"
}

record_command 0 sh -c 'echo to stdout'
expect_equal "output of the command" "to stdout" "$(cat "$WORK/stdout")"
record_command 3 sh -c 'exit 3'
record_command 137 sh -c 'kill -KILL $$'
record_command 143 sh -c 'kill -TERM $$'
# 127 as shells have it: the recorder worked, the command was not there.
record_command 127 /no/such/command

# Failures of the recorder's own are told apart from those of the command.
touch "$WORK/there.ctr"
expect_status 125 "$RECORD" -o "$WORK/there.ctr" -- true
expect_one_line ctrace-record
expect_status 125 "$RECORD" -o /no/such/folder/x.ctr -- true
expect_status 125 "$RECORD" --set nonsense -o "$WORK/x.ctr" -- true

# Only the tree: of a neighbour that works all the time nothing is recorded, of grandchildren all.
start_background /dev/null /dev/null sh -c 'while :; do cat /etc/passwd; done'
record_command 0 sh -c '(cat /etc/hostname | cat) >/dev/null; sh -c "cat /etc/hosts" >/dev/null; exit 0'
kill "$background_pid"
"$REPLAY" --format json "$WORK/command.ctr" >"$WORK/command.json"
paths=$(jq -r 'select(.eventName == "openat") | .args[1].value' "$WORK/command.json")
for path in /etc/hostname /etc/hosts; do
  grep -qx "$path" <<<"$paths" || fail "the command's openat of $path is missing"
done
! grep -qx /etc/passwd <<<"$paths" || fail "a call of another process is in the recording"
# From the very first: the execve of the command itself.
expect_equal "first execve" sh "$(jq -r 'select(.eventName == "execve" and .returnValue == 0)
  | .args[0].value | split("/") | last' "$WORK/command.json" | sed -n 1p)"
processes=$(jq -r 'select(.eventName == "execve" and .returnValue == 0) | .hostProcessId' \
  "$WORK/command.json" | sort -u | wc -l)
[ "$processes" -ge 4 ] || fail "the recording has $processes processes, at least 4 ran programs"
expect_status 0 "$ANALYZE" minset "$WORK/command.ctr"
jq -e '.syscalls[0].names | index("openat")' "$WORK/stdout" >/dev/null || fail "minset lacks openat"
