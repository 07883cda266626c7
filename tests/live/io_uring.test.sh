# shellcheck shell=bash
# Work that is done through an io_uring is no system call, and is seen: each operation by its name, with
# its path or address, and its result. The program's own completion entries are the oracle.
# shellcheck source=tests/live/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
need_live
need_command gcc
echo '#include <linux/io_uring.h>' | gcc -E -x c - >/dev/null 2>&1 || skip "needs linux/io_uring.h"

busybox_bundle "$WORK/bundle" /bin/ring
gcc -O1 -static -o "$WORK/bundle/rootfs/bin/ring" "$live_dir/programs/ring.c"
"$WORK/bundle/rootfs/bin/ring" >/dev/null || skip "io_uring does not work here"
start_recording "$WORK/ring.ctr" --container "$(container_id ring)"
run_container ring "$WORK/bundle" >"$WORK/said" || fail "the program: status $?"
stop_recording INT
! grep -q 'io_uring are not recorded' "$WORK/ring.ctr.err" || skip "$(grep io_uring "$WORK/ring.ctr.err")"
expect_no_loss "$WORK/ring.ctr"
"$REPLAY" --format json --set io_uring "$WORK/ring.ctr" >"$WORK/json"

expect_equal "results" "$(cut -d' ' -f2- "$WORK/said")" "$(jq -r 'select(.eventName == "io_uring_complete") |
  "\(.args[0].value[2:]) \(.returnValue)"' "$WORK/json")"
submitted() { jq -r "select(.eventName == \"io_uring_submit\") | \"\\(.args[0].value) \\(.args[2].value)$1\"" "$WORK/json"; }
expect_equal "operations" "IORING_OP_NOP 0xa0
IORING_OP_OPENAT 0xa1
IORING_OP_READ 0xa2
IORING_OP_OPENAT 0xa3
IORING_OP_CONNECT 0xa4" "$(submitted '')"
newer() { # newer VERSION: this kernel is
  [ "$(printf '%s\n' "$1" "$(uname -r)" | sort -V | sed -n 1p)" = "$1" ]
}
newer 6.0 || exit 0 # older kernels tell neither descriptor nor path
expect_equal "descriptor of the read" "$(awk '$2 == "a1" {print $3}' "$WORK/said")" \
  "$(jq -r 'select(.args[0].value == "IORING_OP_READ").args[1].value' "$WORK/json")"
expect_equal "address" "{'sa_family': 'AF_INET','sin_port': '9','sin_addr': '127.0.0.1'}" \
  "$(jq -r 'select(.args[0].value == "IORING_OP_CONNECT").args[5].value' "$WORK/json")"
newer 6.19 || expect_equal "paths" "/etc/passwd /no/such/ring" \
  "$(jq -r 'select(.args[0].value == "IORING_OP_OPENAT").args[4].value' "$WORK/json" | paste -sd' ')"
"$ANALYZE" minset "$WORK/ring.ctr" 2>"$WORK/warnings" >/dev/null
grep -q 'io_uring is used' "$WORK/warnings" || fail "minset does not warn"
