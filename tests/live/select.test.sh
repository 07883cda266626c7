# shellcheck shell=bash
# Which containers are recorded: those that start from now on, those that run, their host beside them;
# and the end of the recording with theirs.
# shellcheck source=tests/live/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
need_live

busybox_bundle "$WORK/loop" sh -c 'while true; do cat /etc/passwd >/dev/null; sleep 0.1; done'
busybox_bundle "$WORK/short" sh -c 'cat /nothing; sleep 0.5; exit 7' # long enough to be known by its labels
edit_bundle "$WORK/short" '.annotations = {"io.kubernetes.cri.sandbox-name": "front-1",
  "io.kubernetes.cri.sandbox-namespace": "shop", "tier": "web"}'
run_detached old "$WORK/loop"

mine() { grep "^$LIVE_ID-" | tr '\n' ' '; }
names() { # names FILE: of containers with events
  "$REPLAY" --format json "$1" | jq -r 'select(.container != null) | .container.name' | sort -u | mine
}
# run_short NAME: a container that ends with status 7
run_short() {
  local status=0
  run_container "$1" "$WORK/short" 2>/dev/null || status=$?
  expect_equal "status of $1" 7 "$status"
}
ended() { # ended NAME FILE: `exit code, signal, calls > 0, failed > 0, lost` of its container_stop
  "$REPLAY" --format json -e container_stop --container "$(container_id "$1")" "$2" | jq -c \
    '[.args[] | {(.name): .value}] | add | [.exit_code, .signal, .calls > 0, .failed > 0, .lost]'
}

note "new ones alone, until they ended"
start_recording "$WORK/new.ctr" --new --container "$(container_id new)" --until-exit
expect_said "$WORK/new.ctr.err" "no container '$(container_id new)' yet: waiting for it"
run_short other
run_short new
wait_until 30 sh -c "! kill -0 $recorder 2>/dev/null" || fail "it does not end with the container"
recorder_status=0
wait "$recorder" || recorder_status=$?
expect_equal "exit status" 0 "$recorder_status"
expect_equal "containers" "$(container_id new) " "$(names "$WORK/new.ctr")"
expect_equal "its end" '[7,0,true,true,0]' "$(ended new "$WORK/new.ctr")"

note "by pod and label"
start_recording "$WORK/pod.ctr" --container 'pod:shop/front-*' --until-exit
run_short pod
wait_until 30 sh -c "! kill -0 $recorder 2>/dev/null" || fail "it does not end with the pod's container"
expect_equal "containers" "$(container_id pod) " "$(names "$WORK/pod.ctr")"
for word in 'label:tier=w*' pod:front-1 "$(container_id pod)"; do
  expect_status 0 "$REPLAY" --container "$word" -e container_stop "$WORK/pod.ctr"
  expect_equal "its end by $word" 2 "$(wc -l <"$WORK/stdout")"
  expect_status 0 "$ANALYZE" minset --container "$word" "$WORK/pod.ctr"
done
expect_status 2 "$REPLAY" --container pod:shop/back "$WORK/pod.ctr"
expect_status 2 "$ANALYZE" minset --container pod:shop/back "$WORK/pod.ctr"

note "existing ones alone"
start_recording "$WORK/existing.ctr" --existing
run_short late
wait_recorded "$WORK/existing.ctr" --container "$(container_id old)"
stop_recording INT
[[ $(names "$WORK/existing.ctr") == *"$(container_id old) "* ]] || fail "what ran is not there"
[[ $(names "$WORK/existing.ctr") != *"$(container_id late)"* ]] || fail "what started is there"

note "the host beside a container"
start_recording "$WORK/host.ctr" --host --container "$(container_id old)" -e openat,mkdir
mkdir "$WORK/made-by-the-host"
run_short unwanted
wait_recorded "$WORK/host.ctr" --container "$(container_id old)"
stop_recording INT
expect_equal "containers" "$(container_id old) " "$(names "$WORK/host.ctr")"
"$REPLAY" --format json "$WORK/host.ctr" | jq -r 'select(.container == null) | .args[].value' \
  >"$WORK/host.values"
grep -qx "$WORK/made-by-the-host" "$WORK/host.values" || fail "the host's mkdir is missing"
! grep -qx /nothing "$WORK/host.values" || fail "a container that is not wanted is shown as the host"
"$ANALYZE" verify "$WORK/host.ctr" >/dev/null || fail "the file does not verify"

note "what was running ends"
start_recording "$WORK/killed.ctr" --container "$(container_id old)" --until-exit
wait_recorded "$WORK/killed.ctr" --container "$(container_id old)"
runc kill "$(container_id old)" KILL
wait_until 30 sh -c "! kill -0 $recorder 2>/dev/null" || fail "it does not end with the killed one"
