# shellcheck shell=bash
# --lossless: a reader much too slow loses nothing, since what is recorded is frozen meanwhile; all
# is thawed again on every way out; what others froze stays as they want it.
# shellcheck source=tests/live/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
need_live
need_command gcc

v2=$(awk '$3 == "cgroup2" {print $2; exit}' /proc/self/mounts)
[ -n "$v2" ] || skip "needs cgroup v2"
freezer() { echo "$v2/$(container_id "$1")/cgroup.freeze"; } # freezer NAME: of a container
is_frozen() { [ "$(cat "$(freezer "$1")" 2>/dev/null)" = 1 ]; }
is_thawed() { [ "$(cat "$(freezer "$1")" 2>/dev/null)" = 0 ]; }
is_gone() { ! kill -0 "$1" 2>/dev/null; }
children_of() { cat "/proc/$1/task/$1/children"; }

cat >"$WORK/flood.c" <<'C'
#include <stdlib.h>
#include <unistd.h>
int main(int argc, char **argv)
{
	for (long i = argc > 1 ? atol(argv[1]) : -1; i != 0; i--)
		access("/a/path/that/is/not/there/and/long/enough/to/fill/a/ring/soon/with/few/calls/of/this", 0);
	return 0;
}
C
gcc -O2 -static -o "$WORK/flood" "$WORK/flood.c"
# Takes nothing until the command is done or five seconds are over, 12 MB/s at most then.
cat >"$WORK/slow.py" <<'P'
import os, sys, time
lines = size = 0
until = time.monotonic() + 5
while not os.path.exists(sys.argv[1]) and time.monotonic() < until:
    time.sleep(0.05)
for line in sys.stdin.buffer:
    lines += b"/a/path/that" in line
    size += len(line)
    if size > 1 << 20:
        size = 0
        time.sleep(1 / 12)
print(lines)
P

# ---- a command: two producers, a reader several times too slow
calls=250000
slow_run() { # slow_run NAME OPTION...: what the reader saw is in $WORK/NAME.seen
  local name=$1
  shift
  "$RECORD" --format strace -e access --buffer-size 8M "$@" -- \
    sh -c "'$WORK/flood' $calls & '$WORK/flood' $calls; wait; : >'$WORK/$name.done'" 2>"$WORK/$name.err" |
    python3 "$WORK/slow.py" "$WORK/$name.done" >"$WORK/$name.seen"
}
slow_run lossy
slow_run lossless --lossless
note "without: $(tail -n 1 "$WORK/lossy.err")"
note "with:    $(tail -n 1 "$WORK/lossless.err")"
[ "$(cat "$WORK/lossy.seen")" -lt $((2 * calls)) ] ||
  fail "the reader was not too slow: the test shows nothing"
expect_equal "calls seen" $((2 * calls)) "$(cat "$WORK/lossless.seen")"
grep -q ' 0 lost, frozen [1-9]' "$WORK/lossless.err" || fail "the summary does not tell of it"
compgen -G "$v2/ctrace-record-*" >"$WORK/left" || true

# ---- containers, and a reader that can be stopped
for name in one two late owned inside; do
  busybox_bundle "$WORK/$name" /bin/flood
  cp "$WORK/flood" "$WORK/$name/rootfs/bin/flood"
done
start_container() { runc run -d -b "$WORK/$1" "$(container_id "$1")" </dev/null >/dev/null 2>&1; }
start_container one
start_container two
start_container owned
start_container inside
# Paused by its owner before the recorder comes.
echo 1 >"$(freezer owned)"

mkfifo "$WORK/pipe"
start_reader() { # a reader that takes the table and nothing else
  cat "$WORK/pipe" >/dev/null &
  reader=$!
  started+=("$reader")
}
start_lossless() { # start_lossless OPTION...: sets recorder and watchdog
  start_reader
  start_background "$WORK/out" "$WORK/err" "$RECORD" -o "$WORK/file.ctr" --force --print --lossless \
    --buffer-size 8M --events-path "$WORK/pipe" "$@"
  recorder=$background_pid
  wait_until 30 is_recording_or_dead "$WORK/err" "$recorder" || fail "no word of recording in 30 s"
  kill -0 "$recorder" 2>/dev/null || fail "ctrace-record ended: $(tail -n 1 "$WORK/err")"
  watchdog=$(children_of "$recorder")
  watchdog=${watchdog%% *}
}
hold() { kill -STOP "$reader"; }
go_on() { kill -CONT "$reader"; }

