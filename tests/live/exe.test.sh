# shellcheck shell=bash
# Which program a task runs: as /proc has it at that place, whichever way it came to be run, and of a
# process that ran before the recording; and the filters by it.
# shellcheck source=tests/live/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
need_live
need_command gcc

busybox_bundle "$WORK/bundle" /bin/exe
gcc -O1 -static -pthread -o "$WORK/bundle/rootfs/bin/exe" "$live_dir/programs/exe.c"
cp "$WORK/bundle/rootfs/bin/exe" "$WORK/bundle/rootfs/bin/exe2"
run() {
  rm -f "$WORK/bundle/rootfs/tmp/"*
  run_container exe "$WORK/bundle" >"$WORK/said" || fail "the program: status $?"
}
record_while "$WORK/all.ctr" run
expect_no_loss "$WORK/all.ctr"
expect_status 0 "$ANALYZE" verify "$WORK/all.ctr"
own() { "$REPLAY" --container "$(container_id exe)" "$@"; }
expect_equal "lines that the program says" 7 "$(wc -l <"$WORK/said")"
expect_equal "programs" "$(cat "$WORK/said")" \
  "$(own --format json --where 'phase = own' -e getppid "$WORK/all.ctr" | jq -r .exe)"
# The call that runs a program ends in it.
expect_equal "program of an execve" "/bin/exe2" \
  "$(own --format json --where 'path = "./exe2"' -e execve "$WORK/all.ctr" | jq -r .exe)"
expect_equal "calls of the container whose program is not known" 0 \
  "$(own --where 'phase = own and exe = ""' --format json "$WORK/all.ctr" | wc -l)"
expect_equal "column" '"/tmp/gone away (deleted)"' \
  "$(own --fields exe --where 'exe contains gone' -e getppid "$WORK/all.ctr" | tail -n 1)"

# By its name when recording, too.
start_recording "$WORK/exe2.ctr" --exe '/bin/exe?' --print --format json
run
stop_recording INT
"$REPLAY" --format json "$WORK/exe2.ctr" >"$WORK/replayed"
expect_same_bytes "live and replayed" "$WORK/exe2.ctr.out" "$WORK/replayed"
expect_equal "programs recorded" /bin/exe2 "$(jq -r .exe "$WORK/replayed" | sort -u)"
names() { jq -r .eventName "$1" | sort | uniq -c; }
own --format json --exe '/bin/exe?' "$WORK/all.ctr" >"$WORK/filtered"
expect_equal "the same by replay" "$(names "$WORK/filtered")" "$(names "$WORK/replayed")"

# One that runs already.
rm -f "$WORK/bundle/rootfs/tmp/"*
set_command "$WORK/bundle" /bin/exe wait
start_background "$WORK/waited" "$WORK/waited.err" runc run -b "$WORK/bundle" "$(container_id waits)"
waiting=$background_pid
runs() { runc state "$(container_id waits)" 2>/dev/null | jq -e '.status == "running"' >/dev/null; }
wait_until 30 runs || fail "the container does not run"
start_recording "$WORK/waits.ctr"
touch "$WORK/bundle/rootfs/tmp/go"
wait "$waiting" || fail "the program that waited: status $?"
stop_recording INT
expect_equal "program of before" "/bin/exe" \
  "$("$REPLAY" --format json --container "$(container_id waits)" -e getppid "$WORK/waits.ctr" | jq -r .exe)"
