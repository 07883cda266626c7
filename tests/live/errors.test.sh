# shellcheck shell=bash
# What goes wrong is told in one line and leaves what was recorded readable.
# shellcheck source=tests/live/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
need_live

# shellcheck disable=SC2016  # the container's shell expands it
busybox_bundle "$WORK/bundle" sh -c 'i=0; while [ $i -lt 100 ]; do cat /etc/passwd >/dev/null; i=$((i+1)); done'
events_of() { "$ANALYZE" info --json "$1" 2>/dev/null | jq .events; }

# Without privileges. Nobody must be able to reach the program.
cp "$RECORD" "$WORK/record"
chmod 755 "$WORK" "$WORK/record"
mkdir -m 1777 "$WORK/open"
expect_status 2 setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all --bounding-set=-all \
  "$WORK/record" -o "$WORK/open/x.ctr"
expect_one_line ctrace-record
[ ! -e "$WORK/open/x.ctr" ] || fail "a recording that never began is left behind"

# An output that is there is kept, unless --force is given.
echo precious >"$WORK/there.ctr"
expect_status 2 "$RECORD" -o "$WORK/there.ctr" --duration 1s
expect_one_line ctrace-record
expect_equal "the file that was there" precious "$(cat "$WORK/there.ctr")"
expect_status 0 "$RECORD" -o "$WORK/there.ctr" --force --duration 1s
expect_equal "mode" 600 "$(stat -c %a "$WORK/there.ctr")"
expect_status 0 "$ANALYZE" verify "$WORK/there.ctr"

# Words that mean nothing.
for words in "--event nonsense" "--set nonsense" "--exclude-set nonsense" "--format xml" "--no-such"; do
  # shellcheck disable=SC2086
  expect_status 2 "$RECORD" -o "$WORK/x.ctr" $words
  expect_one_line ctrace-record
  [ ! -e "$WORK/x.ctr" ] || fail "$words leaves a file behind"
done
expect_status 2 "$RECORD" -o /no/such/folder/x.ctr
expect_one_line ctrace-record

# --duration ends the recording by itself, with a summary that says how much was lost.
begin=$SECONDS
expect_status 0 "$RECORD" -o "$WORK/second.ctr" --duration 1s
[ $((SECONDS - begin)) -lt 60 ] || fail "--duration 1s took $((SECONDS - begin)) s"
grep -q '\blost\b' "$WORK/stderr" || fail "the summary does not say what was lost"

# SIGTERM ends as cleanly as SIGINT.
start_recording "$WORK/term.ctr"
run_container term "$WORK/bundle"
stop_recording TERM
expect_equal "status after SIGTERM" 0 "$recorder_status"
expect_status 0 "$ANALYZE" verify "$WORK/term.ctr"
[ "$(events_of "$WORK/term.ctr")" -gt 100 ] || fail "the recording is empty"

# While it is being written a recording can be read, and says that it is not complete.
start_recording "$WORK/killed.ctr"
run_container killed "$WORK/bundle"
wait_recorded "$WORK/killed.ctr" --container "$(container_id killed)" -e container_stop
expect_status 0 "$REPLAY" "$WORK/killed.ctr"
grep -q 'being written' "$WORK/stderr" || fail "replay does not say 'being written'"
expect_equal "state" '"being written"' "$("$ANALYZE" info --json "$WORK/killed.ctr" 2>/dev/null | jq .state)"

# kill -9: all but the last second is there, and every program says that the end is not.
stop_recording KILL
expect_equal "status after SIGKILL" 137 "$recorder_status"
expect_status 0 "$REPLAY" "$WORK/killed.ctr"
grep -q 'cut short' "$WORK/stderr" || fail "replay does not say 'cut short'"
grep -q '/etc/passwd' "$WORK/stdout" || fail "the calls before the kill are missing"
expect_status 1 "$ANALYZE" verify "$WORK/killed.ctr"
expect_status 0 "$ANALYZE" minset --container "$(container_id killed)" "$WORK/killed.ctr"

# A full disk: told, with a failure, and what was written can be read.
mount_at "$WORK/small" -t tmpfs -o size=32k tmpfs
start_recording "$WORK/small/full.ctr"
for ((i = 1; i <= 20; i++)); do
  kill -0 "$recorder" 2>/dev/null || break # the first write that failed may have ended it
  run_container "fill-$i" "$WORK/bundle"
done
stop_recording INT
expect_equal "status with a full disk" 2 "$recorder_status"
grep -q '^ctrace-record: .*No space left' "$WORK/full.ctr.err" || fail "a full disk is not told"
expect_status 0 "$REPLAY" "$WORK/small/full.ctr"
grep -q 'cut short' "$WORK/stderr" || fail "replay of a full disk's file does not say 'cut short'"

# A file that is none.
head -c 1000 /dev/zero >"$WORK/zeros"
: >"$WORK/empty"
for file in zeros empty; do
  for program in "$REPLAY" "$ANALYZE info" "$ANALYZE minset" "$ANALYZE verify"; do
    # shellcheck disable=SC2086
    expect_status 2 $program "$WORK/$file"
    [ "$(wc -l <"$WORK/stderr")" -eq 1 ] || fail "$program says more or less than a line about $file"
  done
done