start_lossless
is_watchdog() { [ "$(tr -d '\0' <"/proc/$watchdog/cmdline")" = ctrace-thaw ]; }
wait_until 30 is_watchdog || fail "the watchdog is called '$(tr '\0' ' ' <"/proc/$watchdog/cmdline")'"
ls -l "/proc/$watchdog/fd" >"$WORK/fds"
if grep -q bpf "$WORK/fds"; then fail "the watchdog holds BPF descriptors"; fi
hold
wait_until 60 is_frozen one || fail "a container that ran before is not frozen"
wait_until 60 is_frozen two || fail "another one is not frozen"
# One that starts now is frozen too, in the middle of the runtime's set-up or behind it.
start_container late &
late=$!
wait_until 60 is_frozen late || fail "a container that started while all was frozen is not"
# Its owner pauses one that is frozen already: from now on it is the owner's.
echo 1 >"$(freezer two)"
go_on
wait_until 60 is_thawed one || fail "not thawed when the reader went on"
hold
wait_until 60 is_frozen one || fail "not frozen a second time"
go_on
wait "$late" || fail "the container that was frozen while it was made did not start"
is_frozen two || fail "a container that its owner paused was thawed"
echo 0 >"$(freezer two)"
hold
wait_until 60 is_frozen two || fail "not frozen after its owner resumed it"
go_on
stop_recording INT
expect_equal "status" 0 "$recorder_status"
kill -KILL "$reader" 2>/dev/null || true
for name in one two late inside; do is_thawed "$name" || fail "'$name' was left frozen"; done
is_frozen owned || fail "a container that its owner paused was thawed"
is_gone "$watchdog" || fail "the watchdog is still there"
expect_no_loss "$WORK/file.ctr"
"$ANALYZE" verify "$WORK/file.ctr" || fail "the file does not verify"
"$ANALYZE" info --json "$WORK/file.ctr" |
  jq -e '.freezes >= 2 and .frozen_ns > 0 and (.filters | index("--lossless"))' >/dev/null ||
  fail "info does not tell of the freezes"
note "$(tail -n 1 "$WORK/err")"

# ---- the recorder dies while it holds them
for signal in KILL SEGV; do
  start_lossless
  kill -TERM "$watchdog" && kill -INT "$watchdog" # heeds none
  hold
  wait_until 60 is_frozen one || fail "not frozen before SIG$signal"
  stop_recording "$signal"
  wait_until 60 is_gone "$watchdog" || fail "the watchdog is still there after SIG$signal"
  for name in one two late inside; do is_thawed "$name" || fail "'$name' frozen after SIG$signal"; done
  is_frozen owned || fail "a container that its owner paused was thawed after SIG$signal"
  kill -KILL "$reader" 2>/dev/null || true
done

# ---- without its watchdog it freezes nothing
start_lossless
kill -KILL "$watchdog"
expect_said "$WORK/err" 'the watchdog was killed'
hold
sleep 1
is_thawed one || fail "frozen without a watchdog"
go_on
stop_recording INT
kill -KILL "$reader" 2>/dev/null || true

# ---- the recorder lives in one of them
# shellcheck disable=SC2016  # the inner shell expands it
start_background "$WORK/out" "$WORK/inside.err" sh -c 'echo $$ >"$1/cgroup.procs"; shift; exec "$@"' sh \
  "$(dirname "$(freezer inside)")" "$RECORD" -o "$WORK/inside.ctr" --lossless --buffer-size 256K --duration 3s
wait_until 60 is_gone "$background_pid" || fail "a recorder in a recorded container never ended"
is_thawed inside || fail "the recorder's own cgroup was frozen"

# ---- a command's cgroup is gone, also when the recorder was killed
mkfifo "$WORK/go"
start_background "$WORK/out" "$WORK/cmd.err" "$RECORD" --lossless -o "$WORK/cmd.ctr" -- cat "$WORK/go"
wait_until 60 is_recording_or_dead "$WORK/cmd.err" "$background_pid"
cgroup=$(echo "$v2"/ctrace-record-"$background_pid")
[ -d "$cgroup" ] || cgroup=$(find "$v2" -type d -name "ctrace-record-$background_pid")
[ -d "$cgroup" ] || fail "the command has no cgroup of its own"
command_pid=$(cat "$cgroup/cgroup.procs")
# Not before the recorder let it go.
is_cat() { [ "$(cat "/proc/$command_pid/comm")" = cat ]; }
wait_until 30 is_cat || fail "the command does not begin"
kill -KILL "$background_pid"
cgroup_gone() { [ ! -d "$cgroup" ]; }
wait_until 60 cgroup_gone || fail "the command's cgroup is still there"
kill -0 "$command_pid" || fail "the command did not survive"
kill -KILL "$command_pid"
[ ! -s "$WORK/left" ] || note "cgroups of others: $(cat "$WORK/left")"
