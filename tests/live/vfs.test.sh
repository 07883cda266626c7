# shellcheck shell=bash
# vfs_read, vfs_readv, vfs_write, vfs_writev: which file was read or written, and where, as fstat and lseek
# have it in the program that does it.
# shellcheck source=tests/live/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
need_live
need_command gcc

busybox_bundle "$WORK/bundle" /bin/vfs
gcc -O1 -static -o "$WORK/bundle/rootfs/bin/vfs" "$live_dir/programs/vfs.c"
run() { run_container vfs "$WORK/bundle" >"$WORK/said" || fail "the program: status $?"; }
own() { "$REPLAY" --format json --container "$(container_id vfs)" --comm vfs "$@"; }
# In the words of the program. What it says itself is written last.
told() {
  own --where 'phase = own' "$@" | jq -r '[.args[] | .value] as $a
    | "\(.eventName) \($a[0]) \($a[1]) \($a[2]) \($a[3]) \($a[4]) \(.returnValue)"' | head -n -1
}

start_recording "$WORK/vfs.ctr" --event 'vfs_*'
run
stop_recording INT
expect_no_loss "$WORK/vfs.ctr"
expect_status 0 "$ANALYZE" verify "$WORK/vfs.ctr"
[ "$(wc -l <"$WORK/said")" -ge 29 ] || fail "the program says too little"
told -e 'vfs_*' "$WORK/vfs.ctr" >"$WORK/told"
cmp -s "$WORK/said" "$WORK/told" ||
  fail "$(diff "$WORK/said" "$WORK/told" | grep '^[<>]' | head -n 4 | tr '\n' ';')"
expect_equal "calls beside them" 0 "$("$REPLAY" --set syscalls "$WORK/vfs.ctr" | tail -n +2 | wc -l)"

# One of them beside calls, live and replayed; the same file by its path.
start_recording "$WORK/some.ctr" --event vfs_writev,read --path '/tmp/a*' --print
run
stop_recording INT
"$REPLAY" "$WORK/some.ctr" >"$WORK/replayed"
expect_same_bytes "live and replayed" "$WORK/some.ctr.out" "$WORK/replayed"
own "$WORK/some.ctr" | jq -r '"\(.eventName)"' | sort | uniq -c | tr -s ' ' >"$WORK/counts"
expect_equal "events by path" "$(printf ' 4 read\n 6 vfs_writev')" "$(cat "$WORK/counts")"

# Nobody else has them.
start_recording "$WORK/all.ctr"
run
stop_recording INT
expect_equal "events that nobody asked for" 0 "$("$REPLAY" -e 'vfs_*' "$WORK/all.ctr" | tail -n +2 | wc -l)"
