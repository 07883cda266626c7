# shellcheck shell=bash
# kill -9 of the recorder at random moments: no container is left frozen, no BPF object of it is left
# in the kernel, and what it wrote can be read up to a second before. KILLS (15) is how often; `make
# check-kill` does it 100 times and fails when more than KILL_AGE_LIMIT seconds are missing (here that
# would judge how busy the machine is). Every second time with --lossless and a reader that is too slow, so
# that it often dies while it holds the containers.
# shellcheck source=tests/live/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
need_live
need_command bpftool gcc

kills=${KILLS:-15}
v2=$(awk '$3 == "cgroup2" {print $2; exit}' /proc/self/mounts)
[ -n "$v2" ] || skip "needs cgroup v2"
freezer() { echo "$v2/$(container_id "$1")/cgroup.freeze"; }
frozen_ones() { # those of this test's containers that are frozen
  local name
  for name in steady busy; do
    [ "$(cat "$(freezer "$name")")" = 0 ] || echo "$name"
  done
}
all_thawed() { [ -z "$(frozen_ones)" ]; }
some_frozen() { [ -n "$(frozen_ones)" ]; }

# One makes an event every few milliseconds, so that the recording's end can be told from the
# container's; one makes as many as it can; others come and go.
# shellcheck disable=SC2016  # the containers' shells expand it
{
  busybox_bundle "$WORK/steady" sh -c 'while :; do usleep 2000; done'
  busybox_bundle "$WORK/busy" sh -c 'while :; do /bin/flood; usleep 100000; done'
  busybox_bundle "$WORK/short" sh -c 'ls / >/dev/null; sleep 0.1'
}
cat >"$WORK/flood.c" <<'C'
#include <unistd.h>
int main(void)
{
	for (int i = 0; i < 20000; i++)
		access("/a/path/that/is/not/there/and/long/enough/to/fill/a/ring/soon/with/few/calls/of/this", 0);
	return 0;
}
C
gcc -O2 -static -o "$WORK/busy/rootfs/bin/flood" "$WORK/flood.c"
for name in steady busy; do run_detached $name "$WORK/$name"; done
come_and_go() {
  local count=0
  while [ ! -e "$WORK/end" ] && kill -0 $$ 2>/dev/null; do
    count=$((count + 1))
    run_container "short-$count" "$WORK/short" >/dev/null 2>&1 || true
  done
}
come_and_go &
started+=($!)

# What of BPF a process holds, as the kernel says: lines of "prog 12", "map 3", "link 4".
bpf_of() {
  # It opens and closes others meanwhile.
  { cat "/proc/$1/fdinfo/"* 2>/dev/null || true; } | sed -n 's/^\(prog\|map\|link\)_id:\t/\1 /p' | sort -u
}
bpf_there() { # all that is in the kernel
  local kind
  for kind in prog map link; do
    bpftool -j "$kind" show 2>/dev/null | jq -r --arg kind "$kind" '.[].id | $kind + " " + tostring'
  done | sort -u
}
# Freeing is asynchronous. Ids are given in turn: one that is used again after so few is not to be feared.
bpf_is_gone() { [ -z "$(bpf_there | comm -12 - "$1")" ]; }

# Reads little enough that what is recorded must be held.
cat >"$WORK/slow.py" <<'P'
import sys, time
while sys.stdin.buffer.read(1 << 16):
    time.sleep(0.2)
P
mkfifo "$WORK/pipe"

died_frozen=0 with_programs=0 read_back=0
: >"$WORK/ages"
for ((i = 1; i <= kills; i++)); do
  file=$WORK/killed.ctr
  rm -f "$file"
  options=(-o "$file")
  reader=
  if ((i % 2)); then
    python3 "$WORK/slow.py" <"$WORK/pipe" &
    reader=$!
    started+=("$reader")
    options+=(--lossless --buffer-size 256K --print --events-path "$WORK/pipe")
  fi
  start_background "$WORK/out" "$WORK/err" "$RECORD" "${options[@]}"
  recorder=$background_pid
  # Half of them die somewhere in their start, the others somewhere later.
  ((i % 4 < 2)) || wait_until 30 is_recording_or_dead "$WORK/err" "$recorder"
  # Of those that freeze every other one is awaited there.
  [ $((i % 4)) -ne 3 ] || wait_until 60 some_frozen || fail "run $i: the slow reader held nothing"
  # Some of these at once: on a slow machine none of the others need be frozen later.
  ((i % 8 == 3)) || sleep "$(awk -v seed="$RANDOM" 'BEGIN {srand(seed); print rand() * 2.5}')"
  bpf_of "$recorder" >"$WORK/bpf"
  all_thawed || died_frozen=$((died_frozen + 1))
  recording=no
  grep -qs recording "$WORK/err" && recording=yes
  read -r killed_at _ </proc/uptime # the monotonic clock, which events have, but for a suspend
  kill -KILL "$recorder" || fail "run $i: the recorder had ended: $(tail -n 1 "$WORK/err")"
  wait "$recorder" || true
  [ -z "$reader" ] || kill -KILL "$reader" 2>/dev/null || true

  wait_until 30 all_thawed || fail "run $i: left frozen: $(frozen_ones | paste -sd' ')"
  [ ! -s "$WORK/bpf" ] || with_programs=$((with_programs + 1))
  wait_until 60 bpf_is_gone "$WORK/bpf" ||
    fail "run $i: left in the kernel: $(bpf_there | comm -12 - "$WORK/bpf" | paste -sd' ')"
  [ "$recording" = yes ] || continue
  expect_status 0 "$REPLAY" --format json "$file"
  grep -q 'cut short' "$WORK/stderr" || fail "run $i: replay does not say 'cut short'"
  read_back=$((read_back + 1))
  # How old the last event of the file was. With the slow reader what it had not yet let through is
  # missing too.
  if [ -z "$reader" ] && [ -s "$WORK/stdout" ]; then
    tail -n 1 "$WORK/stdout" | jq --argjson at "$killed_at" '$at - .timestamp / 1e6' >>"$WORK/ages"
  fi
done
: >"$WORK/end"
note "$kills kills: $died_frozen while frozen, $with_programs with BPF loaded, $read_back files read back"
note "the last event was $(sort -n "$WORK/ages" | awk '{a[NR] = $1} END {printf "%.2f s old in the median, %.2f s at most (%d files)", a[int((NR + 1) / 2)], a[NR], NR}')"
if [ -n "${KILL_AGE_LIMIT:-}" ]; then
  awk -v limit="$KILL_AGE_LIMIT" '$1 > limit {exit 1}' "$WORK/ages" || fail "more than $KILL_AGE_LIMIT s are missing"
fi
[ "$died_frozen" -gt 0 ] || fail "none died while it held a container: the test shows nothing"
[ "$with_programs" -gt 0 ] || fail "none died with BPF loaded: the test shows nothing"
[ "$read_back" -gt 0 ] || fail "none died while recording: the test shows nothing"
