# shellcheck shell=bash
# Nearly every system call of x86_64, with arguments right and wrong, as strace tells it and as ctrace
# does: name, arguments and result field by field (conform_compare.py). A call that is in the
# catalogue and not made fails the test, but for those in conform/not_driven, which says why.
# shellcheck source=tests/live/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
need_live
need_command strace python3
need_overlay
[ "$(uname -m)" = x86_64 ] || skip "the calls of x86_64"
compiler=$(command -v gcc || command -v g++ || command -v clang) || skip "needs a C compiler"

bundle=$WORK/bundle
hostroot_bundle "$bundle" true
share=$bundle/share
"$compiler" -x c -std=gnu2x -D_GNU_SOURCE -O1 -o "$share/conform" "$live_dir"/conform/*.c
set_command "$bundle" strace -ff -X verbose -v -yy -xx -s 8192 -o /share/strace /share/conform
start_recording "$WORK/conform.ctr" --container "$(container_id conform)"
status=0
run_container conform "$bundle" >"$WORK/families" 2>&1 || status=$?
stop_recording INT
[ "$status" -eq 0 ] || fail "a family ended early: $(cat "$WORK/families")"
expect_no_loss "$WORK/conform.ctr"
"$REPLAY" --format json "$WORK/conform.ctr" >"$WORK/conform.json"
python3 "$live_dir/conform_compare.py" "$share/strace" "$WORK/conform.json" \
  --container "$(container_id conform)" --data "$live_dir/conform" \
  >"$WORK/compared" || { cat "$WORK/compared"; fail "$(head -n 1 "$WORK/compared")"; }
note "$(cat "$WORK/compared")"
