# shellcheck shell=bash
# One container that forks and forks fills what of the rings is kept for the life of processes; another
# that begins after that is there all the same, from its start to its exit status, and who lost what is
# told by container. The recorder is stopped meanwhile, so that nobody makes room.
# shellcheck source=tests/live/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
need_live
need_command gcc

cat >"$WORK/flood.c" <<'C'
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* On each CPU so many processes that end at once. */
int main(int argc, char **argv)
{
	int children = argc > 1 ? atoi(argv[1]) : 0;
	cpu_set_t all;

	sched_getaffinity(0, sizeof(all), &all);
	mkdir("/tmp/ready", 0700);
	while (access("/tmp/go", F_OK))
		usleep(10000);
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		cpu_set_t one;

		if (!CPU_ISSET(cpu, &all))
			continue;
		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		sched_setaffinity(0, sizeof(one), &one);
		for (int child = 0; child < children; child++) {
			pid_t pid = fork();

			if (pid < 0)
				return 1;
			if (pid == 0)
				_exit(0);
			waitpid(pid, 0, 0);
		}
	}
	mkdir("/tmp/done", 0700);
	return 0;
}
C
busybox_bundle "$WORK/flood" /bin/flood 10000
gcc -O1 -static -o "$WORK/flood/rootfs/bin/flood" "$WORK/flood.c"
# shellcheck disable=SC2016  # the container's shell expands it
busybox_bundle "$WORK/quiet" sh -c 'for i in 1 2 3 4 5; do /bin/busybox true; done; exit 7'

start_recording "$WORK/run.ctr" --buffer-size 2M
run_container flood "$WORK/flood" >"$WORK/flood.out" 2>&1 &
flood=$!
wait_until 60 test -d "$WORK/flood/rootfs/tmp/ready" || fail "the container does not begin"
wait_recorded "$WORK/run.ctr" --container "$(container_id flood)" --path /tmp/ready
kill -STOP "$recorder"
mkdir "$WORK/flood/rootfs/tmp/go"
wait_until 120 test -d "$WORK/flood/rootfs/tmp/done" || fail "the container does not end"
wait "$flood" || fail "the flood ended with status $?"
status=0
run_container quiet "$WORK/quiet" >"$WORK/quiet.out" 2>&1 || status=$?
kill -CONT "$recorder"
expect_equal "status of the quiet container" 7 "$status"
stop_recording INT
expect_equal "exit status" 0 "$recorder_status"

expect_status 0 "$ANALYZE" verify "$WORK/run.ctr"
flood_lost=$(lost_of flood lifecycle "$WORK/run.ctr") quiet_lost=$(lost_of quiet lifecycle "$WORK/run.ctr")
note "lifecycle records lost: $flood_lost of the flood, $quiet_lost of the quiet container"
[ "$flood_lost" -gt 1000 ] || fail "hardly anything was lost: the test shows nothing"
expect_equal "lifecycle records that the quiet container lost" 0 "$quiet_lost"

expect_whole_life quiet 7 6 "$WORK/run.ctr"
