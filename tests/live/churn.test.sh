# shellcheck shell=bash
# Thousands of containers, one after the other, as fast as a program can make them: each is there, with what
# it did itself and nothing of another's, though cgroups and pids are used again; and the kernel side
# remembers none of them. CHURN (3000) is how many; `make check-churn` makes 10,000, more than pids.
# shellcheck source=tests/live/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
need_live
need_command bpftool gcc
v2=$(awk '$3 == "cgroup2" {print $2; exit}' /proc/self/mounts)
[ -n "$v2" ] || skip "needs cgroup v2"

count=${CHURN:-3000}
gcc -O2 -static -Wall -Wextra -Werror -o "$WORK/churn" "$live_dir/programs/churn.c"
folder=$v2/$LIVE_ID-churn
remove_folder() { rmdir "$folder"/*.scope "$folder" 2>/dev/null; }
at_end+=(remove_folder)
mkdir "$folder"

start_recording "$WORK/churn.ctr" -e access,sched_process_exit,container_start,container_stop
# Entries of the recorder's own tables: MAP COUNT.
entries() {
  local map id
  for map in members cgroups tally_index; do
    for id in $(sed -n 's/^map_id:\t//p' "/proc/$recorder/fdinfo/"* | sort -u); do
      bpftool -j map show id "$id" | jq -e --arg map $map '.name == $map' >/dev/null || continue
      echo "$map $(bpftool -j map dump id "$id" | jq length)"
    done
  done
}
is_forgotten() { [ "$(entries)" = "$before" ]; }

before=$(entries)
expect_equal "tables" 3 "$(wc -l <<<"$before")"
began=$SECONDS
"$WORK/churn" "$folder" "$count"
took=$((SECONDS - began))
wait_until 60 is_forgotten || fail "tables before: $before; after: $(entries)"
stop_recording INT
expect_no_loss "$WORK/churn.ctr"
"$REPLAY" --format json "$WORK/churn.ctr" >"$WORK/json"
python3 - "$WORK/json" "$count" >"$WORK/said" <<'P' || fail "$(head -n 1 "$WORK/said")"
import collections
import json
import sys

starts, stops = collections.Counter(), collections.Counter()
own, ends = collections.defaultdict(list), collections.Counter()
with open(sys.argv[1]) as lines:
    for line in lines:
        event = json.loads(line)
        if event["container"] is None or len(event["container"]["id"]) != 64:
            continue
        number = int(event["container"]["id"], 16)
        args = {arg["name"]: arg["value"] for arg in event["args"]}
        if event["eventName"] == "container_start":
            starts[number] += 1
        elif event["eventName"] == "container_stop":
            stops[number] += 1
        elif event["eventName"] == "access":
            if str(args["pathname"]).startswith("/churn/"):
                own[number].append(args["pathname"])
        elif event["processId"] == 1 and args["exit_code"] == number % 200:
            ends[number] += 1
wanted = range(1, int(sys.argv[2]) + 1)
for what, seen in (("start", starts), ("stop", stops), ("end of the first process", ends)):
    wrong = [n for n in wanted if seen[n] != 1]
    if wrong:
        sys.exit(print(f"{len(wrong)} containers have not one {what}: {wrong[:5]}") or 1)
wrong = [n for n in wanted if own[n] != [f"/churn/{n}"]]
if wrong:
    sys.exit(print(f"{len(wrong)} containers have not just their own call: {wrong[0]}: {own[wrong[0]]}") or 1)
others = set(starts) - set(wanted)
if others:
    sys.exit(print(f"containers that nobody made: {sorted(others)[:5]}") or 1)
P
note "$count containers in $took s"
