# shellcheck shell=bash
# A container cannot stop its recorder or blind it to another by what a container can do: a fork
# bomb, tasks that end at once, floods of the longest paths, names meant to confuse, identities that
# change all the time; nor does the host's coming and going of thousands of cgroups. A quiet
# container's life is complete meanwhile, its calls are or their loss is told, the recording is
# intact, and the kernel side's tables hold nothing of what is gone.
#
# HOSTILE_SECONDS (2) of each way, HOSTILE_CGROUPS (1000) of which a tenth has a task.
# shellcheck source=tests/live/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
need_live
need_command bpftool
compiler=$(command -v gcc || command -v clang) || skip "needs a C compiler"
seconds=${HOSTILE_SECONDS:-2}
cgroups=${HOSTILE_CGROUPS:-1000}

# ---- the attackers: one container for each way, all at once, and the churn

ways="tasks bomb paths names identities"
for way in $ways; do
  busybox_bundle "$WORK/$way" /bin/hostile "$way" "$seconds"
  "$compiler" -O1 -static -pthread -o "$WORK/$way/rootfs/bin/hostile" "$live_dir/programs/hostile.c"
  # shellcheck disable=SC2016  # jq's
  edit_bundle "$WORK/$way" '["CAP_SYS_ADMIN", "CAP_SETUID"] as $caps | .linux.resources.pids.limit = 60
    | .process.capabilities = {bounding: $caps, effective: $caps, permitted: $caps}'
done
attack() { # each is ended with its container: a bomb's processes outlive its first one
  local way status
  for way in $ways; do
    (
      status=0
      run_container "$way" "$WORK/$way" >"$WORK/$way.out" 2>&1 || status=$?
      [ "$status" -eq 0 ] || echo "$way: status $status: $(tail -n 1 "$WORK/$way.out")" >>"$WORK/attack"
    ) &
    attackers+=("$!")
  done
}
attackers=()

cgroup_root=$(awk '$3 == "cgroup2" {print $2; exit}' /proc/self/mounts)
churn() { # containers to their names, as docker would make them under systemd
  python3 - "$cgroup_root" "$cgroups" "$LIVE_ID" <<'END'
import hashlib, os, sys
root, count, run = sys.argv[1], int(sys.argv[2]), sys.argv[3]
for i in range(count):
    name = hashlib.sha256(f"{run}{i}".encode()).hexdigest()
    folder = f"{root}/docker-{name}.scope"
    os.mkdir(folder)
    if i % 10 == 0:
        child = os.fork()
        if child == 0:
            with open(folder + "/cgroup.procs", "w") as procs:
                procs.write("0")
            os.stat("/")
            os._exit(0)
        os.waitpid(child, 0)
    os.rmdir(folder)
END
}

# ---- the quiet one

# shellcheck disable=SC2016  # the container's shell expands it
busybox_bundle "$WORK/quiet" sh -c 'i=0; while [ $i -lt 100 ]; do i=$((i + 1))
  : >/tmp/mark.$i; [ $((i % 10)) -ne 0 ] || sleep 0.1; done; exit 7'

start_recording "$WORK/hostile.ctr"
attack
[ -z "$cgroup_root" ] || { churn >"$WORK/churn.out" 2>&1 || fail "churn: $(tail -n 1 "$WORK/churn.out")" & attackers+=("$!"); }
sleep 0.5
quiet_status=0
run_container quiet "$WORK/quiet" >"$WORK/quiet.out" 2>&1 || quiet_status=$?
expect_equal "status of the quiet container" 7 "$quiet_status"
for attacker in "${attackers[@]}"; do wait "$attacker"; done
[ ! -s "$WORK/attack" ] || fail "$(head -n 1 "$WORK/attack")"
kill -0 "$recorder" 2>/dev/null || fail "the recorder died: $(tail -n 1 "$WORK/hostile.ctr.err")"

# ---- the kernel side's tables

