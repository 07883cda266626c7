# shellcheck shell=bash
# 500 containers of /bin/true as fast as the runtime makes them: each is there under its name, with its
# start, its own execve, its status and its end, and nothing of it is told of another one. Each has an
# argument of its own, by which it is known.
# shellcheck source=tests/live/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
need_live

count=500 at_once=4
busybox_bundle "$WORK/bundle" /bin/true
python3 - "$WORK" "$count" <<'PY'
import json, os, sys

work, count = sys.argv[1], int(sys.argv[2])
with open(f"{work}/bundle/config.json", encoding="utf-8") as file:
    config = json.load(file)
config["root"]["path"] = f"{work}/bundle/rootfs"
for i in range(count):
    config["process"]["args"] = ["/bin/true", f"mark-{i}"]
    config["annotations"] = {"number": str(i)}
    os.mkdir(f"{work}/{i}")
    with open(f"{work}/{i}/config.json", "w", encoding="utf-8") as file:
        json.dump(config, file)
PY
run_share() { # run_share FIRST: every at_once-th
  local i
  for ((i = $1; i < count; i += at_once)); do run_container "$i" "$WORK/$i"; done
}
run_all() {
  local first pids=()
  for ((first = 0; first < at_once; first++)); do
    run_share "$first" &
    pids+=($!)
  done
  for first in "${pids[@]}"; do wait "$first"; done
}
record_while "$WORK/many.ctr" run_all
expect_no_loss "$WORK/many.ctr"
"$ANALYZE" verify "$WORK/many.ctr" >/dev/null || fail "the file does not verify"
"$ANALYZE" containers --json "$WORK/many.ctr" >"$WORK/many.json"
# What the containers do themselves: the runtime's set-up is another process's.
"$REPLAY" --format json --where 'phase = own or event in (container_start, container_stop)' \
  "$WORK/many.ctr" >"$WORK/events.json"
wrong=$(python3 - "$WORK" "$count" "$LIVE_ID" <<'PY'
import collections, json, sys

work, count, live = sys.argv[1], int(sys.argv[2]), sys.argv[3]
events = collections.defaultdict(list)
pids = collections.defaultdict(set)
for line in open(f"{work}/events.json", encoding="utf-8"):
    event = json.loads(line)
    if event["container"] and event["container"]["id"].startswith(live):
        values = {arg["name"]: arg["value"] for arg in event["args"]}
        events[event["container"]["name"]].append((event["eventName"], values))
        if event["eventName"] != "container_stop":
            pids[event["container"]["name"]].add(event["hostProcessId"])
listed = {row["name"]: row for row in json.load(open(f"{work}/many.json", encoding="utf-8"))}
with_labels = 0
for i in range(count):
    name = f"{live}-{i}"
    made = events.pop(name, [])
    told = collections.Counter(event for event, _ in made)
    for event in ("container_start", "execve", "exit_group", "sched_process_exit", "container_stop"):
        if told[event] != 1:
            print(f"{name}: {told[event]} times {event}")
    marks = [values["argv"] for event, values in made if event == "execve"]
    if marks != [["/bin/true", f"mark-{i}"]]:
        print(f"{name}: ran {marks}")
    stops = [values for event, values in made if event == "container_stop"]
    if [(stop["exit_code"], stop["signal"], stop["lost"]) for stop in stops] != [(0, 0, 0)]:
        print(f"{name}: ended with {stops}")
    if len(pids[name] - {0}) != 1:  # 0: of events that nobody in it made
        print(f"{name}: processes {pids[name]}")
    if listed.get(name, {}).get("status") != "exited (0)":
        print(f"{name}: is listed as {listed.get(name)}")
    labels = {label["key"]: label["value"] for label in listed.get(name, {}).get("labels", [])}
    if labels.get("number", str(i)) != str(i):
        print(f"{name}: has the annotations of container {labels['number']}")
    with_labels += "number" in labels
for name in events:
    print(f"{name}: is none of them")
# How many are read while such a short life lasts depends on how busy the machine is.
if not with_labels:
    print(f"none of {count} has its annotations")
print(f"{with_labels} of {count} have their annotations", file=sys.stderr)
PY
)
[ -z "$wrong" ] || fail "$(wc -l <<<"$wrong") things are wrong: $(head -n 1 <<<"$wrong")"
