# shellcheck shell=bash
# Who did what, where it is easily got wrong: containers in a folder of cgroups that is made with the
# first of them, a container made inside of a container, a thread that executes a program, and containers of others while a command is
# recorded.
# shellcheck source=tests/live/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
need_live
need_command gcc

busybox_bundle "$WORK/bundle" sh -c 'cat /etc/passwd >/dev/null; mkdir /tmp/made; sleep 0.5'
run_in_folder() { # run_in_folder NAME
  edit_bundle "$WORK/bundle" --arg path "/$LIVE_ID-folder/$1" '.linux.cgroupsPath = $path'
  run_container "$1" "$WORK/bundle" || true # the second mkdir fails, which is as good
}
both() { run_in_folder one; run_in_folder two; }
record_while "$WORK/folder.ctr" both
expect_no_loss "$WORK/folder.ctr"
expect_equal "containers" "$(container_id one) $(container_id two) " \
  "$("$ANALYZE" info --json "$WORK/folder.ctr" | jq -r '.containers[].name' | grep "^$LIVE_ID" |
    sort | tr '\n' ' ')"
for name in one two; do
  expect_equal "mkdir of $name" 1 \
    "$("$REPLAY" --container "$(container_id "$name")" -e mkdir "$WORK/folder.ctr" |
      grep -vc '(setup)\|TIME')"
done

# What a container makes in its own cgroup, a container too, is a part of it.
busybox_bundle "$WORK/outer" sleep 600
run_detached outer "$WORK/outer"
inner=$(awk '$3 == "cgroup2" {print $2; exit}' /proc/self/mounts)$(sed -n 's/^0:://p' "/proc/$container_pid/cgroup")/inner
remove_inner() { rmdir "$inner"; } 2>/dev/null
make_inner() {
  mkdir "$inner"
  # shellcheck disable=SC2016
  sh -c 'echo 0 >"$0/cgroup.procs" && exec unshare --mount --pid --fork busybox cat /of-the-inner-one' "$inner" || true
  wait_until 30 remove_inner || fail "the inner cgroup cannot be removed"
}
if [[ $inner == /*/inner ]] && [ -d "$(dirname "$inner")" ]; then
  record_while "$WORK/nested.ctr" make_inner 2>/dev/null
  expect_equal "whose the inner one's call is" "$(container_id outer)" "$("$REPLAY" --format json \
    --path /of-the-inner-one -e openat,open "$WORK/nested.ctr" | jq -r .container.name)"
  expect_equal "containers" "$(container_id outer)" \
    "$("$ANALYZE" info --json "$WORK/nested.ctr" | jq -r '.containers[].name' | grep "^$LIVE_ID")"
fi
runc delete -f "$(container_id outer)"

cat >"$WORK/thread.c" <<'C'
#include <pthread.h>
#include <unistd.h>
static void *execute(void *unused)
{
	execl("/bin/sh", "sh", "-c", "/bin/true; exit 4", NULL);
	return unused;
}
int main(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, execute, NULL);
	for (;;)
		pause();
}
C
gcc -o "$WORK/thread" "$WORK/thread.c" -pthread
status=0
"$RECORD" -o "$WORK/thread.ctr" -- "$WORK/thread" || status=$?
expect_equal "exit status" 4 "$status"
expect_equal "programs executed" "$WORK/thread /bin/sh /bin/true " \
  "$("$REPLAY" --format json -e execve "$WORK/thread.ctr" |
    jq -r '.args[] | select(.name == "pathname").value' | tr '\n' ' ')"

# The command lives as long as the container.
# shellcheck disable=SC2016  # the command's shell expands it
start_recording "$WORK/alone.ctr" -- sh -c 'until [ -e "$0" ]; do sleep 0.05; done' "$WORK/other-ended"
run_container other "$WORK/bundle" || true
: >"$WORK/other-ended"
wait "$recorder"
expect_equal "containers beside a command" 0 \
  "$("$ANALYZE" info --json "$WORK/alone.ctr" | jq '.containers | length')"
expect_equal "their events" 0 "$("$REPLAY" --set container "$WORK/alone.ctr" | grep -vc TIME)"