# The recorder's maps, by the descriptors that it has: "ID NAME" a line.
own_maps() {
  # Files that it reads come and go.
  { cat "/proc/$recorder/fdinfo"/* 2>/dev/null || true; } | sed -n 's/^map_id:[^0-9]*//p' | sort -u | while read -r id; do
    bpftool -j map show id "$id" | jq -r '"\(.id) \(.name)"'
  done
}
map_keys() { # map_keys NAME: as numbers
  local id
  id=$(awk -v name="$1" '$2 == name {print $1}' "$WORK/maps.list")
  bpftool -j map dump id "$id" >"$WORK/map.json"
  python3 - "$WORK/map.json" <<'END'
import json, sys
for entry in json.load(open(sys.argv[1])):
    print(int.from_bytes(bytes(int(byte, 16) for byte in entry["key"]), "little"))
END
}
# In the map before and after the look at what is there: others come and go meanwhile.
leftovers() { # leftovers MAP COMMAND...: COMMAND lists what is there
  local map=$1
  shift
  map_keys "$map" | sort >"$WORK/$map.before"
  "$@" | sort >"$WORK/$map.there"
  map_keys "$map" | sort >"$WORK/$map.after"
  comm -12 "$WORK/$map.before" "$WORK/$map.after" | comm -23 - "$WORK/$map.there" | wc -l
}
all_tasks() { ls -d /proc/[0-9]*/task/[0-9]* 2>/dev/null | sed 's|.*/||'; }
all_cgroups() { find "$cgroup_root" -type d -printf '%i\n' 2>/dev/null || true; }
no_leftovers() {
  dead=$(leftovers members all_tasks)
  removed=$(leftovers cgroups all_cgroups)
  [ "$dead" -eq 0 ] && [ "$removed" -eq 0 ]
}
own_maps >"$WORK/maps.list"
for map in members cgroups; do
  grep -q " $map$" "$WORK/maps.list" || fail "the recorder has no map $map"
done
if [ -n "$cgroup_root" ]; then
  wait_until 60 no_leftovers ||
    fail "the kernel side remembers $dead tasks and $removed cgroups that are gone"
fi

# Rings, and about as much again: what README says.
peak_kib=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$recorder/status")
limit_kib=$(($(nproc --all) * 64 * 1024 + 64 * 1024))
note "recorder's peak $((peak_kib / 1024)) MiB of $((limit_kib / 1024)) MiB"
[ "$peak_kib" -le "$limit_kib" ] || fail "the recorder took $peak_kib KiB"
stop_recording INT
expect_equal "exit status" 0 "$recorder_status"

# ---- the recording

expect_status 0 "$ANALYZE" verify "$WORK/hostile.ctr"
lost=$(lost_events "$WORK/hostile.ctr")
note "$(tail -n 1 "$WORK/hostile.ctr.err")"
note "the quiet container lost $(lost_of quiet calls "$WORK/hostile.ctr") calls and" \
  "$(lost_of quiet lifecycle "$WORK/hostile.ctr") lifecycle records"
expect_whole_life quiet 7 10 "$WORK/hostile.ctr"
"$REPLAY" --format json --container "$(container_id quiet)" "$WORK/hostile.ctr" >"$WORK/quiet.json"
marks=$(jq -r '.args[] | select(.name == "pathname").value' "$WORK/quiet.json" 2>/dev/null |
  grep -c '^/tmp/mark\.' || true)
if [ "$marks" -ne 100 ]; then
  [ "$lost" -gt 0 ] || fail "$marks of 100 marks and no word of a loss"
  note "$((100 - marks)) of 100 marks are missing, $lost lost events are told"
fi
# No name moves the terminal of whoever reads them.
"$REPLAY" --container "$(container_id names)" --limit 20000 "$WORK/hostile.ctr" >"$WORK/table"
[ "$(wc -l <"$WORK/table")" -gt 1 ] || fail "nothing of the container with odd names"
if LC_ALL=C grep -q '[[:cntrl:]]' "$WORK/table"; then
  fail "control characters of a name reach the table"
fi
