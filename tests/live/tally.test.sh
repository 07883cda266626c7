# shellcheck shell=bash
# The kernel side's counters miss nothing: the least that a container needs is the same whether all
# of its events came through, most of them were lost, most were filtered out, or none was asked for.
# shellcheck source=tests/live/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
need_live
need_command gcc

cat >"$WORK/work.c" <<'C'
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A few calls made once, each behind a flood of others. */
int main(void)
{
	void (*once[])(void) = {(void (*)(void))sync, (void (*)(void))getpgrp, (void (*)(void))getppid};
	struct stat info;
	cpu_set_t here;

	/* One CPU, one ring: on another, which no flood has filled, a call would not be lost. */
	CPU_ZERO(&here);
	CPU_SET(sched_getcpu(), &here);
	if (sched_setaffinity(0, sizeof(here), &here))
		return 1;
	for (int k = 0; k < 3; k++) {
		for (int i = 0; i < 40000; i++) {
			syscall(SYS_getuid);
			syscall(SYS_getgid);
			close(-1);
		}
		once[k]();
	}
	mkdir("/tmp/made", 0700);
	stat("/tmp/made", &info);
	return 0;
}
C
gcc -O1 -static -o "$WORK/work" "$WORK/work.c"
busybox_bundle "$WORK/bundle" /bin/work
cp "$WORK/work" "$WORK/bundle/rootfs/bin/work"

run_once() { run_container "$1" "$WORK/bundle"; }
# minset FILE NAME: of that container; others may run at the same time.
minset() { "$ANALYZE" minset --container "$(container_id "$2")" "$1" 2>"$1.warnings" >"$1.json"; }

record_while "$WORK/whole.ctr" run_once whole
expect_no_loss "$WORK/whole.ctr"
minset "$WORK/whole.ctr" whole
grep -q '"sync"' "$WORK/whole.ctr.json" || fail "sync is not in the set of the whole recording"

# Loss: a small ring, and a recorder that is stopped while the container works.
start_recording "$WORK/lossy.ctr" --buffer-size 256K
kill -STOP "$recorder"
run_once lossy
kill -CONT "$recorder"
stop_recording INT
lost=$("$ANALYZE" info --json "$WORK/lossy.ctr" | jq .lost)
kept=$("$ANALYZE" info --json "$WORK/lossy.ctr" | jq .events)
note "$kept events kept, $lost lost"
[ "$lost" -gt "$kept" ] || fail "only $lost of $((lost + kept)) were lost: the test shows nothing"
"$REPLAY" -e sync "$WORK/lossy.ctr" >"$WORK/table"
! grep -q ' sync' "$WORK/table" || fail "sync was not lost"
minset "$WORK/lossy.ctr" lossy
cmp "$WORK/whole.ctr.json" "$WORK/lossy.ctr.json" || fail "the set differs after a loss"

start_recording "$WORK/few.ctr" --event mkdir
run_once few
stop_recording INT
minset "$WORK/few.ctr" few
cmp "$WORK/whole.ctr.json" "$WORK/few.ctr.json" || fail "the set differs with a filter"

start_recording "$WORK/none.ctr" --summary
run_once none
stop_recording INT
expect_equal "events of a summary" 0 "$("$ANALYZE" info --json "$WORK/none.ctr" | jq .events)"
minset "$WORK/none.ctr" none
cmp "$WORK/whole.ctr.json" "$WORK/none.ctr.json" || fail "the set differs with --summary"

# A call that never returned is in the set as well.
busybox_bundle "$WORK/sleeper" sh -c 'exec sleep 600'
start_recording "$WORK/flight.ctr"
run_detached sleeper "$WORK/sleeper"
sleeps() { [[ $(cat "/proc/$container_pid/stat") == *'(sleep) S '* ]]; }
wait_until 30 sleeps || fail "it does not sleep: $(cat "/proc/$container_pid/stat")"
stop_recording INT
minset "$WORK/flight.ctr" sleeper
grep -q 'nanosleep' "$WORK/flight.ctr.json" || fail "a sleep in flight is not in the set"
