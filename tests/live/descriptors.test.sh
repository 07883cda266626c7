# shellcheck shell=bash
# What descriptors refer to, with strace -yy as the oracle: files, sockets, pipes, what the kernel makes,
# copied, passed on, inherited, replaced, closed (descriptors_compare.py says where the two differ by
# nature). Then what no filter may hide: of a program that ran before, and where closes alone are wanted.
# shellcheck source=tests/live/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
need_live
need_command strace gcc

mkdir -p "$WORK/place" && cd "$WORK/place"
gcc -O1 -o "$WORK/descriptors" "$live_dir/programs/descriptors.c"

"$RECORD" -o "$WORK/all.ctr" -- strace -ff -yy -s 64 -o "$WORK/strace" "$WORK/descriptors" 2>"$WORK/err" ||
  fail "cannot record: $(tail -n 1 "$WORK/err")"
expect_no_loss "$WORK/all.ctr"
"$REPLAY" --format json "$WORK/all.ctr" >"$WORK/all.json"
python3 "$live_dir/descriptors_compare.py" "$WORK/strace" "$WORK/all.json" --least 140 >"$WORK/compared" ||
  fail "$(head -n 5 "$WORK/compared")"
note "$(cat "$WORK/compared")"

# Closes alone: the same names, though no call is recorded that would have told of them.
rm -rf -- "$WORK/place" && mkdir "$WORK/place" && cd "$WORK/place"
closes() { jq -r 'select(.eventName == "close" and .returnValue == 0 and .processName == "descriptors").args[0].file' "$@"; }
"$RECORD" -o "$WORK/close.ctr" -e close -- "$WORK/descriptors" 2>"$WORK/err" || fail "cannot record: $(tail -n 1 "$WORK/err")"
# Inodes and ports are others. Who accepts a connection is known later. What was passed on is not met before it is closed, nor what was renamed.
plain() { grep -vE '^null$|/(plain|renamed|passed)( |$)' | sed -E 's/[0-9]{3,}/N/g; s/(UNIX.*N)->N/\1/' | sort; }
"$REPLAY" --format json "$WORK/close.ctr" >"$WORK/close.json"
closes "$WORK/close.json" | plain >"$WORK/close.names"
closes "$WORK/all.json" | plain >"$WORK/all.names"
diff "$WORK/all.names" "$WORK/close.names" >"$WORK/diff" ||
  fail "closes alone: $(head -n 5 "$WORK/diff")"

# A program that ran before, and closes what it opened before.
busybox_bundle "$WORK/bundle" /bin/sh -c \
  'exec 5</etc/passwd; trap "exec 5<&-" USR1; while :; do sleep 0.1; done'
run_detached before "$WORK/bundle"
start_recording "$WORK/before.ctr" --container "$(container_id before)"
kill -USR1 "$container_pid"
wait_recorded "$WORK/before.ctr" --where 'event == close and arg.fd == 5 and path == "/etc/passwd"'
stop_recording INT
runc kill "$(container_id before)" KILL
