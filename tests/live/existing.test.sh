# shellcheck shell=bash
# A container that ran before the recorder is recorded under the same name as one that starts later;
# a process that is put into a running container is told apart; a name that nothing has yet is waited
# for, and nobody else is recorded meanwhile.
# shellcheck source=tests/live/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
need_live

busybox_bundle "$WORK/bundle" sh -c 'while true; do cat /etc/passwd >/dev/null; sleep 0.1; done'
run_detached old "$WORK/bundle"
start_recording "$WORK/all.ctr"
runc exec "$(container_id old)" touch /tmp/entered </dev/null
run_detached new "$WORK/bundle"
for name in old new; do
  wait_recorded "$WORK/all.ctr" --container "$(container_id $name)" --comm cat -e openat --where 'phase == own'
done
stop_recording INT
expect_equal "exit status" 0 "$recorder_status"
expect_no_loss "$WORK/all.ctr"

names=$("$REPLAY" --format json -e execve,openat "$WORK/all.ctr" |
  jq -r 'select(.container != null) | .container.name' | sort -u | grep "^$LIVE_ID" | tr '\n' ' ')
expect_equal "containers with calls" "$(container_id new) $(container_id old) " "$names"
entered=$("$REPLAY" --format json --comm touch "$WORK/all.ctr" | jq -r .phase | sort -u)
expect_equal "phase of a process that was put in" entered "$entered"
expect_equal "phase of what ran before" own \
  "$("$REPLAY" --format json --container "$(container_id old)" --comm cat "$WORK/all.ctr" |
    jq -r .phase | sort -u)"

# Only the container that is named, although another one runs all the while.
start_recording "$WORK/waited.ctr" --container "$(container_id late)"
expect_said "$WORK/waited.ctr.err" "waiting for it"
run_detached other "$WORK/bundle"
run_detached late "$WORK/bundle"
wait_recorded "$WORK/waited.ctr" --container "$(container_id late)" --comm cat
stop_recording INT
expect_equal "containers in the file" "$(container_id late)" \
  "$("$ANALYZE" info --json "$WORK/waited.ctr" | jq -r '.containers[].name')"
expect_equal "its start" 1 "$("$REPLAY" -e container_start "$WORK/waited.ctr" | sed 1d | wc -l)"
expect_equal "others' events" 0 \
  "$("$REPLAY" --format json "$WORK/waited.ctr" |
    jq -r --arg name "$(container_id late)" 'select(.container.name != $name)' | wc -l)"
