# shellcheck shell=bash
# A recorder under a mixed load for long: ten containers at a time, started and stopped without end.
# Its memory is flat, it leaks no descriptor, every CPU's records add up, and the file verifies.
# SOAK_SECONDS (120) is how long; `make soak` runs it for half an hour. SOAK_CSV=FILE keeps the figures.
# shellcheck source=tests/live/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
need_live

seconds=${SOAK_SECONDS:-120}
# One bundle a place: runc writes nothing into it, so that each place's containers follow one another.
busybox_bundle "$WORK/base" true
loads=(
  'i=0; while [ $i -lt 200 ]; do cat /etc/passwd >/dev/null; i=$((i+1)); done'
  'dd if=/dev/zero of=/tmp/z bs=512 count=20000; md5sum /tmp/z; rm /tmp/z'
  'i=0; while [ $i -lt 20 ]; do find / -xdev >/dev/null; i=$((i+1)); done'
  'httpd -p 8080 -h /etc; i=0; while [ $i -lt 30 ]; do wget -q -O /dev/null http://127.0.0.1:8080/passwd; i=$((i+1)); done; killall httpd'
  'i=0; while [ $i -lt 60 ]; do (true | true | true) & i=$((i+1)); done; wait'
  'sleep 2'
  'tar -cf /tmp/t /bin /etc; tar -tf /tmp/t >/dev/null; gzip /tmp/t; rm /tmp/t.gz'
  'mkdir -p /tmp/d; cd /tmp/d; i=0; while [ $i -lt 150 ]; do : >$i; mv $i x$i; rm x$i; i=$((i+1)); done'
  'i=0; while [ $i -lt 40 ]; do su -s /bin/sh root -c id >/dev/null 2>&1; i=$((i+1)); done'
  'exit 3'
)
for place in "${!loads[@]}"; do
  mkdir -p "$WORK/place-$place"
  cp -a "$WORK/base/." "$WORK/place-$place/"
  set_command "$WORK/place-$place" sh -c "${loads[place]}"
done

# keep_running PLACE: containers one after the other, until the file `end` is there or the test is gone
keep_running() {
  local count=0
  while [ ! -e "$WORK/end" ] && kill -0 $$ 2>/dev/null; do
    count=$((count + 1))
    run_container "soak-$1-$count" "$WORK/place-$1" >/dev/null 2>&1 || true
  done
  echo "$count" >"$WORK/count-$1"
}

start_recording "$WORK/soak.ctr"
loops=()
for place in "${!loads[@]}"; do
  keep_running "$place" &
  loops+=($!)
  started+=($!)
done
status=0
python3 "$live_dir/soak_watch.py" "$recorder" "$seconds" "$WORK/soak.csv" >"$WORK/verdict" || status=$?
: >"$WORK/end"
wait "${loops[@]}"
started_containers=$(cat "$WORK"/count-* | awk '{n += $1} END {print n}')
while read -r line; do note "$line"; done <"$WORK/verdict"
[ -z "${SOAK_CSV:-}" ] || cp "$WORK/soak.csv" "$SOAK_CSV"
[ "$status" -eq 0 ] || fail "$(paste -sd';' "$WORK/verdict")"

stop_recording INT
expect_equal "status" 0 "$recorder_status"
note "$(tail -n 1 "$WORK/soak.ctr.err")"
"$ANALYZE" info --json "$WORK/soak.ctr" >"$WORK/info.json"
jq -e '.cpus | length > 0 and all(.produced == .received + .dropped)' "$WORK/info.json" >/dev/null ||
  fail "produced is not received + dropped: $(jq -c .cpus "$WORK/info.json")"
recorded=$(jq --arg id "$(container_id soak)" '[.containers[] | select(.id | startswith($id))] | length' \
  "$WORK/info.json")
# Which one it is says the record of its cgroup alone. On a machine that is too busy even that may be lost:
# then as many are told to be lost, at least.
nameless=$(jq '[.containers[] | select(.id == "")] | length' "$WORK/info.json")
expect_equal "containers in the recording" "$started_containers" "$((recorded + nameless))"
if [ "$nameless" -gt 0 ]; then
  lives=$(jq '[.cpus[] | .lifecycle + .reentered] | add' "$WORK/info.json")
  [ "$lives" -ge "$nameless" ] || fail "$nameless containers without a name, and $lives records of lives lost"
  note "$nameless containers without a name: $lives records of lives lost"
fi
"$ANALYZE" verify "$WORK/soak.ctr" >/dev/null || fail "the file does not verify"
