# shellcheck shell=bash
# Three system call tables: int 0x80 from a 64-bit program, x32's bit 30 (where the kernel has no x32
# the calls fail, and are seen), and a 32-bit program. The programs say what they called, and what came
# back.
# shellcheck source=tests/live/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
need_live
need_command gcc
[ "$(uname -m)" = x86_64 ] || skip "the tables are those of x86_64"

busybox_bundle "$WORK/bundle" /bin/abis
gcc -O1 -static -o "$WORK/bundle/rootfs/bin/abis" "$live_dir/programs/abis.c"
gcc -m32 -O1 -nostdlib -static -fno-pic -no-pie -o "$WORK/bundle/rootfs/bin/abi32" \
  "$live_dir/programs/abi32.c"
run() { run_container abis "$WORK/bundle" >"$WORK/said" || status=$?; }
status=0
record_while "$WORK/abis.ctr" run
expect_equal "status of the 32-bit program" 7 "$status"
expect_no_loss "$WORK/abis.ctr"
own() { # own FILTER: name, result, texts of the container's own calls
  "$REPLAY" --format json --container "$(container_id abis)" --where "phase == own and $1" "$WORK/abis.ctr" |
    jq -r '"\(.eventName)[\(.abi)] \(.returnValue) \([.args[] | select(.type == "const char*").value] | join(","))"'
}

# The results that the program saw, in its order.
expect_equal "results" "$(awk '{print $1, $3}' "$WORK/said")" \
  "$(own 'event in %process or abi != x86_64' | sed -n 's/^[a-z]*\[\(i386\|x32\)\] \(-*[0-9]*\).*/\1 \2/p' | head -n 7)"
own 'abi == i386' >"$WORK/i386"
expect_equal "i386" "getpid[i386] $(sed -n 's/^i386 20 //p' "$WORK/said") 
open[i386] -2 /no/such/low
close[i386] -9 
getpid[i386] 1 
open[i386] -2 /no/such/i386
openat[i386] -2 /etc/i386
access[i386] 0 /bin/abi32
chmod[i386] -2 /no/such/mode
kill[i386] -22 
exit_group[i386] 0 " "$(cat "$WORK/i386")"
expect_equal "signal of i386's kill" -1 "$("$REPLAY" --format json -e kill \
  --container "$(container_id abis)" "$WORK/abis.ctr" |
  jq '.args[1].value')"
# Names and texts of x32's numbers, whether the kernel has them or not.
own 'abi == x32' | awk '{print $1, $3}' >"$WORK/x32"
expect_equal "x32" "getpid[x32] 
mkdir[x32] /tmp/x32
execve[x32] /no/such/x32
execveat[x32] x32-at" "$(cat "$WORK/x32")"
# The execve that led from one table to another is the 64-bit program's call.
expect_equal "execve" "execve[x86_64] 0 /bin/abis
execve[x86_64] 0 /bin/abi32" "$(own 'event == execve and ret == 0')"
# The tally has x32's own numbers under their names.
"$ANALYZE" minset --container "$(container_id abis)" "$WORK/abis.ctr" >"$WORK/set.json" 2>"$WORK/warnings"
expect_equal "calls in no tally" 0 "$("$ANALYZE" info --json "$WORK/abis.ctr" | jq '.untallied // 0')"
