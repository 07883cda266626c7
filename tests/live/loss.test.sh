# shellcheck shell=bash
# What cannot be kept up with is told: with a ring much too small, each gap is in the file at its
# place, and what was made is what came through and what was lost, to the last call.
# shellcheck source=tests/live/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
need_live
need_command gcc

calls=400000
cat >"$WORK/loop.c" <<'C'
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(int argc, char **argv)
{
	for (int i = argc > 1 ? atoi(argv[1]) : 0; i > 0; i--)
		syscall(SYS_getppid);
	return 0;
}
C
gcc -O2 -o "$WORK/loop" "$WORK/loop.c"

# Two producers for two CPUs, and a recorder that is stopped until one of them is done.
start_background "$WORK/out" "$WORK/err" "$RECORD" -o "$WORK/loss.ctr" --buffer-size 256K -- \
  sh -c ": >'$WORK/ready'; until [ -e '$WORK/go' ]; do sleep 0.01; done
    '$WORK/loop' $calls & '$WORK/loop' $calls; : >'$WORK/done'; wait"
recorder=$background_pid
wait_until 30 test -e "$WORK/ready" || fail "the command does not begin: $(tail -n 1 "$WORK/err")"
kill -STOP "$recorder"
: >"$WORK/go"
wait_until 60 test -e "$WORK/done" || fail "the command does not end"
kill -CONT "$recorder"
status=0
wait "$recorder" || status=$?
expect_equal "exit status" 0 "$status"

"$ANALYZE" verify "$WORK/loss.ctr" || fail "the file does not verify"
kept=$("$REPLAY" -e getppid "$WORK/loss.ctr" | grep -c ' getppid')
told=$("$REPLAY" --format json -e lost "$WORK/loss.ctr" |
  jq -s '[.[].args[] | select(.name == "count").value | tonumber] | add // 0')
note "$kept of $((2 * calls)) calls kept, $told lost records told"
[ "$told" -gt 0 ] || fail "a ring of 256 KiB lost nothing: the test shows nothing"
expect_equal "lost in info" "$told" "$("$ANALYZE" info --json "$WORK/loss.ctr" | jq .lost)"
# A lost record may be another call than getppid, but no getppid may be missing untold.
missing=$((2 * calls - kept))
[ "$missing" -le "$told" ] || fail "$missing calls are missing, $told are told"
[ "$((told - missing))" -le 2000 ] || fail "$told are told, only $missing calls are missing"
"$ANALYZE" info "$WORK/loss.ctr" >"$WORK/info"
grep -q "^lost  *$told " "$WORK/info" || fail "info does not tell the loss"
