# shellcheck shell=bash
# What is given up first when a ring fills: texts, then calls, and the life of processes not at all.
# The container cannot take the room that is kept for it by changing its identity over and over. Who
# lost what is told by container, and all accounts in the file agree.
# shellcheck source=tests/live/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
need_live
need_command gcc

children=40
cat >"$WORK/flood.c" <<'C'
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Each child fills the rings once more: by paths, and by changes that its next event must tell. */
int main(int argc, char **argv)
{
	int children = argc > 1 ? atoi(argv[1]) : 0;

	mkdir("/tmp/ready", 0700);
	while (access("/tmp/go", F_OK))
		usleep(10000);
	for (int child = 0; child < children; child++) {
		pid_t pid = fork();

		if (pid < 0)
			return 1;
		if (pid == 0) {
			char name[16];

			for (int i = 0; i < 2000; i++) {
				open("/tmp/there/is/no/such/file/anywhere/in/this/container", O_RDONLY);
				snprintf(name, sizeof(name), "flood%d", i);
				prctl(PR_SET_NAME, name);
				setuid(0);
			}
			_exit(child);
		}
		waitpid(pid, 0, 0);
	}
	mkdir("/tmp/done", 0700);
	return 0;
}
C
gcc -O1 -static -o "$WORK/flood" "$WORK/flood.c"
busybox_bundle "$WORK/bundle" /bin/flood "$children"
cp "$WORK/flood" "$WORK/bundle/rootfs/bin/flood"

# As a command, so that what other containers do meanwhile does not count.
start_background "$WORK/out" "$WORK/err" "$RECORD" -o "$WORK/run.ctr" --buffer-size 1M -- \
  runc run -b "$WORK/bundle" "$(container_id flood)"
recorder=$background_pid
wait_until 60 test -d "$WORK/bundle/rootfs/tmp/ready" || fail "the container does not begin"
wait_recorded "$WORK/run.ctr" --container "$(container_id flood)" --path /tmp/ready
kill -STOP "$recorder"
mkdir "$WORK/bundle/rootfs/tmp/go"
wait_until 120 test -d "$WORK/bundle/rootfs/tmp/done" || fail "the container does not end"
kill -CONT "$recorder"
status=0
wait "$recorder" || status=$?
expect_equal "exit status" 0 "$status"

"$ANALYZE" verify "$WORK/run.ctr" >"$WORK/verify" || fail "$(cat "$WORK/verify")"
grep -q 'records produced = ' "$WORK/verify" || fail "verify tells no account"
"$ANALYZE" info --json "$WORK/run.ctr" >"$WORK/info"
sum() { jq "[.$1[] | .$2] | add // 0" "$WORK/info"; }
note "lost: $(sum cpus calls) calls, $(sum cpus lifecycle) lifecycle; $(sum cpus texts_not_read) texts"
[ "$(sum cpus calls)" -gt 10000 ] || fail "hardly anything was lost: the test shows nothing"
expect_equal "lifecycle records lost" 0 "$(sum cpus lifecycle)"
expect_equal "lost" "$(sum cpus dropped)" "$(jq .lost "$WORK/info")"
for class in calls lifecycle reentered cgroups_not_taken_in payloads_not_read texts_not_read; do
  expect_equal "$class by container" "$(sum cpus $class)" "$(sum lost_by $class)"
done
index=$(jq ".containers[] | select(.id | startswith(\"$LIVE_ID\")) | .index" "$WORK/info")
own=$(jq "[.lost_by[] | select(.container_index == $index and .phase == \"own\").calls] | add // 0" \
  "$WORK/info")
[ "$own" -gt $(($(sum cpus calls) * 9 / 10)) ] || fail "the container is told to have lost $own"

# Every child's life is there, by exit codes that only they have.
codes=$("$REPLAY" -e sched_process_exit --format json "$WORK/run.ctr" |
  jq -r 'select(.processName | startswith("flood")) | .args[] | select(.name == "exit_code").value' |
  sort -n | uniq | tr '\n' ' ')
expect_equal "exit codes" "$(seq 0 $((children - 1)) | tr '\n' ' ')" "$codes"

# Texts went first: on each CPU that lost calls of the container some path was not read before.
"$REPLAY" -e openat,open,lost --format json "$WORK/run.ctr" >"$WORK/events"
python3 - "$WORK/events" "$(sum cpus texts_not_read)" <<'PYTHON' || fail "calls went before texts"
import json
import sys

unread, shed = set(), 0
for line in open(sys.argv[1], encoding="utf-8", errors="surrogateescape"):
    event = json.loads(line)
    args = {arg["name"]: arg["value"] for arg in event["args"]}
    if event["eventName"] == "lost":
        if int(args["count"]) > 100 and int(args["cpu"]) not in unread:
            sys.exit("cpu %s lost calls while it still read texts" % args["cpu"])
    elif str(args.get("pathname")).startswith("0x") or isinstance(args.get("pathname"), int):
        unread.add(event["cpu"])
        shed += 1
if shed == 0 or shed > int(sys.argv[2]):
    sys.exit("%d paths not read are there, %s are told" % (shed, sys.argv[2]))
PYTHON
