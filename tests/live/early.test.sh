# shellcheck shell=bash
# Nothing early is lost: of 50 containers that live for one short program, one after the other and
# (the last ones) at the same time, each has its start, its execve and its end in the recording.
# shellcheck source=tests/live/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
need_live

# The word for what is missing of the containers in the JSON file $1; empty: nothing.
missing() { # missing JSON CONTAINER...
  python3 - "$@" <<'PY'
import collections, json, sys

NEEDED = ("container_start", "execve", "exit_group", "sched_process_exit", "container_stop")
seen = collections.defaultdict(collections.Counter)
for line in open(sys.argv[1], encoding="utf-8"):
    event = json.loads(line)
    container = (event["container"] or {}).get("id")
    # The runtime's own calls in the container's cgroup are no proof.
    if event["phase"] != "setup" or event["eventName"].startswith("container_"):
        seen[container][event["eventName"]] += 1
for container in sys.argv[2:]:
    lacks = [name for name in NEEDED if not seen[container][name]]
    if lacks:
        print(f"{container} lacks {', '.join(lacks)}")
PY
}

in_a_row=40 at_once=10
bundle=$WORK/bundle
busybox_bundle "$bundle" /bin/true
run_all() {
  local i pids=()
  for ((i = 1; i <= in_a_row; i++)); do run_container "$i" "$bundle"; done
  for (( ; i <= in_a_row + at_once; i++)); do
    run_container "$i" "$bundle" &
    pids+=($!)
  done
  for i in "${pids[@]}"; do wait "$i"; done
}
record_while "$WORK/early.ctr" run_all
expect_no_loss "$WORK/early.ctr"
"$REPLAY" --format json "$WORK/early.ctr" >"$WORK/early.json"

ids=()
for ((i = 1; i <= in_a_row + at_once; i++)); do ids+=("$(container_id "$i")"); done
gaps=$(missing "$WORK/early.json" "${ids[@]}")
[ -z "$gaps" ] || fail "$(wc -l <<<"$gaps") containers are not whole: $(head -n 1 <<<"$gaps")"
expect_equal "containers in info" "${#ids[@]}" \
  "$("$ANALYZE" info --json "$WORK/early.ctr" | jq --arg id "$LIVE_ID-" \
    '[.containers[] | select(.id | startswith($id))] | length')"
